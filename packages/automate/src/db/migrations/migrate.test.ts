import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bothKinds } from '../../../e2e/support/lanes.ts';
import { builtInMigrations } from '../../server/index.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts';
import type { Db } from '../port/port.ts';
import { migrate, pendingMigrations } from './migrate.ts';
import { hostMigrations, type MigrationSource, migrationsHash, readMigrations } from './sources.ts';

const folders: string[] = [];

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'automate-migrations-'));
  folders.push(folder);
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.each(bothKinds)('migrations of several sources on %s', (kind) => {
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
  const rowsOf = async (sql: string) => (await db.query(sql)).rows;

  it('are applied in order, once, and files of one name do not collide', async () => {
    const contacts = 'create table contacts (id int primary key); grant select on contacts to automate_system;';
    const crm: MigrationSource = { name: 'crm', schema: 'crm', directory: folderOf({ '0001_contacts.sql': contacts }) };
    const shop: MigrationSource = { name: 'shop', schema: 'shop', directory: folderOf({ '0001_contacts.sql': contacts }) };
    const host = hostMigrations(folderOf({ '0001_contacts.sql': `insert into crm.contacts values (1); ${contacts}` }));
    const all = [...builtInMigrations, crm, shop, host];
    const labels = ['crm/0001_contacts', 'shop/0001_contacts', 'host/0001_contacts'];
    expect(await pendingMigrations(db, all)).toEqual(labels);
    expect(await Promise.all([migrate(db, all), migrate(db, all)])).toEqual(expect.arrayContaining([labels, []]));
    expect(await pendingMigrations(db, all)).toEqual([]);
    expect(await rowsOf('select id from crm.contacts')).toEqual([{ id: 1 }]);
    expect(await rowsOf('select id from shop.contacts')).toEqual([]);
    expect(await rowsOf('select id from public.contacts')).toEqual([]);
    // One that is not installed any more is no matter of the others.
    expect(await migrate(db, [...builtInMigrations, host])).toEqual([]);
  });

  it('are refused when a source knows less than the database, or two have one name', async () => {
    const older: MigrationSource = { name: 'crm', schema: 'crm', directory: folderOf({}) };
    await expect(migrate(db, [older])).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('crm/0001_contacts'),
    });
    await expect(migrate(db, [older, older])).rejects.toThrow('"crm"');
    // Of this name are those that the baselines have replaced.
    await expect(migrate(db, [{ ...older, name: 'automate' }])).rejects.toThrow('"automate"');
  });

  it('are refused when one was changed after it was applied', async () => {
    const before: MigrationSource = {
      name: 'notes',
      schema: 'notes',
      directory: folderOf({ '1.sql': 'create table notes ();' }),
    };
    await migrate(db, [before]);
    const after = { ...before, directory: folderOf({ '1.sql': 'create table notes (id int);' }) };
    for (const look of [migrate, pendingMigrations])
      await expect(look(db, [after])).rejects.toMatchObject({
        code: 'schema_mismatch',
        message: expect.stringContaining('notes/1 was changed'),
      });
  });

  it('one that fails is named, and nothing of it is applied', async () => {
    const bad: MigrationSource = {
      name: 'bad',
      schema: 'bad',
      directory: folderOf({ '1.sql': 'create table half (); select nonsense;' }),
    };
    await expect(migrate(db, [bad])).rejects.toMatchObject({
      code: 'migration_failed',
      detail: expect.stringContaining('bad/1 '),
    });
    expect(await rowsOf(`select to_regclass('bad.half') as found`)).toEqual([{ found: null }]);
  });
});

it('a hash tells of every file of every source', () => {
  const folder = folderOf({ '1.sql': 'select 1' });
  const source = { name: 'one', directory: folder };
  const before = migrationsHash([...builtInMigrations, source]);
  expect(migrationsHash([...builtInMigrations, source])).toBe(before);
  expect(migrationsHash(builtInMigrations)).not.toBe(before);
  writeFileSync(join(folder, '2.sql'), 'select 2');
  expect(migrationsHash([...builtInMigrations, source])).not.toBe(before);
  expect(readMigrations([source]).map(({ name }) => name)).toEqual(['1', '2']);
});
