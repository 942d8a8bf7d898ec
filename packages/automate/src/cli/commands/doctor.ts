import { existsSync } from 'node:fs';
import { openDatabase, pendingMigrations } from '../../db/index.ts';
import { AppError, createLogger, errorMessage, loadSettings, type Settings } from '../../kernel/index.ts';
import { builtInMigrations } from '../../server/index.ts';
import { callServer } from '../client.ts';

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Checks what a server needs and says what to do about what is wrong. Exits with 1 when something is. */
export async function doctor(options: { json?: boolean }): Promise<void> {
  const findings: Finding[] = [runtime()];
  const settings = await check(findings, 'settings', async () => {
    const found = loadSettings();
    return [found, found.database.kind === 'embedded' ? `embedded mode, data in ${found.dataDirectory}` : 'server mode'] as const;
  });
  if (settings) {
    const isServed = await checkServer(findings, settings);
    // The embedded database belongs to the server while one runs.
    if (settings.database.kind === 'postgres' || !isServed) await checkDatabase(findings, settings);
  }
  const isWell = findings.every((finding) => finding.ok);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ok: isWell, findings })}\n`
      : `${findings.map(({ name, ok, detail }) => `${ok ? '✓' : '✗'} ${name.padEnd(10)} ${detail}`).join('\n')}\n`,
  );
  process.exitCode = isWell ? 0 : 1;
}

function runtime(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return { name: 'node', ok: major >= 24, detail: major >= 24 ? process.version : `${process.version}: 24 or newer is needed` };
}

async function checkServer(findings: Finding[], settings: Settings): Promise<boolean> {
  try {
    await callServer('/health/ready/');
    await callServer('/api/v1/executions/?limit=1');
    findings.push({ name: 'server', ok: true, detail: `ready at ${settings.client.url}, and the key is accepted` });
    return true;
  } catch (error) {
    const isAbsent = AppError.is(error) && error.cause !== undefined;
    // No server is a state, not a fault: `doctor` is also run before the first start.
    findings.push({ name: 'server', ok: isAbsent, detail: errorMessage(error) });
    return !isAbsent;
  }
}

async function checkDatabase(findings: Finding[], settings: Settings): Promise<void> {
  if (settings.database.kind === 'embedded' && !existsSync(settings.database.directory)) {
    findings.push({ name: 'database', ok: true, detail: 'not there yet; the first start makes it' });
    return;
  }
  await check(findings, 'database', async () => {
    const db = await openDatabase(settings.database, createLogger({ level: 'silent' }));
    try {
      const pending = await pendingMigrations(db, builtInMigrations);
      return [
        undefined,
        pending.length === 0
          ? 'reachable, schema up to date'
          : `reachable; \`automate migrate\` will apply ${pending.join(', ')}`,
      ] as const;
    } finally {
      await db.close();
    }
  });
}

async function check<T>(findings: Finding[], name: string, work: () => Promise<readonly [T, string]>): Promise<T | undefined> {
  try {
    const [value, detail] = await work();
    findings.push({ name, ok: true, detail });
    return value;
  } catch (error) {
    findings.push({ name, ok: false, detail: errorMessage(error) });
    return undefined;
  }
}
