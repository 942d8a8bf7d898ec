import type { Logger, Settings } from '../kernel/index.ts';
import { openPglite } from './pglite/pglite.ts';
import type { Db } from './port/port.ts';
import { openPostgres } from './postgres/postgres.ts';

/**
 * Opens the database the settings name.
 * @param idleSeconds how long a transaction of a process that says nothing any more may keep its locks on a server
 */
export async function openDatabase(settings: Settings['database'], logger: Logger, idleSeconds?: number): Promise<Db> {
  return settings.kind === 'postgres'
    ? openPostgres({ url: settings.url, poolSize: settings.poolSize, logger, ...(idleSeconds && { idleSeconds }) })
    : openPglite({ directory: settings.directory, logger });
}
