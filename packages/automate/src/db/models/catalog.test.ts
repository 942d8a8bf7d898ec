import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bothKinds } from '../../../e2e/support/lanes.ts';
import { defineModel, newId } from '../../kernel/index.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts';
import type { Db } from '../port/port.ts';
import { createCatalog } from './catalog.store.ts';
import { createRepository } from './repository.store.ts';

const Memo = z.object({ id: z.uuid(), tenant_id: z.uuid(), lines: z.json(), parent_id: z.uuid().nullable() });
const MemoModel = defineModel({ name: 'Memo', table: 'memos', schema: Memo });
const scope = { tenantId: newId() };

describe.each(bothKinds)('what is known of tables on %s', (kind) => {
  const databases: TestDatabase[] = [];
  const opened: Db[] = [];
  beforeAll(async () => {
    for (const type of ['jsonb', 'text[]']) {
      const database = await createTestDatabase(kind);
      const db = await database.open();
      databases.push(database);
      opened.push(db);
      const create = () =>
        db.migrate((connection) =>
          connection.script(
            `create schema if not exists other; create table other.parents (id uuid primary key, tenant_id uuid not null);
             grant usage on schema other to automate_system, automate_app; select automate.protect('other.parents');
             create table public.memos (id uuid primary key, tenant_id uuid not null, lines ${type} not null, parent_id uuid references other.parents (id), unique (tenant_id, lines));
             select automate.protect('public.memos')`,
          ),
        );
      // Asked about before it is there.
      await createRepository(db)
        .list(MemoModel, { filters: [], order: [], limit: 1 }, scope)
        .catch(() => undefined);
      await create();
    }
  });
  afterAll(async () => {
    for (const db of opened) await db.close();
    for (const database of databases) await database.dispose();
  });

  it('is known of each database by itself', async () => {
    const values = { lines: ['a', 'b'], parent_id: null };
    for (const db of opened) {
      const store = createRepository(db);
      const row = await store.insert(MemoModel, values, scope);
      expect(row).toMatchObject(values);
      const twice = { code: 'already_exists', errors: [{ pointer: '/lines', code: 'not_unique' }] };
      await expect(store.insert(MemoModel, values, scope)).rejects.toMatchObject(twice);
    }
    const [ofJson, ofText] = await Promise.all(opened.map((db) => createCatalog().factsOf(db, 'memos')));
    expect([[...(ofJson?.json.single.keys() ?? [])], [...(ofText?.json.single.keys() ?? [])]]).toEqual([['lines'], []]);
  });

  it('is asked once, and nothing is kept of a table that is not there', async () => {
    const db = opened[0] as Db;
    const catalog = createCatalog();
    let asked = 0;
    const query = ((...given) => {
      asked += 1;
      return db.query(...given);
    }) as Db['query'];
    const counting = { query };
    for (let count = 0; count < 2; count += 1) expect((await catalog.factsOf(counting, 'later')).constraints.size).toBe(0);
    expect(asked).toBe(6);
    await db.migrate((connection) => connection.script('create table public.later (id int primary key)'));
    for (let count = 0; count < 2; count += 1) expect((await catalog.factsOf(counting, 'later')).constraints.size).toBe(1);
    expect(asked).toBe(9);
  });

  it('refuses what names a row of another schema that is not there, whatever the search path', async () => {
    for (const db of opened) {
      const work = createRepository(db).insert(MemoModel, { lines: ['c'], parent_id: newId() }, scope);
      await expect(work).rejects.toMatchObject({ errors: [{ pointer: '/parent_id', code: 'not_found' }] });
    }
  });
});
