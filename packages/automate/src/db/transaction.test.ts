import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../testing/index.ts';
import type { Db } from './index.ts';

describe.each(databaseKinds)('transactions on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
    await db.migrate((connection) =>
      connection.script(
        'create table automate.kept (number int primary key); grant all on automate.kept to automate_system, automate_app',
      ),
    );
  });
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });
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
});
