import { AppError, loadSettings } from '../../kernel/index.ts';
import { type CommandInput, type Feature, readSettings } from '../../platform/index.ts';
import { createAutomate } from '../../server/index.ts';
import { othersOf } from '../load-features.ts';
import { closeOnSignal } from '../signals.ts';
import { environmentOf, type WorkerOptions } from '../worker-settings.ts';

/** Runs workflows until a signal asks to stop. */
export async function work({ options, print }: CommandInput, features: readonly Feature[]): Promise<void> {
  const settings = loadSettings(undefined, { environment: environmentOf(options as WorkerOptions) });
  if (settings.database.kind === 'embedded') {
    throw new AppError({
      status: 500,
      code: 'no_server_database',
      title: 'No database server',
      detail:
        'A separate worker needs DATABASE_URL: the embedded database belongs to one process, where `automate serve` runs the worker too.',
    });
  }
  const automate = await createAutomate({ settings, features: othersOf(features), hasWorker: true });
  closeOnSignal(automate);
  await automate.ready();
  const { concurrency, lanes, kinds } = readSettings(features, settings.variables).of('jobs') as {
    readonly concurrency: number;
    readonly lanes: readonly string[];
    readonly kinds: readonly string[];
  };
  const name = settings.processName;
  const only = [lanes, kinds].filter(({ length }) => length > 0).map((names) => `, ${names.join(' and ')} only`);
  print({ worker: name, concurrency, lanes, kinds }, `Worker ${name} is ready (${concurrency} jobs at once${only.join('')}).`);
}
