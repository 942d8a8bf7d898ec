import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bothKinds } from '../../../e2e/support/lanes.ts';
import { builtInMigrations } from '../../server/index.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts';
import type { Db } from '../port/port.ts';
import { migrate, pendingMigrations } from './migrate.ts';
import { hostMigrations, labelOf, type MigrationSource, readMigrations } from './sources.ts';

const BASELINES = [
  'db/0001_baseline',
  'jobs/0001_baseline',
  'governance/0001_baseline',
  'accounts/0001_baseline',
  'engine/0001_baseline',
  'engine/0002_flow_control',
  'engine/0003_history',
];
const LAST = '0033_jobs_alone';
/** Names as those of the chain that the baselines have replaced: 32, of which one number was never given. */
const CHAIN = [...Array.from({ length: 31 }, (_, index) => `${String(index + 1).padStart(4, '0')}_of_before`), LAST];

/** What has come since; the databases of these tests have it. */
const later = readMigrations(builtInMigrations).filter((migration) => !BASELINES.includes(labelOf(migration)));

const root = mkdtempSync(join(tmpdir(), 'automate-baselines-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each(bothKinds)('a database that was migrated before the baselines on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
  });
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });

  const script = (text: string) => db.migrate((connection) => connection.script(text));
  const ledger = async () =>
    (
      await db.query<{ label: string }>(
        `select feature || '/' || name as label from automate.migrations order by applied_at, feature, name`,
      )
    ).rows.map(({ label }) => label);
  /** Its ledger as that of an older version. */
  const say = (names: readonly string[]) =>
    script(
      `drop table automate.migrations;
       create table automate.migrations (feature text, name text, checksum text not null, applied_at timestamptz(3) not null default now(), primary key (feature, name));
       grant select on automate.migrations to automate_system;
       insert into automate.migrations (feature, name, checksum) select 'automate', unnest('{${names}}'::text[]), 'of before';
       insert into automate.migrations (feature, name, checksum) values ('crm', '0001_baseline', 'of another')${later
         .map(({ source, name, checksum }) => `, ('${source.name}', '${name}', '${checksum}')`)
         .join('')};`,
    );

  it('is adopted when it has the whole chain: the baselines are recorded, and nothing is run', async () => {
    await say(CHAIN);
    await db.query(`insert into tenants (id, slug, name) values (gen_random_uuid(), 'kept', 'Kept')`);
    const before = await shape(db);
    expect(await pendingMigrations(db, builtInMigrations)).toEqual(BASELINES);
    // Processes take turns, and one of them does it.
    const applied = await Promise.all([migrate(db, builtInMigrations), migrate(db, builtInMigrations)]);
    expect(applied).toEqual(expect.arrayContaining([BASELINES, []]));
    expect((await ledger()).toSorted()).toEqual([...BASELINES, 'crm/0001_baseline', ...later.map(labelOf)].toSorted());
    expect(await pendingMigrations(db, builtInMigrations)).toEqual([]);
    expect(await shape(db)).toEqual(before);
    expect((await db.query(`select name from tenants where slug = 'kept'`)).rows).toEqual([{ name: 'Kept' }]);
  });

  it('gets what is newer than the baselines, and all of other sources', async () => {
    await say(CHAIN);
    const newer = join(root, `${kind}-later`);
    const engine = builtInMigrations.at(-1) as MigrationSource;
    cpSync(engine.directory, newer, { recursive: true });
    writeFileSync(join(newer, '9999_later.sql'), 'create table automate.later (id int)');
    const ours = join(root, `${kind}-ours`);
    mkdirSync(ours);
    writeFileSync(join(ours, '0001_baseline.sql'), 'create table ours (id int); grant select on ours to automate_system');
    const sources = [...builtInMigrations.slice(0, -1), { ...engine, directory: newer }, hostMigrations(ours)];
    expect(await migrate(db, sources)).toEqual([...BASELINES, 'engine/9999_later', 'host/0001_baseline']);
    expect((await db.query('select id from public.ours')).rows).toEqual([]);
  });

  it.each([
    ['stands in the middle', CHAIN.slice(0, -1), '0031_of_before'],
    ['lacks one', CHAIN.slice(1), LAST],
    ['is of a version of its own', [...CHAIN, '0034_other'], '0034_other'],
  ])('is refused when it %s, and is told the way', async (_, names, last) => {
    await say(names);
    const before = await ledger();
    for (const ask of [migrate, pendingMigrations])
      await expect(ask(db, builtInMigrations)).rejects.toMatchObject({
        code: 'schema_too_old',
        detail: expect.stringMatching(`automate/${last}, .* automate/${LAST}, `),
      });
    expect(await ledger()).toEqual(before);
  });

  it('is refused when its ledger has numbers, as the first versions had', async () => {
    await script(
      `drop table automate.migrations;
       create table automate.migrations (number int primary key, name text not null, checksum text not null, applied_at timestamptz(3) not null default now());
       insert into automate.migrations (number, name, checksum) values (9, 'policy', 'x'), (17, 'partitions', 'x')`,
    );
    await expect(migrate(db, builtInMigrations)).rejects.toMatchObject({
      code: 'schema_too_old',
      detail: expect.stringContaining('automate/0017_partitions, '),
    });
  });

  it('keeps its ledger when it cannot be adopted as a whole', async () => {
    await say(CHAIN);
    await script(
      `create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
       create trigger refuse before insert on automate.migrations for each row when (new.name = '0003_history') execute function public.refuse()`,
    );
    const before = await ledger();
    await expect(migrate(db, builtInMigrations)).rejects.toThrow('no');
    expect(await ledger()).toEqual(before);
    await script('drop trigger refuse on automate.migrations');
    expect(await migrate(db, builtInMigrations)).toEqual(BASELINES);
  });
});

/** Everything in the schema that a migration could have made. */
async function shape(db: Db): Promise<unknown> {
  const { rows } = await db.query(
    `select 'relation' as kind, relname::text as name, relkind::text as detail from pg_class where relnamespace = 'automate'::regnamespace
     union all select 'function', proname, md5(prosrc) from pg_proc where pronamespace = 'automate'::regnamespace order by 1, 2, 3`,
  );
  return rows;
}
