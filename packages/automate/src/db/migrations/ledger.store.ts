import type { MigrationConnection } from '../port/port.ts';
import type { Migration } from './sources.ts';

/** What a database has of one source: checksums by the names of files. */
export type Applied = ReadonlyMap<string, string>;

/** What a database has, by source. */
export type Ledger = ReadonlyMap<string, Applied>;

/** Makes the schema and its ledger where there is none. */
export async function prepareLedger(connection: MigrationConnection): Promise<void> {
  await connection.script(`create schema if not exists automate;
    create table if not exists automate.migrations (
      feature text not null, name text not null, checksum text not null, applied_at timestamptz(3) not null default now(),
      primary key (feature, name));`);
}

/** What is applied; nothing where there is no ledger yet. One of numbers, as the first versions had, is read as what they would call it today. */
export async function readLedger(connection: MigrationConnection): Promise<Ledger> {
  const { rows: found } = await connection.query(`select 1 where to_regclass('automate.migrations') is not null`);
  if (found.length === 0) return new Map();
  const { rows } = await connection.query<{ feature: string; name: string; checksum: string }>(
    `select coalesce(entry ->> 'feature', 'automate') as feature,
       coalesce(lpad(entry ->> 'number', 4, '0') || '_', '') || (entry ->> 'name') as name, entry ->> 'checksum' as checksum
     from automate.migrations, to_jsonb(migrations) as entry`,
  );
  const groups = Map.groupBy(rows, ({ feature }) => feature);
  return new Map([...groups].map(([feature, group]) => [feature, new Map(group.map(({ name, checksum }) => [name, checksum]))]));
}

/** In the transaction of the migration itself. */
export async function recordMigration(connection: MigrationConnection, { source, name, checksum }: Migration): Promise<void> {
  await connection.query('insert into automate.migrations (feature, name, checksum) values ($1, $2, $3)', [
    source.name,
    name,
    checksum,
  ]);
}

/** In a transaction: forgets what a source had, whose tables are those of other migrations now. */
export async function replaceSource(
  connection: MigrationConnection,
  source: string,
  migrations: readonly Migration[],
): Promise<void> {
  await connection.query('delete from automate.migrations where feature = $1', [source]);
  for (const migration of migrations) await recordMigration(connection, migration);
}
