import { AppError, loadSettings, localKeyFile, readLocalKey } from '../../kernel/index.ts';
import { type CommandInput, type Feature, readSettings } from '../../platform/index.ts';
import { type Automate, createAutomate, sampleEventFile } from '../../server/index.ts';
import { othersOf } from '../load-features.ts';
import { closeOnSignal } from '../signals.ts';
import { environmentOf, type WorkerOptions } from '../worker-settings.ts';

interface ServeOptions extends WorkerOptions {
  readonly withWorker?: boolean;
  readonly migrate?: boolean;
  readonly json?: boolean;
}

/** Serves until a signal asks to stop. */
export async function serve({ options, print }: CommandInput, features: readonly Feature[]): Promise<void> {
  const { withWorker = false, migrate = false, json: _, ...worker } = options as ServeOptions;
  const environment = environmentOf(worker);
  const settings = loadSettings(undefined, { environment });
  const isEmbedded = settings.database.kind === 'embedded';
  if (!isEmbedded && !withWorker && Object.keys(environment).length > 0) throw noWorker();
  const automate = await createAutomate({
    settings,
    features: othersOf(features),
    hasWorker: isEmbedded || withWorker,
    migrates: isEmbedded || migrate,
    hasLocalKey: isEmbedded || withWorker,
  });
  closeOnSignal(automate);
  const url = await automate.listen();
  try {
    await automate.ready();
  } catch (error) {
    if (AppError.is(error) && error.code === 'stopping') return; // the signal ends the process
    throw error;
  }
  const hasSample = readSettings(features, settings.variables).of('sample').isWanted === true;
  const link = isEmbedded || withWorker ? await automate.startLink() : undefined;
  print({ url, pid: process.pid }, banner(automate, url, { link, hasSample }));
}

function noWorker(): AppError {
  const detail = '--concurrency, --lanes and --kinds are for the worker, and this process runs none: add --with-worker.';
  return new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail });
}

function banner(
  { settings, db }: Automate,
  url: string,
  { link, hasSample }: { link: string | undefined; hasSample: boolean },
): string {
  const token = settings.bootstrapToken ? '$AUTOMATE_BOOTSTRAP_TOKEN' : readLocalKey(settings);
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const lines = [
    '',
    `  Automate is ready on ${url}`,
    '',
    ...(link ? [`  Sign in  ${settings.publicUrl ?? url}${link}  (works once)`] : []),
    `  API      ${url}/api/docs/`,
    `  Health   ${url}/health/ready/`,
    `  Data     ${db.driver === 'pglite' ? `embedded PostgreSQL in ${settings.dataDirectory}` : 'PostgreSQL server'}`,
  ];
  if (token) {
    const header = token.startsWith('$') ? `"Authorization: Bearer ${token}"` : quoted(`Authorization: Bearer ${token}`);
    lines.push(`  Key      ${token.startsWith('$') ? token : localKeyFile(settings)}`);
    if (hasSample) {
      lines.push(
        '',
        '  Try the sample automation, which triages a GitHub issue:',
        '',
        `curl -sS -X POST ${url}/api/v1/events/ -H ${header} -H 'Content-Type: application/json' -d @${quoted(sampleEventFile)}`,
        '',
        '  and see what it did:',
        '',
        `curl -sS '${url}/api/v1/executions/' -H ${header}`,
      );
    }
  } else lines.push('  Key      none known here; set AUTOMATE_BOOTSTRAP_TOKEN to make one at the next start');
  return `${lines.join('\n')}\n\n`;
}
