import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../testing/index.ts';
import { isUniqueViolation, QueryError } from './errors.ts';
import { migrate, pendingMigrations } from './migrate.ts';
import type { Db } from './port.ts';

describe.each(databaseKinds)('the database port on %s', (kind) => {
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

  it('gives the same JavaScript values', async () => {
    const { rows } = await db.query(
      `select 1::int8 as big, '2026-01-31 12:00:00.123+01'::timestamptz as at, '{"a":[1]}'::jsonb as json, 1.5::numeric as exact, array['a','b'] as list, null as nothing`,
    );
    expect(rows).toEqual([
      { big: 1, at: '2026-01-31T11:00:00.123Z', json: { a: [1] }, exact: '1.5', list: ['a', 'b'], nothing: null },
    ]);
  });

  it('keeps transactions apart and undoes those that fail', async () => {
    const id = newId();
    const failing = db.transaction(async (transaction) => {
      await transaction.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [id, 'undone']);
      throw new Error('on purpose');
    });
    const beside = Promise.all(Array.from({ length: 5 }, () => db.query('select 1')));
    await expect(failing).rejects.toThrow('on purpose');
    await beside;
    expect((await db.query('select 1 from tenants where id = $1', [id])).rows).toEqual([]);
  });

  it('reports errors alike', async () => {
    const insert = () => db.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [newId(), 'twice']);
    await insert();
    const error = await insert().catch((thrown: unknown) => thrown);
    expect(isUniqueViolation(error, 'tenants_slug_key')).toBe(true);
    await expect(db.query('select nonsense')).rejects.toBeInstanceOf(QueryError);
    expect((await db.query('select 1 as fine')).rows).toEqual([{ fine: 1 }]);
  });

  it('takes back the tenant role when its transaction ends', async () => {
    const own = newId();
    await db.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [own, 'role']);
    expect((await db.asTenant(own, (transaction) => transaction.query('select id from tenants'))).rows).toEqual([{ id: own }]);
    await db.asTenant(own, () => Promise.reject(new Error('x'))).catch(() => undefined);
    expect((await db.query<{ count: number }>('select count(*) from tenants')).rows[0]?.count).toBeGreaterThan(1);
    await expect(db.asTenant(`x'; drop table jobs; --`, async () => undefined)).rejects.toThrow('UUID');
  });

  it('hands notifications to every listener', async () => {
    const received: string[] = [];
    const stop = await db.listen('test_channel', (payload) => received.push(payload));
    await db.notify('test_channel', 'one');
    await expect.poll(() => received).toContain('one');
    await stop();
    await db.notify('test_channel', 'two');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(received).not.toContain('two');
  });

  it('is up to date, migrates twice without effect, also at once, and refuses edited history', async () => {
    expect(await pendingMigrations(db)).toEqual([]);
    expect(await Promise.all([migrate(db), migrate(db), migrate(db)])).toEqual([[], [], []]);
    await db.migrate((connection) => connection.query(`update automate.migrations set checksum = 'edited' where number = 1`));
    await expect(migrate(db)).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('0001_tenancy'),
    });
    await db.migrate((connection) => connection.query(`delete from automate.migrations where number = 1`));
    await db.migrate((connection) => connection.query(`insert into automate.migrations values (9999, 'future', 'x')`));
    await expect(migrate(db)).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('newer version'),
    });
  });
});
