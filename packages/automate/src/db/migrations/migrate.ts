import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from '../../kernel/index.ts';
import type { Db, MigrationConnection } from '../port/port.ts';
import { changeSchema, isLocked } from './change-schema.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Any constant will do: it only has to be the same in every process. */
const LOCK_KEY = 8_246_001_337;
/** What takes long and locks nothing has a transaction of its own; it runs again when the migration was not finished. */
const NEXT_TRANSACTION = /^-- commit$/m;
const directory = new URL('./', import.meta.url);

/** The migrations this version ships, in order. */
export function shippedMigrations(): Migration[] {
  return readdirSync(directory)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const sql = readFileSync(new URL(file, directory), 'utf8');
      return {
        number: Number(file.slice(0, 4)),
        name: file.slice(5, -4),
        sql,
        checksum: createHash('sha256').update(sql).digest('hex'),
      };
    });
}

/**
 * Brings the database to this version. Safe to start from several processes at once: they take turns under an advisory
 * lock, and each migration commits together with its row in `automate.migrations`.
 * @returns the names of the migrations applied now
 * @throws AppError `schema_mismatch` when the database is newer than this version or an applied migration was edited
 */
export async function migrate(db: Db): Promise<string[]> {
  return inMigrationTurn(db, async (connection) => {
    await connection.script(`create schema if not exists automate;
      create table if not exists automate.migrations (
        number int primary key, name text not null, checksum text not null, applied_at timestamptz(3) not null default now());`);
    const applied = await applyPending(connection);
    await addMonths(connection);
    return applied;
  });
}

/** Runs work on the schema while no other process does. */
export function inMigrationTurn<T>(db: Db, work: (connection: MigrationConnection) => Promise<T>): Promise<T> {
  return db.migrate(async (connection) => {
    await connection.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    try {
      return await work(connection);
    } finally {
      await connection.query('select pg_advisory_unlock($1)', [LOCK_KEY]);
    }
  });
}

/** Names of the migrations that are shipped and not yet applied. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  return db.migrate(async (connection) => {
    const exists = await connection.query<{ found: boolean }>(`select to_regclass('automate.migrations') is not null as found`);
    const applied = exists.rows[0]?.found ? await appliedMigrations(connection) : new Map<number, string>();
    check(shippedMigrations(), applied);
    return shippedMigrations()
      .filter((migration) => !applied.has(migration.number))
      .map(labelOf);
  });
}

async function applyPending(connection: MigrationConnection): Promise<string[]> {
  const shipped = shippedMigrations();
  const applied = await appliedMigrations(connection);
  check(shipped, applied);
  const done: string[] = [];
  for (const migration of shipped.filter(({ number }) => !applied.has(number))) {
    const parts = migration.sql.split(NEXT_TRANSACTION);
    for (const part of parts.slice(0, -1)) await changeSchema(connection, labelOf(migration), () => connection.script(part));
    await changeSchema(connection, labelOf(migration), async () => {
      await connection.script(parts.at(-1) as string);
      await connection.query('insert into automate.migrations (number, name, checksum) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        migration.checksum,
      ]);
    });
    done.push(labelOf(migration));
  }
  return done;
}

/** History has a partition for each month, made ahead. What cannot be had now, because somebody holds a lock, a worker makes later. */
async function addMonths(connection: MigrationConnection): Promise<void> {
  try {
    await connection.query(
      'select automate.add_history_month(month) from (select distinct month from automate.missing_history_months(3) as month order by 1) as missing',
    );
  } catch (error) {
    if (!isLocked(error)) throw error;
  }
}

async function appliedMigrations(connection: MigrationConnection): Promise<Map<number, string>> {
  const { rows } = await connection.query<{ number: number; checksum: string }>(
    'select number, checksum from automate.migrations',
  );
  return new Map(rows.map((row) => [row.number, row.checksum]));
}

function check(shipped: readonly Migration[], applied: ReadonlyMap<number, string>): void {
  const known = new Map(shipped.map((migration) => [migration.number, migration]));
  for (const [number, checksum] of applied) {
    const migration = known.get(number);
    if (!migration)
      throw mismatch(`The database holds migration ${number}, which this version does not know: run a newer version.`);
    if (migration.checksum !== checksum) {
      throw mismatch(
        `Migration ${labelOf(migration)} was changed after it was applied: restore the file and add a new migration.`,
      );
    }
  }
}

function labelOf(migration: Pick<Migration, 'number' | 'name'>): string {
  return `${String(migration.number).padStart(4, '0')}_${migration.name}`;
}

function mismatch(detail: string): AppError {
  return new AppError({ status: 500, code: 'schema_mismatch', title: 'Database schema does not fit', detail });
}
