import type { HealthCheck } from '../../api/index.ts';
import { errorMessage, loadSettings } from '../../kernel/index.ts';
import { type CommandInput, type DoctorContext, type Feature, orderFeatures, readSettings } from '../../platform/index.ts';
import { migrationSourcesOf } from '../../server/index.ts';
import { fetchServer } from '../client.ts';

interface Finding extends HealthCheck {
  readonly name: string;
}

/** Checks what a server needs and says what to do about what is wrong. Ends with 1 when something is. */
export async function doctor({ call, print, fail }: CommandInput, features: readonly Feature[]): Promise<void> {
  const findings = await examine(features, call);
  const isWell = findings.every(({ ok }) => ok);
  const lines = findings.map(({ name, ok, detail }) => `${ok ? '✓' : '✗'} ${name.padEnd(10)} ${detail}`);
  print({ ok: isWell, findings }, lines.join('\n'));
  if (!isWell) fail();
}

async function examine(features: readonly Feature[], call: CommandInput['call']): Promise<Finding[]> {
  let context: DoctorContext;
  try {
    const core = loadSettings();
    const migrations = migrationSourcesOf(orderFeatures(features));
    context = { core, settings: readSettings(features, core.variables), migrations, isServed: await isServed(), call };
  } catch (error) {
    return [{ name: 'settings', ok: false, detail: errorMessage(error) }];
  }
  const { database, dataDirectory } = context.core;
  const mode = database.kind === 'embedded' ? `embedded mode, data in ${dataDirectory}` : 'server mode';
  const findings: Finding[] = [{ name: 'settings', ok: true, detail: mode }];
  for (const { name, doctor: look } of features.flatMap(({ checks = [] }) => checks)) {
    if (!look) continue;
    const found = await Promise.resolve()
      .then(() => look(context))
      .catch((error: unknown): HealthCheck => ({ ok: false, detail: errorMessage(error) }));
    if (found) findings.push({ name, ...found });
  }
  return findings;
}

/** Whether anything answers, whatever it says. */
async function isServed(): Promise<boolean> {
  return fetchServer('/health/live/').then(
    () => true,
    (error: unknown) => (error as { cause?: unknown }).cause === undefined,
  );
}
