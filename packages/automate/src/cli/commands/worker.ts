import { AppError, loadSettings } from '../../kernel/index.ts';
import { createAutomate } from '../../server/index.ts';
import { closeOnSignal } from '../signals.ts';
import { environmentOf, type WorkerOptions } from '../worker-settings.ts';

/** Runs workflows until a signal asks to stop. */
export async function work(options: WorkerOptions & { json?: boolean }): Promise<void> {
  const settings = loadSettings(undefined, { environment: environmentOf(options) });
  if (settings.database.kind === 'embedded') {
    throw new AppError({
      status: 500,
      code: 'no_server_database',
      title: 'No database server',
      detail:
        'A separate worker needs DATABASE_URL: the embedded database belongs to one process, where `automate serve` runs the worker too.',
    });
  }
  const automate = await createAutomate({ settings, hasWorker: true });
  closeOnSignal(automate);
  await automate.ready();
  const { name, concurrency, lanes, kinds } = settings.worker;
  const only = [lanes, kinds].filter(({ length }) => length > 0).map((names) => `, ${names.join(' and ')} only`);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ worker: name, concurrency, lanes, kinds })}\n`
      : `Worker ${name} is ready (${concurrency} jobs at once${only.join('')}).\n`,
  );
}
