import { AppError, errorMessage } from '../../kernel/index.ts';
import type { Db, MigrationConnection } from '../port/port.ts';
import { roles } from '../port/port.ts';
import { adoptedBaselines } from './baselines.ts';
import { changeSchema } from './change-schema.ts';
import { type Applied, type Ledger, prepareLedger, readLedger, recordMigration, replaceSource } from './ledger.store.ts';
import { labelOf, type Migration, type MigrationSource, readMigrations, replacedSource } from './sources.ts';

/** Any constant will do: it only has to be the same in every process. */
const LOCK_KEY = 8_246_001_337;
/** What takes long and locks nothing has a transaction of its own; it runs again when the migration was not finished. */
const NEXT_TRANSACTION = /^-- commit$/m;

/**
 * Brings the database to what the sources say, one after the other. Safe to start from several processes at once: they take turns under an
 * advisory lock, and each migration commits together with its row in `automate.migrations`.
 * @returns the migrations applied now, as in `jobs/0001_baseline`; with those that are recorded only, because the tables are there
 * @throws AppError `schema_mismatch` when a source is older than the database or an applied migration was edited; `schema_too_old` when the
 * database stands before the baselines; `migration_failed` naming the file
 * @example
 * await migrate(db, [...builtInMigrations, hostMigrations(new URL('./migrations/', import.meta.url))]);
 */
export async function migrate(db: Db, sources: readonly MigrationSource[]): Promise<string[]> {
  return inMigrationTurn(db, async (connection) => {
    await prepareLedger(connection);
    const adopted = await adopt(connection, sources);
    const pending = pendingOf(sources, await readLedger(connection));
    for (const migration of pending) await apply(connection, migration);
    return [...adopted, ...pending].map(labelOf);
  });
}

/** The migrations of these sources that are not applied yet. */
export async function pendingMigrations(db: Db, sources: readonly MigrationSource[]): Promise<string[]> {
  return db.migrate(async (connection) => pendingOf(sources, await readLedger(connection)).map(labelOf));
}

/** Runs work on the schema while no other process does. */
function inMigrationTurn<T>(db: Db, work: (connection: MigrationConnection) => Promise<T>): Promise<T> {
  return db.migrate(async (connection) => {
    await connection.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    try {
      return await work(connection);
    } finally {
      await connection.query('select pg_advisory_unlock($1)', [LOCK_KEY]);
    }
  });
}

/** Records the baselines of a database that has their tables by the migrations of before. */
async function adopt(connection: MigrationConnection, sources: readonly MigrationSource[]): Promise<Migration[]> {
  const baselines = adoptedBaselines(readMigrations(sources), await readLedger(connection));
  if (baselines.length > 0)
    await changeSchema(connection, 'of the ledger', () => replaceSource(connection, replacedSource, baselines));
  return baselines;
}

function pendingOf(sources: readonly MigrationSource[], ledger: Ledger): Migration[] {
  const shipped = readMigrations(sources);
  adoptedBaselines(shipped, ledger);
  for (const source of sources) {
    check(
      source,
      shipped.filter((migration) => migration.source === source),
      ledger.get(source.name) ?? new Map(),
    );
  }
  return shipped.filter(({ source, name }) => !ledger.get(source.name)?.has(name));
}

function check(source: MigrationSource, shipped: readonly Migration[], applied: Applied): void {
  const known = new Map(shipped.map((migration) => [migration.name, migration]));
  for (const [name, checksum] of applied) {
    const migration = known.get(name);
    const label = labelOf({ source, name });
    if (!migration)
      throw mismatch(`The database holds the migration ${label}, which this version does not know: run a newer version.`);
    if (migration.checksum !== checksum) {
      throw mismatch(`Migration ${label} was changed after it was applied: restore the file and add a new migration.`);
    }
  }
}

async function apply(connection: MigrationConnection, migration: Migration): Promise<void> {
  const label = labelOf(migration);
  const place = placeOf(migration.source);
  const parts = migration.sql.split(NEXT_TRANSACTION);
  try {
    for (const part of parts.slice(0, -1)) await changeSchema(connection, label, () => connection.script(`${place}${part}`));
    await changeSchema(connection, label, async () => {
      await connection.script(`${place}${parts.at(-1)}`);
      await recordMigration(connection, migration);
    });
  } catch (error) {
    if (AppError.is(error)) throw error;
    throw failed(`Migration ${label} failed, and nothing of it was applied: ${errorMessage(error)}`, error);
  }
}

/** Where the names of a file that are not qualified lead, for the transaction it runs in. */
function placeOf({ schema }: MigrationSource): string {
  if (schema === undefined) return '';
  const path = [...new Set([schema, 'automate', 'public'])].join(', ');
  const made =
    schema === 'public'
      ? ''
      : `create schema if not exists ${schema}; grant usage on schema ${schema} to ${roles.system}, ${roles.tenant}; `;
  return `${made}set local search_path = ${path}; `;
}

function mismatch(detail: string): AppError {
  return new AppError({ status: 500, code: 'schema_mismatch', title: 'Database schema does not fit', detail });
}

function failed(detail: string, cause: unknown): AppError {
  return new AppError({ status: 500, code: 'migration_failed', title: 'Migration failed', detail, cause });
}
