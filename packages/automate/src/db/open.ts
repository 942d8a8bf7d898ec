import type { Logger, Settings } from '../kernel/index.ts';
import { openPglite } from './pglite/pglite.ts';
import type { Db } from './port.ts';
import { openPostgres } from './postgres.ts';

/** Opens the database the settings name. */
export async function openDatabase(settings: Settings['database'], logger: Logger): Promise<Db> {
  return settings.kind === 'postgres'
    ? openPostgres({ url: settings.url, poolSize: settings.poolSize, logger })
    : openPglite({ directory: settings.directory, logger });
}
