import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createAutomate, defineSettings } from 'automate';
import { newId } from 'automate/api';
import { createTestDatabase, type TestDatabase } from 'automate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shortLived } from '../../tools/short-lived.ts';
import { addKey } from '../support/keys.ts';

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the shape it looks at.
  readonly body: any;
}

const STAFF = 'staff-token-of-the-examples';
const MEMBER = 'member-token-of-the-examples';
const FOREIGN = 'foreign-token-of-the-examples';

describe.each([
  ['standalone.ts', ''],
  ['fastify.ts', '/automate'],
  ['fetch.ts', '/automate'],
  ['express.ts', '/automate'],
])('%s', (file, prefix) => {
  const member = newId();
  let database: TestDatabase;
  let child: ChildProcess;
  let origin: string;
  let project: string;

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(new URL(path, origin), {
      method,
      headers: {
        authorization: `Bearer ${STAFF}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? '' : JSON.parse(text) };
  }
  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    call(method, `${prefix}/api/v1/${path}`, body, headers);

  beforeAll(async () => {
    database = await createTestDatabase('pglite');
    const directory = database.environment.AUTOMATE_DATA_DIR;
    // A host that is not listening is as good as one that is: here it only makes two more keys.
    const settings = defineSettings({ dataDirectory: directory, bootstrapToken: STAFF, hasSample: false, logLevel: 'error' }, {});
    const automate = await createAutomate({ settings, hasWorker: false });
    await automate.ready();
    await addKey(automate.db, { id: member, value: MEMBER, tenant: 'default', scopes: ['*'] });
    await addKey(automate.db, { id: newId(), value: FOREIGN, tenant: 'other', scopes: ['*'], isStaff: true });
    await automate.close();

    child = spawn(
      process.execPath,
      [...shortLived, '--conditions=automate-source', fileURLToPath(new URL(file, import.meta.url))],
      {
        env: {
          PATH: process.env.PATH,
          NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
          PORT: '0',
          AUTOMATE_DATA_DIR: directory,
          AUTOMATE_LOG_LEVEL: 'error',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    origin = await new Promise((resolve, reject) => {
      child.stdout?.on('data', (chunk) => {
        output += chunk;
        const url = /ready on (\S+)\n/.exec(output)?.[1];
        if (url) resolve(url);
      });
      child.stderr?.on('data', (chunk) => (output += chunk));
      child.once('exit', (code) => reject(new Error(`${file} ended with ${code}:\n${output}`)));
    });
    project = (await api('POST', 'projects/', { name: 'Moon', member_ids: [member] })).body.id;
  });
  afterAll(async () => {
    if (child?.kill('SIGKILL')) await once(child, 'exit');
    await database?.dispose();
  });

  it('creates, reads, changes and deletes', async () => {
    const created = await api('POST', 'notes/', { project_id: project, title: 'Buy glue' });
    expect(created).toMatchObject({ status: 201, body: { title: 'Buy glue', status: 'draft', priority: 5 } });
    const path = `notes/${created.body.id}/`;
    expect(created.headers.get('location')).toBe(`${prefix}/api/v1/${path}`);
    expect(created.headers.get('ratelimit-policy')).toBe('"default";q=1000;w=3600');
    const read = await api('GET', path);
    expect(read.body).toEqual(created.body);
    const etag = read.headers.get('etag') as string;
    expect((await api('PATCH', path, { priority: 1 }, { 'if-match': etag })).body.priority).toBe(1);
    expect((await api('PATCH', path, { priority: 2 }, { 'if-match': etag })).status).toBe(412);
    expect((await api('PUT', path, { title: '' })).body).toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: '/title' }],
    });
    expect((await api('DELETE', path)).status).toBe(204);
    expect((await api('GET', path)).status).toBe(404);
  });

  it('filters, pages and expands', async () => {
    for (const title of ['one', 'two', 'three']) await api('POST', 'notes/', { project_id: project, title });
    const found = await api('GET', 'notes/?title_contains=T&status=draft&ordering=title&fields=title&expand=project');
    expect(found.body.results.map((note: { title: string }) => note.title)).toEqual(['three', 'two']);
    expect(found.body.results[0].project).toMatchObject({ id: project, name: 'Moon' });
    const first = await api('GET', 'notes/?limit=1&count=true');
    expect(first.body).toMatchObject({ count: 3, previous: null });
    expect(first.body.next).toMatch(`${prefix}/api/v1/notes/?`);
    expect((await call('GET', first.body.next)).body.results).toHaveLength(1);
    expect((await api('GET', 'notes/?colour=red')).status).toBe(400);
    expect((await api('GET', 'projects/?expand=notes')).body.results[0].notes).toHaveLength(3);
  });

  it('runs actions', async () => {
    const { body } = await api('POST', 'notes/', { project_id: project, title: 'act' });
    expect(await api('POST', `notes/${body.id}/archive/`)).toMatchObject({ status: 200, body: { status: 'archived' } });
  });

  it('keeps tenants, members and strangers apart', async () => {
    const { body: note } = await api('POST', 'notes/', { project_id: project, title: 'ours' });
    const { body: closed } = await api('POST', 'projects/', { name: 'Closed' });
    const { body: hidden } = await api('POST', 'notes/', { project_id: closed.id, title: 'hidden' });
    const asMember = { authorization: `Bearer ${MEMBER}` };
    const asForeign = { authorization: `Bearer ${FOREIGN}` };
    expect((await api('GET', `notes/${note.id}/`, undefined, asMember)).status).toBe(200);
    expect((await api('GET', `notes/${hidden.id}/`, undefined, asMember)).status).toBe(403);
    expect((await api('POST', 'notes/', { project_id: closed.id, title: 'x' }, asMember)).status).toBe(403);
    expect((await api('GET', `notes/${note.id}/`, undefined, asForeign)).status).toBe(404);
    expect((await api('GET', 'notes/', undefined, asForeign)).body.results).toEqual([]);
    const anonymous = await api('GET', 'notes/', undefined, { authorization: '' });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('has the routes of the product beside its own', async () => {
    const event = { event_type: 'note.created', payload: { title: 'hello' } };
    expect(await api('POST', 'events/', event)).toMatchObject({ status: 202, body: { status: 'accepted' } });
    expect((await call('GET', `${prefix}/health/ready/`)).status).toBe(200);
    const document = (await call('GET', `${prefix}/api/openapi.json`)).body;
    expect(JSON.stringify(document)).toContain('/api/v1/notes/{id}/archive/');
    if (prefix !== '') expect((await call('GET', '/')).body).toEqual({ hello: 'from the host' });
  });

  it('ends when it is told to', async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
