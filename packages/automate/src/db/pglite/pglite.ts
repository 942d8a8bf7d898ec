import { EventEmitter } from 'node:events';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { toDatabaseError } from '../port/errors.ts';
import { type Db, type MigrationConnection, sessionSetup } from '../port/port.ts';
import { sessionsOver } from '../port/sessions.ts';
import { type Connection, createConnection } from './connection.ts';
import { lockDirectory } from './directory-lock.ts';
import { createMutex } from './mutex.ts';
import { createSelfWait } from './self-wait.ts';

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
  const session = createSession(connection);
  // One process owns the directory, so notifications need not pass through the database.
  const bus = new EventEmitter().setMaxListeners(0);
  return {
    driver: 'pglite',
    ...sessionsOver((work) => session.run(work, false), {}),
    sessions: (given) => sessionsOver((work) => session.run(work, given.isBackground === true), given),
    migrate: (work) => session.runAsOwner('set search_path = public', work),
    async notify(channel, payload) {
      setImmediate(() => bus.emit(channel, payload));
    },
    async listen(channel, handler) {
      bus.on(channel, handler);
      return async () => void bus.off(channel, handler);
    },
    vacuum: (tables) =>
      session.runAsOwner('', async () => {
        for (const table of tables) await connection.script(`vacuum (analyze) automate.${table}`);
      }),
    async close() {
      await session.close();
      bus.removeAllListeners();
      unlock();
    },
  };
}

/** The one session that all share, under the role that whoever has it needs. */
interface Session {
  /** @param isPatient takes turns with all who are not */
  run<T>(work: (session: MigrationConnection) => Promise<T>, isPatient: boolean): Promise<T>;
  /** As the owner of the schema, with a further setting. */
  runAsOwner<T>(setting: string, work: (session: MigrationConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

function createSession(connection: Connection): Session {
  const mutex = createMutex();
  const selfWait = createSelfWait();
  /** Restart of the thread that the session was prepared for: it forgets its role with each, and as the owner it has none. */
  let generation = -1;

  async function prepare(): Promise<void> {
    if (generation === connection.generation()) return;
    await connection.script(sessionSetup);
    generation = connection.generation();
  }

  return {
    run: (work, isPatient) =>
      selfWait.run((inTurn) =>
        mutex.run(
          () =>
            inTurn(async () => {
              await prepare();
              return mapped(work(connection));
            }),
          isPatient,
        ),
      ),
    runAsOwner: (setting, work) =>
      mutex.run(async () => {
        generation = -1;
        await connection.script(`reset role; ${setting}`);
        return work(connection);
      }),
    close: () => mutex.run(() => connection.close()),
  };
}

async function mapped<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw toDatabaseError(error);
  });
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
