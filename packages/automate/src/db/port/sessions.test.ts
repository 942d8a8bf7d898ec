import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bothKinds } from '../../../e2e/support/lanes.ts';
import { newId } from '../../kernel/index.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts';
import { type Db, type Queryable, withSessions } from './port.ts';

describe.each(bothKinds)('sessions on %s', (kind) => {
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

  const SETTING = `select current_setting('enable_seqscan') as setting`;
  const settingIn = async (of: Queryable, name?: string) =>
    (await of.query<{ setting: string }>(SETTING, [], name)).rows[0]?.setting;

  it('plan as the server thinks best, unless they are asked to go by the index', async () => {
    const byIndex = withSessions(db, { byIndex: true });
    for (const [of, wanted] of [
      [db, 'on'],
      [byIndex, 'off'],
      [withSessions(db, { isBackground: true }), 'on'],
      [withSessions(db, { byIndex: true, isBackground: true }), 'off'],
    ] as const) {
      expect(await of.transaction((transaction) => settingIn(transaction))).toBe(wanted);
      expect(await of.asTenant(newId(), (transaction) => settingIn(transaction))).toBe(wanted);
      expect(await settingIn(of, `setting_${wanted}`)).toBe(wanted);
      // Without a name a statement is planned for itself alone.
      expect(await settingIn(of)).toBe('on');
    }
  });

  it('forget the setting with the transaction, however it ends', async () => {
    const byIndex = withSessions(db, { byIndex: true });
    await expect(byIndex.transaction(() => Promise.reject(new Error('on purpose')))).rejects.toThrow('on purpose');
    await expect(byIndex.transaction((transaction) => transaction.query('select nonsense'))).rejects.toThrow('nonsense');
    await expect(byIndex.query('select nonsense', [], 'nonsense')).rejects.toThrow('nonsense');
    await expect(byIndex.query('select 1 / $1::int', [0], 'by_nothing')).rejects.toMatchObject({ code: '22012' });
    const all = await Promise.all(Array.from({ length: 20 }, () => settingIn(db)));
    expect(new Set(all)).toEqual(new Set(['on']));
  });

  it('keep what a single statement wrote, and nothing of one that fails', async () => {
    const byIndex = withSessions(db, { byIndex: true });
    const insert = (id: string, slug: string) =>
      byIndex.query('insert into tenants (id, slug, name) values ($1, $2, $2) returning slug', [id, slug], 'tenants_insert');
    const id = newId();
    expect((await insert(id, 'kept')).rows).toEqual([{ slug: 'kept' }]);
    await expect(insert(newId(), 'kept')).rejects.toMatchObject({ code: '23505' });
    expect((await db.query(`select id from tenants where slug = 'kept'`)).rows).toEqual([{ id }]);
  });
});
