import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bothKinds } from '../../e2e/support/lanes.ts';
import { newId } from '../kernel/index.ts';
import { builtInMigrations } from '../server/index.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { migrate, pendingMigrations } from './migrations/migrate.ts';
import { isUniqueViolation, QueryError } from './port/errors.ts';
import type { Db, Queryable } from './port/port.ts';

const texts = [
  '',
  'a',
  'null',
  'NULL',
  'Null',
  '{}',
  '{"a":"b,\\"c"}',
  'a\\b',
  'a"b',
  "a'b",
  ' a ',
  'a,b',
  'ä😀',
  'a\nb\tc',
  '-1.5e3',
  null,
];

describe.each(bothKinds)('the database port on %s', (kind) => {
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

  it('takes arrays as they are', async () => {
    const { rows } = await db.query(
      'select $1::text[] as texts, $2::int[] as numbers, $3::boolean[] as flags, $4::timestamptz[] as times, $5::jsonb[] as json',
      [texts, [1, -2, null], [true, null, false], [new Date(0), null], [JSON.stringify({ a: ['"\\', null] }), null, 'null']],
    );
    expect(rows[0]).toMatchObject({
      texts,
      numbers: [1, -2, null],
      flags: [true, null, false],
      json: [{ a: ['"\\', null] }, null, null],
    });
    expect((rows[0] as { times: unknown[] }).times).toHaveLength(2);
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
    expect(await pendingMigrations(db, builtInMigrations)).toEqual([]);
    expect(
      await Promise.all([migrate(db, builtInMigrations), migrate(db, builtInMigrations), migrate(db, builtInMigrations)]),
    ).toEqual([[], [], []]);
    const change = (sql: string) => db.migrate((connection) => connection.query(sql));
    await change(`update automate.migrations set checksum = 'edited' where feature = 'db'`);
    await expect(migrate(db, builtInMigrations)).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('db/0001_baseline'),
    });
    await change(`delete from automate.migrations where feature = 'db'`);
    await change(`insert into automate.migrations (feature, name, checksum) values ('db', '9999_future', 'x')`);
    await expect(migrate(db, builtInMigrations)).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('newer version'),
    });
  });

  describe('transactions', () => {
    beforeAll(() =>
      db.migrate((connection) =>
        connection.script(
          'create table automate.kept (number int primary key); grant all on automate.kept to automate_system, automate_app',
        ),
      ),
    );
    beforeEach(() => db.query('delete from kept'));

    const insert = 'insert into kept (number) values ($1::int)';
    const stored = async () => (await db.query<{ number: number }>('select number from kept order by number')).rows;

    it('answer statements that were started together in their order', async () => {
      const answers = await db.transaction((transaction) =>
        Promise.all([
          transaction.query(insert, [1], 'kept_insert'),
          transaction.query('select number from kept', [], 'kept_select'),
          transaction.query(insert, [2], 'kept_insert'),
          transaction.query('select number from kept order by number'),
        ]),
      );
      expect(answers.map(({ rows, rowCount }) => ({ rows, rowCount }))).toEqual([
        { rows: [], rowCount: 1 },
        { rows: [{ number: 1 }], rowCount: 1 },
        { rows: [], rowCount: 1 },
        { rows: [{ number: 1 }, { number: 2 }], rowCount: 2 },
      ]);
    });

    it('keep nothing of statements that were started together with one that fails, and say which that was', async () => {
      const transaction = db.transaction((tx) =>
        Promise.all([
          tx.query(insert, [1], 'kept_insert'),
          tx.query(insert, [1], 'kept_insert'),
          tx.query(insert, [2], 'kept_insert'),
        ]),
      );
      await expect(transaction).rejects.toMatchObject({ name: 'QueryError', code: '23505', constraint: 'kept_pkey' });
      expect(await stored()).toEqual([]);
      await db.transaction((tx) => tx.query(insert, [3], 'kept_insert'));
      expect(await stored()).toEqual([{ number: 3 }]);
    });

    it('prepare a statement again that could not be prepared', async () => {
      const text = 'select number from kept_later';
      await expect(db.transaction((tx) => tx.query(text, [], 'kept_later'))).rejects.toMatchObject({ code: '42P01' });
      await db.migrate((connection) =>
        connection.script(
          'create table automate.kept_later as select 1 as number; grant all on automate.kept_later to automate_system',
        ),
      );
      expect((await db.query(text, [], 'kept_later')).rows).toEqual([{ number: 1 }]);
    });

    it('keep nothing when the work fails before it sends anything, or between statements', async () => {
      const fails = (count: number) =>
        db.transaction(async (tx) => {
          for (let number = 0; number < count; number += 1) await tx.query(insert, [number]);
          throw new Error('no');
        });
      await expect(fails(0)).rejects.toThrow('no');
      await expect(fails(2)).rejects.toThrow('no');
      expect(await stored()).toEqual([]);
    });

    it('refuse what is sent when they have ended', async () => {
      const leaked: Queryable[] = [];
      await db.asTenant(newId(), async (tx) => leaked.push(tx));
      await expect(db.transaction(async (tx) => Promise.reject(new Error(`no ${leaked.push(tx)}`)))).rejects.toThrow('no 2');
      for (const tx of leaked) await expect(tx.query(insert, [1])).rejects.toThrow('The transaction has ended');
      expect(await stored()).toEqual([]);
    });
  });
});
