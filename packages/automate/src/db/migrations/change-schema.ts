import { setTimeout } from 'node:timers/promises';
import { AppError } from '../../kernel/index.ts';
import { isTransient, QueryError } from '../port/errors.ts';
import type { MigrationConnection } from '../port/port.ts';

/** What PostgreSQL says when `lock_timeout` ran out. */
const LOCKED = '55P03';
/** Less than PostgreSQL waits before it looks for a deadlock (1 s), so that a migration gives way before a request has to. */
const LOCK_WAIT = '500ms';
/** How long a migration tries to get its locks, and pauses in between, while requests go on. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 200;

/**
 * Does a part of a migration in a transaction of its own. Whoever waits for a lock with others in its hands holds everybody up,
 * so it lets go of all of them after a moment, and tries again.
 * @throws AppError `schema_locked` when somebody else held a lock all the time
 */
export async function changeSchema(connection: MigrationConnection, label: string, work: () => Promise<void>): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await inTransaction(connection, work);
    } catch (error) {
      if (!isTransient(error) && !isLocked(error)) throw error;
      if (performance.now() > until) throw lockedOut(label, error);
      await setTimeout(PAUSE_MS * (0.5 + Math.random()));
    }
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof QueryError && error.code === LOCKED;
}

async function inTransaction(connection: MigrationConnection, work: () => Promise<void>): Promise<void> {
  await connection.script(`begin; set local lock_timeout = '${LOCK_WAIT}'`);
  try {
    await work();
    await connection.script('commit');
  } catch (error) {
    await connection.script('rollback').catch(() => undefined);
    throw error;
  }
}

function lockedOut(label: string, cause: unknown): AppError {
  return new AppError({
    status: 500,
    code: 'schema_locked',
    title: 'Database schema is locked',
    detail:
      `Migration ${label} got no lock on its tables within ${PATIENCE_MS / 1_000} seconds: a transaction of somebody else is open all ` +
      'the time. End it (pg_stat_activity shows it), and migrate again.',
    cause,
  });
}
