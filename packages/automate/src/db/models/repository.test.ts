import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModel, filterBy, type ListQuery, type ModelStore, newId } from '../../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../testing/index.ts';
import { migrateHost } from '../migrations/host-migrations.ts';
import type { Db } from '../port/port.ts';
import { checkModelTables } from './model-tables.ts';
import { createRepository } from './repository.store.ts';

const Project = z.object({ id: z.uuid(), name: z.string() });
const ProjectModel = defineModel({ name: 'Project', table: 'projects', schema: Project });
const Task = z.object({
  id: z.uuid(),
  project_id: z.uuid().nullable(),
  title: z.string(),
  points: z.int(),
  tags: z.array(z.string()),
  facts: z.record(z.string(), z.unknown()),
  updated_at: z.iso.datetime(),
});
const TaskModel = defineModel({
  name: 'Task',
  table: 'tasks',
  schema: Task,
  filters: filterBy(Task, { points: ['exact', 'in', 'range'], title: ['contains'], project_id: ['null'], updated_at: ['range'] }),
  searchFields: ['title'],
});

const MIGRATION = `
create table projects (id uuid primary key, tenant_id uuid not null, name text not null, unique (tenant_id, name));
select automate.protect('projects');
create table tasks (
  id uuid primary key default gen_random_uuid(), tenant_id uuid not null, project_id uuid references projects, title varchar(20) not null,
  points smallint not null default 0 check (points >= 0), tags text[] not null default '{}', facts jsonb not null default '{}',
  updated_at timestamptz(3) not null default now());
select automate.protect('tasks');`;

describe.each(databaseKinds)('models in tables on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  let store: ModelStore;
  const folder = mkdtempSync(join(tmpdir(), 'automate-migrations-'));
  const scope = { tenantId: newId() };
  const order: ListQuery['order'] = [
    { column: 'points', descending: false },
    { column: 'id', descending: false },
  ];
  const list = (query: Partial<ListQuery> = {}) => store.list(TaskModel, { filters: [], order, limit: 50, ...query }, scope);
  const add = (values: Record<string, unknown> = {}) =>
    store.insert(TaskModel, { id: newId(), title: 'x', points: 1, ...values }, scope);
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
    store = createRepository(db);
    writeFileSync(join(folder, '001_tasks.sql'), MIGRATION);
    expect(await migrateHost(db, folder)).toEqual(['001_tasks.sql']);
  });
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });

  it('applies the migrations of a host once, undoes one that fails, and refuses edited ones', async () => {
    expect(await migrateHost(db, folder)).toEqual([]);
    writeFileSync(join(folder, '002_bad.sql'), 'create table half (id int); select nonsense;');
    expect(await failure(migrateHost(db, folder))).toMatchObject({
      code: 'migration_failed',
      detail: expect.stringContaining('002_bad'),
    });
    expect((await db.query(`select to_regclass('half') as found`)).rows).toEqual([{ found: null }]);
    writeFileSync(join(folder, '002_bad.sql'), 'select 1;');
    expect(await migrateHost(db, folder)).toEqual(['002_bad.sql']);
    writeFileSync(join(folder, '002_bad.sql'), 'select 2;');
    expect(await failure(migrateHost(db, folder))).toMatchObject({ code: 'schema_mismatch' });
  });

  it('compares models with their tables', async () => {
    expect(await checkModelTables(db, [ProjectModel, TaskModel])).toEqual([]);
    const nowhere = defineModel({ name: 'Nowhere', table: 'nowhere', schema: Project });
    expect(await failure(checkModelTables(db, [nowhere]))).toMatchObject({ detail: expect.stringContaining('no such table') });
    const wider = defineModel({ name: 'Wider', table: 'tasks', schema: Task.extend({ colour: z.string() }) });
    expect(await failure(checkModelTables(db, [wider]))).toMatchObject({ detail: expect.stringContaining('no column colour') });
    await db.migrate((connection) => connection.query('create table public.bare (id uuid, tenant_id uuid, name text)'));
    const bare = defineModel({ name: 'Bare', table: 'bare', schema: Project });
    expect(await failure(checkModelTables(db, [bare]))).toMatchObject({
      detail: expect.stringContaining(`automate.protect('bare')`),
    });
    await db.migrate((connection) => connection.query('grant select, insert, update, delete on public.bare to automate_app'));
    expect(await checkModelTables(db, [bare])).toEqual([expect.stringContaining('no row-level security')]);
  });

  it('stores, filters, searches, counts and skips', async () => {
    const project = await store.insert(ProjectModel, { id: newId(), name: 'P' }, scope);
    for (const points of [3, 1, 2])
      await add({
        points,
        title: `Task ${points}%`,
        project_id: points === 1 ? null : project.id,
        tags: ['a'],
        facts: { n: points },
      });
    expect((await list()).map((task) => [task.points, task.tags, task.facts])).toEqual([
      [1, ['a'], { n: 1 }],
      [2, ['a'], { n: 2 }],
      [3, ['a'], { n: 3 }],
    ]);
    const found = async (column: string, operator: 'in' | 'gte' | 'lte' | 'contains' | 'is_null', value: unknown) =>
      (await list({ filters: [{ column, operator, value }] })).map((task) => task.points);
    expect(await found('points', 'in', [1, 3])).toEqual([1, 3]);
    expect(await found('points', 'gte', 2)).toEqual([2, 3]);
    expect(await found('points', 'lte', 2)).toEqual([1, 2]);
    expect(await found('title', 'contains', '2%')).toEqual([2]);
    expect(await found('project_id', 'is_null', true)).toEqual([1]);
    expect((await list({ search: 'task 3' })).map((task) => task.points)).toEqual([3]);
    expect((await list({ offset: 1, limit: 1 })).map((task) => task.points)).toEqual([2]);
    expect(await store.count(TaskModel, { filters: [] }, scope)).toBe(3);
    const narrowed = { ...scope, filters: [{ column: 'points', operator: 'exact', value: 1 } as const] };
    const [first] = await list();
    const other = (await list())[1];
    expect(await store.update(TaskModel, other?.id ?? '', { title: 'no' }, narrowed)).toBeUndefined();
    expect(await store.remove(TaskModel, other?.id ?? '', narrowed)).toBe(false);
    expect(await store.update(TaskModel, first?.id ?? '', {}, narrowed)).toEqual(first);
    const related = await store.related(
      TaskModel,
      { column: 'project_id', values: [project.id], order: { column: 'points', descending: true }, limit: 1 },
      scope,
    );
    expect(related.map((task) => task.points)).toEqual([3]);
    expect(await failure(store.remove(ProjectModel, project.id, scope))).toMatchObject({ status: 409, code: 'in_use' });
  });

  it('tells what a constraint refuses as a fault of the input, without any value', async () => {
    await store.insert(ProjectModel, { id: newId(), name: 'Twice' }, scope);
    const twice = await failure(store.insert(ProjectModel, { id: newId(), name: 'Twice' }, scope));
    expect(twice).toMatchObject({ status: 409, code: 'already_exists', errors: [{ pointer: '/name', code: 'not_unique' }] });
    expect(await failure(add({ project_id: newId() }))).toMatchObject({
      status: 400,
      errors: [{ pointer: '/project_id', code: 'not_found' }],
    });
    expect(await failure(add({ points: -1 }))).toMatchObject({ status: 400, errors: [{ code: 'not_allowed' }] });
    expect(await failure(add({ title: 'x'.repeat(30) }))).toMatchObject({ status: 400, errors: [{ code: 'too_big' }] });
    expect(await failure(add({ title: null }))).toMatchObject({ status: 400, errors: [{ pointer: '/title', code: 'required' }] });
    expect(await failure(add({ points: 99_999 }))).toMatchObject({ status: 400 });
  });

  it('finds nothing for what a column could never hold, and makes ids for rows without', async () => {
    const word = { ...scope, filters: [{ column: 'project_id', operator: 'exact', value: 'no-uuid' } as const] };
    expect(await store.list(TaskModel, { filters: [], order, limit: 5 }, word)).toEqual([]);
    expect(await store.count(TaskModel, { filters: [] }, word)).toBe(0);
    expect(await store.get(TaskModel, newId(), word)).toBeUndefined();
    const made = await store.insert(ProjectModel, { name: 'Without an id' }, scope);
    expect(made.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('changes a row only as it was seen', async () => {
    const seen = await add({ title: 'Seen', points: 7 });
    const race = await Promise.all(
      ['A', 'B', 'C'].map((title) => failure(store.update(TaskModel, seen.id, { title }, scope, { expected: seen }))),
    );
    expect(race.filter((error) => error === undefined)).toHaveLength(1);
    expect(race.find((error) => error !== undefined)).toMatchObject({ status: 412, code: 'precondition_failed' });
    expect(await failure(store.remove(TaskModel, seen.id, scope, { expected: seen }))).toMatchObject({ status: 412 });
  });

  it('does all of a transaction or nothing, and undoes a part of it', async () => {
    const before = await store.count(TaskModel, { filters: [] }, scope);
    const work = store.transaction(scope, async (models) => {
      await models.insert(TaskModel, { id: newId(), title: 'kept', points: 1 }, scope);
      await failure(models.attempt(() => models.insert(TaskModel, { id: newId(), title: 'x'.repeat(50), points: 1 }, scope)));
      await failure(
        models.transaction(scope, async (inner) => {
          await inner.insert(TaskModel, { id: newId(), title: 'undone', points: 1 }, scope);
          throw new Error('on purpose');
        }),
      );
      expect(await failure(models.count(TaskModel, { filters: [] }, { tenantId: newId() }))).toBeInstanceOf(TypeError);
      return models.count(TaskModel, { filters: [] }, scope);
    });
    expect(await work).toBe(before + 1);
    await failure(
      store.transaction(scope, async (models) => {
        await models.insert(TaskModel, { id: newId(), title: 'gone', points: 1 }, scope);
        throw new Error('on purpose');
      }),
    );
    expect(await store.count(TaskModel, { filters: [] }, scope)).toBe(before + 1);
    expect(await store.count(TaskModel, { filters: [] }, { tenantId: newId() })).toBe(0);
  });
});
