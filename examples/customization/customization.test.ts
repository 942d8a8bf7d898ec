import { ApiRouter, type BaseViewSet, newId } from 'automate/api';
import { createTestServer, databaseKinds, type Reply, type TestServer } from 'automate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { notes } from '../hosts/notes/index.ts';
import { NoteViewSet } from '../hosts/notes/viewsets.ts';
import { addKey } from '../support/keys.ts';
import { ActionNoteViewSet } from './actions.ts';
import { ActiveNoteViewSet } from './base-class.ts';
import { DecoratedNoteViewSet } from './decorated-actions.ts';
import { FilterNoteViewSet } from './filters.ts';
import { HookedNoteViewSet } from './hooks.ts';
import { ArchivingNoteViewSet } from './own-mixin.ts';
import { NumberedNoteViewSet, OffsetNoteViewSet } from './own-pagination.ts';
import { SettingNoteViewSet, settings } from './own-settings.ts';
import { RelatedNoteViewSet, RelatedProjectViewSet } from './relations.ts';
import { viewsets as replacements, startCustomized } from './replace-built-in.ts';
import { router as ownRoutes } from './routing.ts';
import { ThrottledNoteViewSet } from './throttle.ts';
import { TransferNoteViewSet } from './transfer.ts';

// biome-ignore lint/suspicious/noExplicitAny: each test knows the shape it looks at.
type Any = any;

const MEMBER = 'member-token-of-the-examples';
const OUTSIDER = 'outsider-token-of-the-examples';
const asMember = { authorization: `Bearer ${MEMBER}` };
const asOutsider = { authorization: `Bearer ${OUTSIDER}` };

describe.each(databaseKinds)('the customization guide on %s', (kind) => {
  let server: TestServer;
  let project: string;
  const member = newId();

  const viewsets: Record<string, new () => BaseViewSet> = {
    ...notes.viewsets,
    'action-notes': ActionNoteViewSet,
    'active-notes': ActiveNoteViewSet,
    'archiving-notes': ArchivingNoteViewSet,
    'decorated-notes': DecoratedNoteViewSet,
    'filter-notes': FilterNoteViewSet,
    'hooked-notes': HookedNoteViewSet,
    'numbered-notes': NumberedNoteViewSet,
    'offset-notes': OffsetNoteViewSet,
    'related-notes': RelatedNoteViewSet,
    'related-projects': RelatedProjectViewSet,
    'setting-notes': SettingNoteViewSet,
    'throttled-notes': ThrottledNoteViewSet,
    'transfer-notes': TransferNoteViewSet,
  };
  const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply<Any>> =>
    server.call<Any>(method, `/api/v1/${path}`, body, headers);
  const addNote = async (values: Record<string, unknown> = {}): Promise<Any> => {
    const { status, body } = await call('POST', 'notes/', { project_id: project, title: 'A note', ...values });
    expect(status, JSON.stringify(body)).toBe(201);
    return body;
  };
  const titles = async (path: string, headers?: Record<string, string>): Promise<string[]> => {
    const { status, body } = await call('GET', path, undefined, headers);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.results.map(({ title }: Any) => title);
  };

  beforeAll(async () => {
    const { NOTES_PAGE_SIZE, NOTES_READ_ONLY } = settings.api;
    const environment = {
      AUTOMATE_API_NOTES_PAGE_SIZE: `${NOTES_PAGE_SIZE}`,
      AUTOMATE_API_NOTES_READ_ONLY: `${NOTES_READ_ONLY}`,
    };
    server = await createTestServer(kind, { ...notes, viewsets, router: new ApiRouter().include('', ownRoutes), environment });
    const { db } = server.automate;
    await addKey(db, { id: member, value: MEMBER, tenant: 'default', scopes: ['*'] });
    await addKey(db, { id: newId(), value: OUTSIDER, tenant: 'default', scopes: ['*'] });
    project = (await call('POST', 'projects/', { name: 'Moon', member_ids: [member] })).body.id;
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    await server.automate.db.query('delete from notes');
  });

  const graph = (count: number) => ({
    nodes: Array.from({ length: count }, (_, index) => ({ id: `n${index}`, type: 'core.log', config: { message: 'x' } })),
    edges: [],
  });

  it('overrides a built-in viewset', async () => {
    const { body } = await call('POST', 'workflows/', { name: 'Mine', graph: graph(1) });
    expect((await call('GET', `workflows/${body.id}/`)).body).toMatchObject({ name: 'Mine (draft)', is_live: false });
    const refused = await call('POST', 'workflows/', { name: 'Big', graph: graph(21) });
    expect(refused).toMatchObject({ status: 400, body: { detail: 'A workflow of ours has at most 20 nodes.' } });
  });

  it('replaces built-in viewsets', async () => {
    const replaced = await createTestServer(kind, { viewsets: replacements });
    const { body } = await replaced.call<Any>('POST', '/api/v1/workflows/', { name: 'Mine', graph: graph(1) });
    await replaced.call('POST', `/api/v1/workflows/${body.id}/run/`, {});
    const { results } = (await replaced.call<Any>('GET', '/api/v1/executions/')).body;
    expect(results).toMatchObject([{ workflow_id: body.id, output: null }]);
    await replaced.close();
    expect(startCustomized).toBeTypeOf('function');
  });

  it('asks a permission of its own, of requests and of objects', async () => {
    const note = await addNote();
    const nested = `projects/${project}/notes/`;
    expect((await call('GET', `notes/${note.id}/`, undefined, asMember)).status).toBe(200);
    expect(await call('GET', `notes/${note.id}/`, undefined, asOutsider)).toMatchObject({
      status: 403,
      body: { detail: 'IsProjectMember does not allow this.' },
    });
    expect((await call('GET', nested, undefined, asMember)).status).toBe(200);
    expect((await call('GET', nested, undefined, asOutsider)).status).toBe(403);
  });

  it('has actions of its own, in both forms', async () => {
    const note = await addNote();
    expect((await call('GET', 'action-notes/stats/')).body).toEqual({ total: 1, active: 0 });
    expect((await call('POST', `action-notes/${note.id}/activate/`)).body).toMatchObject({ id: note.id, status: 'active' });
    expect((await call('GET', 'action-notes/stats/')).body).toEqual({ total: 1, active: 1 });
    const other = await addNote();
    expect((await call('POST', `decorated-notes/${other.id}/activate/`)).body).toMatchObject({ status: 'active' });
    expect((await call('GET', 'decorated-notes/stats/')).body).toEqual({ total: 2, active: 2 });
    expect((await call('POST', `action-notes/${note.id}/activate/`, undefined, asOutsider)).status).toBe(403);
  });

  it('has routes of its own', async () => {
    const made = await call('POST', `projects/${project}/notes/`, { title: 'Nested' });
    expect(made).toMatchObject({ status: 201, body: { project_id: project } });
    const other = (await call('POST', 'projects/', { name: `Other ${kind}` })).body.id;
    expect(await titles(`projects/${project}/notes/`)).toEqual(['Nested']);
    expect(await titles(`projects/${other}/notes/`)).toEqual([]);
    expect((await call('GET', `projects/${other}/notes/${made.body.id}/`)).status).toBe(404);
    expect((await call('GET', `links/?project=${project}`)).body).toEqual({ notes: `/api/v1/projects/${project}/notes/` });
  });

  it('has a base class of its own', async () => {
    const note = await addNote();
    expect((await call('GET', 'active-notes/', undefined, asMember)).status).toBe(403);
    expect(await titles('active-notes/')).toEqual([]);
    await call('POST', `action-notes/${note.id}/activate/`);
    expect(await titles('active-notes/')).toEqual(['A note']);
  });

  it('has settings of its own', async () => {
    expect(settings.api).toMatchObject({ NOTES_PAGE_SIZE: 2, NOTES_READ_ONLY: true, CORS_ORIGINS: ['https://app.example.com'] });
    for (const title of ['a', 'b', 'c']) await addNote({ title });
    expect(await titles('setting-notes/')).toHaveLength(2);
    expect((await call('POST', 'setting-notes/', { project_id: project, title: 'x' })).status).toBe(403);
  });

  it('filters, searches and orders', async () => {
    for (const [title, priority] of [
      ['Moon', 1],
      ['Sun', 9],
      ['Saturn', 5],
    ])
      await addNote({ title, priority, text: 'Moon' });
    expect(await titles('filter-notes/')).toEqual(['Sun', 'Saturn', 'Moon']);
    expect(await titles('filter-notes/?ordering=title')).toEqual(['Moon', 'Saturn', 'Sun']);
    expect(await titles('filter-notes/?search=moon')).toEqual(['Moon']);
    expect(await titles('filter-notes/?priority_min=5&title_contains=sa')).toEqual(['Saturn']);
    expect(await titles('filter-notes/?status_in=draft,active&created_after=2020-01-01T00:00:00Z')).toHaveLength(3);
    expect(await titles(`filter-notes/?author=${newId()}`)).toEqual([]);
    const unknown = await call('GET', 'filter-notes/?colour=red');
    expect(unknown).toMatchObject({ status: 400, body: { detail: expect.stringContaining('Known: author, count, ') } });
  });

  it('expands relations', async () => {
    const note = await addNote({ text: 'three short words' });
    const { body } = await call('GET', `related-notes/${note.id}/?expand=project,words&fields=id`);
    expect(body).toEqual({ id: note.id, project: { id: project, name: 'Moon' }, words: 3 });
    const [found] = (await call('GET', 'related-projects/?expand=newest&search=Moon')).body.results;
    expect(found.newest).toMatchObject([{ id: note.id }]);
  });

  it('runs hooks', async () => {
    for (const title of ['a', 'b', 'c']) await addNote({ title });
    expect(await titles('hooked-notes/?ordering=title')).toEqual(['A', 'B', 'C']);
    const refused = await call('POST', 'hooked-notes/', { project_id: project, title: 'd' });
    expect(refused).toMatchObject({ status: 409, body: { detail: 'There are 3 notes already.' } });
  });

  it('pages in other ways', async () => {
    for (const title of ['a', 'b', 'c']) await addNote({ title });
    const first = (await call('GET', 'offset-notes/')).body;
    expect(first).toMatchObject({ results: [{}, {}], next: '/api/v1/offset-notes/?offset=2', previous: null });
    expect((await server.call<Any>('GET', first.next)).body).toMatchObject({ results: [{}], next: null });
    expect((await call('GET', 'numbered-notes/?page=2&limit=2')).body).toMatchObject({ results: [{}], next: null, count: 3 });
  });

  it('limits requests in its own way', async () => {
    const states = [];
    for (let index = 0; index < 4; index += 1) states.push(await call('GET', 'throttled-notes/', undefined, asMember));
    expect(states.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(states[0]?.headers.get('ratelimit-policy')).toBe(
      '"project";q=500;w=86400, "sustained";q=10000;w=86400, "burst";q=3;w=60',
    );
    expect(Number(states[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call('GET', 'throttled-notes/')).status).toBe(200);
  });

  it('has a mixin of its own', async () => {
    const note = await addNote();
    expect((await call('DELETE', `archiving-notes/${note.id}/`)).status).toBe(204);
    expect((await call('GET', `notes/${note.id}/`)).body.status).toBe('archived');
    expect(await titles('archiving-notes/', asMember)).toEqual([]);
  });

  it('exports and imports in its own way', async () => {
    await addNote({ title: 'Known', priority: 1 });
    const exported = await call('GET', 'transfer-notes/export/?fields=title,priority,project');
    expect(exported.body).toBe('title,priority,project\nKnown,1,Moon\n');
    const file = `project_id,title,priority,project\n${project},Known,8,Moon\n${project},New,2,\n`;
    const imported = await call('POST', 'transfer-notes/import/', file, { 'content-type': 'text/csv' });
    expect(imported.body).toMatchObject({ applied: true, created: 1, updated: 1, failed: 0 });
    expect((await call('GET', 'notes/?ordering=title')).body.results).toMatchObject([
      { title: 'Known', priority: 8 },
      { title: 'New', priority: 2 },
    ]);
  });

  it('serves what it extends as before', async () => {
    expect(new NoteViewSet().pageSize).toBe(25);
    expect(await titles('projects/nonsense/notes/')).toEqual([]);
  });
});
