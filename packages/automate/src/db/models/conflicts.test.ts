import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts';
import { migrate } from '../migrations/migrate.ts';
import { hostMigrations } from '../migrations/sources.ts';
import type { Db, Queryable } from '../port/port.ts';

/** Longer than PostgreSQL waits before it looks for a deadlock. */
const DEADLOCK_MS = 1_500;

// The embedded database has one connection, and so nobody is in anybody's way.
describe('transactions that are in the way of each other, on postgres', () => {
  let database: TestDatabase;
  let db: Db;
  let folder: string;
  beforeAll(async () => {
    database = await createTestDatabase('postgres');
    db = await database.open();
    folder = await mkdtemp(join(tmpdir(), 'automate-'));
    await db.migrate((connection) =>
      connection.script(
        `create table automate.one (id int primary key, value int not null default 0);
         create table automate.two (like automate.one including all);
         grant all on automate.one, automate.two to automate_system`,
      ),
    );
  });
  beforeEach(() => db.query('with deleted as (delete from two) delete from one'));
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const add = (to: Queryable, table: string, id = 1) => to.query(`insert into ${table} (id) values ($1)`, [id]);
  const raise = (of: Queryable, id: number) => of.query('update one set value = value + 1 where id = $1', [id]);
  const values = async () =>
    (await db.query<{ value: number }>('select value from one order by id')).rows.map(({ value }) => value);
  /** Until a statement that contains a text waits for a lock; who migrates may see what others do. */
  const untilLocked = (text: string) =>
    db.migrate(async (connection) => {
      const isWaiting = `select from pg_stat_activity where wait_event_type = 'Lock' and position($1 in query) > 0`;
      while ((await connection.query(isWaiting, [text])).rowCount === 0) await setTimeout(20);
    });

  it('a migration gives way to whoever it would deadlock with, and is applied afterwards', async () => {
    await writeFile(
      join(folder, '0001_columns.sql'),
      'alter table two add column added int; alter table one add column added int;',
    );
    let migrated: Promise<string[]> | undefined;
    await db.transaction(async (transaction) => {
      await add(transaction, 'one');
      migrated = migrate(db, [hostMigrations(folder)]);
      migrated.catch(() => undefined);
      await untilLocked('add column added');
      await add(transaction, 'two');
      await setTimeout(DEADLOCK_MS);
    });
    expect(await migrated).toEqual(['host/0001_columns']);
    expect((await db.query('select one.added, two.added from one, two')).rows).toHaveLength(1);
  });

  it('a migration that only waits does not keep others from a table', async () => {
    await writeFile(join(folder, '0002_more.sql'), 'alter table one add column more int;');
    let migrated: Promise<string[]> | undefined;
    await db.transaction(async (transaction) => {
      await add(transaction, 'one');
      migrated = migrate(db, [hostMigrations(folder)]);
      migrated.catch(() => undefined);
      await untilLocked('add column more');
      // Asked for behind it, and answered while the transaction is still open.
      await add(db, 'one', 2);
    });
    expect(await migrated).toEqual(['host/0002_more']);
  });

  it('a statement of its own that had to give way runs again', async () => {
    for (const id of [1, 2]) await add(db, 'one', id);
    const locks = 'select from one where id in (1, 2) order by id for update';
    const cross = () =>
      db.transaction(async (transaction) => {
        await raise(transaction, 2);
        const query = db.query(locks);
        query.catch(() => undefined);
        await untilLocked(locks);
        await raise(transaction, 1);
        return [query];
      });
    // Whoever has waited for a second looks for a circle: on a busy machine it may be the transaction, before which the statement looked in vain.
    const [locked] = await cross().catch(cross).catch(cross);
    expect((await locked)?.rowCount).toBe(2);
    expect(await values()).toEqual([1, 1]);
  });

  it('a transaction that had to give way says that nothing was stored', async () => {
    for (const id of [1, 2]) await add(db, 'one', id);
    const raiseBoth = (ids: readonly number[]) =>
      db.transaction(async (transaction) => {
        for (const id of ids) {
          await raise(transaction, id);
          await setTimeout(300);
        }
      });
    const ends = await Promise.allSettled([raiseBoth([1, 2]), raiseBoth([2, 1])]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { status: 503, code: 'database_conflict', headers: { 'retry-after': '1' } },
    });
    expect(await values()).toEqual([1, 1]);
  });
});
