import { loadSettings } from '../../kernel/index.ts';
import { type Automate, createAutomate, readLocalKey, sampleEventFile } from '../../server/index.ts';
import { closeOnSignal } from '../signals.ts';

export interface ServeOptions {
  readonly withWorker?: boolean;
  readonly migrate?: boolean;
  readonly json?: boolean;
}

/** Serves until a signal asks to stop. */
export async function serve({ withWorker = false, migrate = false, json = false }: ServeOptions): Promise<void> {
  const settings = loadSettings();
  const isEmbedded = settings.database.kind === 'embedded';
  const automate = await createAutomate({
    settings,
    hasWorker: isEmbedded || withWorker,
    migrates: isEmbedded || migrate,
    hasLocalKey: isEmbedded || withWorker,
  });
  closeOnSignal(automate);
  const url = await automate.listen();
  await automate.ready();
  process.stdout.write(json ? `${JSON.stringify({ url, pid: process.pid })}\n` : banner(automate, url));
}

function banner({ settings, db }: Automate, url: string): string {
  const token = settings.bootstrapToken ? '$AUTOMATE_BOOTSTRAP_TOKEN' : readLocalKey(settings.dataDirectory);
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const lines = [
    '',
    `  Automate is ready on ${url}`,
    '',
    `  API      ${url}/api/docs/`,
    `  Health   ${url}/health/ready/`,
    `  Data     ${db.driver === 'pglite' ? `embedded PostgreSQL in ${settings.dataDirectory}` : 'PostgreSQL server'}`,
  ];
  if (token) {
    const header = token.startsWith('$') ? `"Authorization: Bearer ${token}"` : quoted(`Authorization: Bearer ${token}`);
    lines.push(`  Key      ${token.startsWith('$') ? token : `${settings.dataDirectory}/api-key`}`);
    if (settings.hasSample) {
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
  }
  return `${lines.join('\n')}\n\n`;
}
