import { EventEmitter } from 'node:events';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { toDatabaseError } from '../port/errors.ts';
import { beginAsTenant, type Db, sessionSetup } from '../port/port.ts';
import { runTransaction, runTransactionAfter } from '../port/transaction.ts';
import { createConnection } from './connection.ts';
import { lockDirectory } from './directory-lock.ts';
import { createMutex } from './mutex.ts';

export interface PgliteOptions {
  /** Directory of the database files, made when absent; undefined keeps everything in memory. */
  readonly directory: string | undefined;
  readonly logger: Logger;
}

/**
 * Opens the embedded driver: PostgreSQL in WebAssembly, in a thread of its own so that a long statement does not stall
 * the server. It has one session, so transactions take turns.
 * @throws AppError `database_locked` when another process uses the directory
 */
export async function openPglite({ directory, logger }: PgliteOptions): Promise<Db> {
  if (directory !== undefined) makePrivate(directory, logger);
  const unlock = directory === undefined ? () => undefined : lockDirectory(`${directory}.lock`);
  const connection = await createConnection({ directory }, logger).catch((error: unknown) => {
    unlock();
    throw error;
  });
  const session = createMutex();
  // One process owns the directory, so notifications need not pass through the database.
  const bus = new EventEmitter().setMaxListeners(0);
  let generation = -1;

  /** The session forgets its role when the thread is restarted. */
  async function prepare(): Promise<void> {
    if (generation === connection.generation()) return;
    await connection.script(sessionSetup);
    generation = connection.generation();
  }

  /** One at a time, with whatever each sends. */
  const sessions = (isPatient: boolean): Pick<Db, 'query' | 'transaction' | 'asTenant'> => {
    const withSession = <T>(work: () => Promise<T>): Promise<T> =>
      session.run(async () => {
        await prepare();
        return work();
      }, isPatient);
    return {
      query: (text, values, name) => withSession(() => connection.query(text, values, name)),
      transaction: (work) => mapped(withSession(() => runTransaction(connection, work))),
      asTenant: async (tenantId, work) =>
        mapped(withSession(() => runTransactionAfter(connection, beginAsTenant(tenantId), work))),
    };
  };

  async function mapped<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      throw toDatabaseError(error);
    });
  }

  return {
    driver: 'pglite',
    ...sessions(false),
    background: sessions(true),
    migrate: (work) =>
      session.run(async () => {
        generation = -1;
        await connection.script('reset role; set search_path = public');
        return work(connection);
      }),
    async notify(channel, payload) {
      setImmediate(() => bus.emit(channel, payload));
    },
    async listen(channel, handler) {
      bus.on(channel, handler);
      return async () => void bus.off(channel, handler);
    },
    vacuum: (tables) =>
      session.run(async () => {
        generation = -1; // only the owner may, so the role has to be set again afterwards
        await connection.script('reset role');
        for (const table of tables) await connection.script(`vacuum (analyze) automate.${table}`);
      }),
    async close() {
      await session.run(() => connection.close());
      bus.removeAllListeners();
      unlock();
    },
  };
}

/** PGlite makes files that anybody may write: only the folders keep other users of the machine out. */
function makePrivate(directory: string, logger: Logger): void {
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
  try {
    if (existsSync(directory)) chmodSync(directory, 0o700);
  } catch (error) {
    logger.warn({ reason: errorMessage(error) }, 'the database directory could not be closed to other users of this machine');
  }
}
