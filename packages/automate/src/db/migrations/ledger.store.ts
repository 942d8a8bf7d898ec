import type { MigrationConnection } from '../port/port.ts';
import { changeSchema } from './change-schema.ts';
import type { Migration } from './sources.ts';

/** What a database has of one source: checksums by the names of files. */
export type Applied = ReadonlyMap<string, string>;

/** Makes the ledger, or makes one of an older version what it is now. */
export async function prepareLedger(connection: MigrationConnection): Promise<void> {
  await connection.script(`create schema if not exists automate;
    create table if not exists automate.migrations (
      feature text not null, name text not null, checksum text not null, applied_at timestamptz(3) not null default now(),
      primary key (feature, name));`);
  if ((await shapeOf(connection)) === 'numbered') await nameEntries(connection);
}

/** What is applied, by source; nothing where there is no ledger yet. */
export async function readLedger(connection: MigrationConnection): Promise<ReadonlyMap<string, Applied>> {
  const shape = await shapeOf(connection);
  if (shape === 'absent') return new Map();
  const { rows } = await connection.query<{ feature: string; name: string; checksum: string }>(
    shape === 'named'
      ? 'select feature, name, checksum from automate.migrations'
      : `select 'automate' as feature, ${NAME_OF_NUMBERED} as name, checksum from automate.migrations`,
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

/** History has a partition for each month, made ahead. */
export async function addMissingMonths(connection: MigrationConnection): Promise<void> {
  await connection.query(
    'select automate.add_history_month(month) from (select distinct month from automate.missing_history_months(3) as month order by 1) as missing',
  );
}

/** Before there were several sources, ours had a number, and those of a host a ledger of their own. */
async function shapeOf(connection: MigrationConnection): Promise<'absent' | 'numbered' | 'named'> {
  const { rows } = await connection.query<{ is_there: boolean; is_numbered: boolean }>(
    `select to_regclass('automate.migrations') is not null as is_there, exists (
       select from pg_attribute where attrelid = to_regclass('automate.migrations') and attname = 'number' and not attisdropped
     ) as is_numbered`,
  );
  const { is_there: isThere = false, is_numbered: isNumbered = false } = rows[0] ?? {};
  return !isThere ? 'absent' : isNumbered ? 'numbered' : 'named';
}

const NAME_OF_NUMBERED = `lpad(number::text, 4, '0') || '_' || name`;

async function nameEntries(connection: MigrationConnection): Promise<void> {
  const { rows } = await connection.query<{ found: boolean }>(
    `select to_regclass('automate.host_migrations') is not null as found`,
  );
  const statements = `
    alter table automate.migrations add column feature text not null default 'automate';
    update automate.migrations set name = ${NAME_OF_NUMBERED};
    alter table automate.migrations alter column feature drop default, drop column number, add primary key (feature, name);
    ${
      rows[0]?.found
        ? `insert into automate.migrations (feature, name, checksum, applied_at)
           select 'host', regexp_replace(name, '[.]sql$', ''), checksum, applied_at from automate.host_migrations;`
        : ''
    }`;
  await changeSchema(connection, 'of the ledger', () => connection.script(statements));
}
