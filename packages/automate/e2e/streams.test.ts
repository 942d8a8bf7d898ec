import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { type Browser, openBrowser } from './support/browser.ts';
import { createWorkflow, eventually } from './support/executions.ts';

const [PER_CALLER, PER_TENANT, IN_ALL] = [10, 15, 20];
const PASSWORD = 'correct horse battery staple';
const GRAPH = [{ id: 'wait', type: 'core.wait_for_signal', config: { name: 'go' } }];

interface Stream {
  readonly status: number;
  readonly headers: Headers;
  /** What came, once it has ended. */
  readonly text: Promise<string>;
  close(): void;
}

describe.each(databaseKinds)('event streams on %s', (kind) => {
  let server: TestServer;
  let ada: Browser;
  let execution: string;
  const opened: Stream[] = [];

  beforeAll(async () => {
    server = await createTestServer(kind, {
      environment: {
        AUTOMATE_API_STREAMS_PER_CALLER: String(PER_CALLER),
        AUTOMATE_API_STREAMS_PER_TENANT: String(PER_TENANT),
        AUTOMATE_API_STREAMS: String(IN_ALL),
      },
    });
    execution = await start();
    ada = openBrowser(server.url);
    const token = (await server.automate.startLink())?.split('#token=')[1];
    const person = { token, email: 'ada@example.com', name: 'Ada', password: PASSWORD };
    expect((await ada.call('POST', '/api/auth/setup/', person)).status).toBeLessThan(300);
  });
  afterAll(() => server?.close());

  async function start(call = server.call): Promise<string> {
    const id = await createWorkflow({ ...server, call }, GRAPH);
    const run = await call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input: {} });
    const path = `/api/v1/executions/${run.body.execution_id}/`;
    await eventually(
      async () => (await call<{ status: string }>('GET', path)).body.status,
      (status) => status === 'waiting',
    );
    return run.body.execution_id;
  }
  const paths = () => ['executions', 'jobs'].map((name) => `/api/v1/${name}/${execution}/events/`);

  async function open(headers: Record<string, string>, path = paths()[0] as string): Promise<Stream> {
    const stop = new AbortController();
    const reply = await fetch(new URL(path, server.url), { headers, signal: stop.signal });
    const stream = {
      status: reply.status,
      headers: reply.headers,
      text: reply.text().catch(() => 'closed'),
      close: () => stop.abort(),
    };
    opened.push(stream);
    return stream;
  }
  const as = (key: string) => ({ authorization: `Bearer ${key}` });
  const statusOf = async (key: string, path?: string) => {
    const stream = await open(as(key), path);
    if (stream.status !== 200) return [stream.status, JSON.parse(await stream.text).code, stream.headers.get('retry-after')];
    return [200];
  };
  /** Closes what a test has opened, and waits until there is room again. */
  async function closeAll(): Promise<void> {
    for (const stream of opened.splice(0)) stream.close();
    const { streams } = server.automate.api as unknown as { streams: { requireRoom(holder: object): void } };
    await vi.waitFor(() => streams.requireRoom({ caller: 'nobody', tenantId: undefined }), 10_000);
  }

  async function makeKey(body: object = {}): Promise<{ id: string; key: string }> {
    const wanted = { name: 'follower', scopes: ['executions:read', 'jobs:read'], ...body };
    return (await server.call<{ id: string; key: string }>('POST', '/api/v1/api-keys/', wanted)).body;
  }

  async function member(role: string): Promise<{ browser: Browser; id: string }> {
    const email = `${role}-${Math.random().toString(36).slice(2)}@example.com`;
    const invitation = await ada.call<{ link: string }>('POST', '/api/v1/invitations/', { email, role });
    const browser = openBrowser(server.url);
    const token = invitation.body.link.split('#token=')[1];
    expect((await browser.call('POST', '/api/auth/accept-invitation/', { token, name: 'Bo', password: PASSWORD })).status).toBe(
      200,
    );
    const me = (await browser.call<{ user: { id: string } }>('GET', '/api/auth/session/')).body.user.id;
    const members = await ada.call<{ results: { id: string; user_id: string }[] }>('GET', '/api/v1/members/?limit=200');
    return { browser, id: members.body.results.find(({ user_id }) => user_id === me)?.id ?? '' };
  }
  const cookieOf = (browser: Browser) => ({ cookie: browser.cookie ?? '' });

  /** Follows everything that can be followed, does what ends the right to, and returns the last word of each stream. */
  async function lastWords(headers: Record<string, string>, end: () => Promise<unknown>): Promise<unknown[]> {
    const streams = await Promise.all(paths().map((path) => open(headers, path)));
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    await end();
    const texts = await Promise.all(streams.map(({ text }) => text));
    await closeAll();
    return texts.map((text) => {
      const [, name, data] = /event: (\w+)\ndata: (.*)\n\n$/.exec(text) ?? [];
      return [name, (JSON.parse(data ?? 'null') as { code: string } | null)?.code];
    });
  }
  const unauthenticated = [
    ['error', 'unauthenticated'],
    ['error', 'unauthenticated'],
  ];
  const forbidden = [
    ['error', 'forbidden'],
    ['error', 'forbidden'],
  ];

  it('end when their key is revoked', async () => {
    const { id, key } = await makeKey();
    expect(await lastWords(as(key), () => server.call('DELETE', `/api/v1/api-keys/${id}/`))).toEqual(unauthenticated);
  });

  it('say nothing of what happens when their key is no more, though whoever made it did not say so', async () => {
    const { id, key } = await makeKey();
    const own = await start();
    const stream = await open(as(key), `/api/v1/executions/${own}/events/`);
    expect(stream.status).toBe(200);
    // As another process does, and as slowly as this one may notice.
    await server.automate.db.query('update api_keys set revoked_at = now() where id = $1', [id]);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await server.call('POST', `/api/v1/executions/${own}/signal/`, { name: 'go', data: {} });
    const text = await stream.text;
    expect(text).toContain('"unauthenticated"');
    expect(text).not.toContain('"succeeded"');
    await closeAll();
  });

  it('end when their key expires', async () => {
    const { key } = await makeKey({ expires_at: new Date(Date.now() + 3_000).toISOString() });
    expect(await lastWords(as(key), async () => undefined)).toEqual(unauthenticated);
  });

  it('end when their key is rotated', async () => {
    const { id, key } = await makeKey();
    const rotate = () => server.call('POST', `/api/v1/api-keys/${id}/rotate/`, { overlap_seconds: 0 });
    expect(await lastWords(as(key), rotate)).toEqual(unauthenticated);
  });

  it('end with the session', async () => {
    const { browser } = await member('viewer');
    expect(await lastWords(cookieOf(browser), () => browser.call('POST', '/api/auth/sign-out/'))).toEqual(unauthenticated);
  });

  it('end when the member is removed, with their key too', async () => {
    const one = await member('viewer');
    expect(await lastWords(cookieOf(one.browser), () => ada.call('DELETE', `/api/v1/members/${one.id}/`))).toEqual(
      unauthenticated,
    );
    const other = await member('admin');
    const made = await other.browser.call<{ key: string }>('POST', '/api/v1/api-keys/', {
      name: 'theirs',
      scopes: ['executions:read', 'jobs:read'],
    });
    expect(made.status).toBe(201);
    const words = await lastWords(as(made.body.key), () => ada.call('DELETE', `/api/v1/members/${other.id}/`));
    expect(words).toEqual(unauthenticated);
  });

  it('end when a scope is lost', async () => {
    const { key } = await makeKey();
    const narrow = () =>
      server.automate.db.query(`update api_keys set scopes = '{workflows:read}' where prefix = $1`, [key.slice(0, 16)]);
    expect(await lastWords(as(key), narrow)).toEqual(forbidden);
  });

  it('stay while the right to them stays, and then say what happens', async () => {
    const { key } = await makeKey();
    const own = await start();
    const stream = await open(as(key), `/api/v1/executions/${own}/events/`);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await server.call('POST', `/api/v1/executions/${own}/signal/`, { name: 'go', data: {} });
    expect(await stream.text).toMatch(/event: execution\ndata: .*"succeeded".*\n\n$/);
    await closeAll();
  });

  it('are so many of a key, of a tenant and in all', async () => {
    const keys = await Promise.all([makeKey(), makeKey()]);
    const [one = '', two = ''] = keys.map(({ key }) => key);
    const { id: tenantId } = await server.automate.ensureTenant('other', 'Other');
    const other = await server.automate.apiKeys.create({ tenantId, name: 'other', scopes: ['*'], isStaff: false });
    const theirs = `/api/v1/executions/${await start((method, path, body) => server.call(method, path, body, as(other.value)))}/events/`;
    const refused = [429, 'too_many_streams', '5'];
    for (let index = 0; index < PER_CALLER; index += 1) expect(await statusOf(one)).toEqual([200]);
    expect(await statusOf(one)).toEqual(refused);
    for (let index = PER_CALLER; index < PER_TENANT; index += 1) expect(await statusOf(two)).toEqual([200]);
    expect(await statusOf(two)).toEqual(refused);
    // What belongs to another tenant is not there, whether or not there is room.
    expect(await statusOf(other.value)).toEqual([404, 'not_found', null]);
    for (let index = PER_TENANT; index < IN_ALL; index += 1) expect(await statusOf(other.value, theirs)).toEqual([200]);
    expect(await statusOf(other.value, theirs)).toEqual(refused);
    opened[0]?.close();
    await eventually(
      () => statusOf(two),
      ([status]) => status === 200,
    );
    expect((await fetch(new URL(paths()[0] ?? '', server.url), { method: 'HEAD', headers: as(two) })).status).toBe(429);
    await closeAll();
  });

  it('cost no query each while nothing happens', async () => {
    const { key } = await makeKey();
    const streams = await Promise.all(Array.from({ length: PER_CALLER }, () => open(as(key))));
    expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
    // The first look at what is followed is followed by one read for all of them.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const asked = vi.spyOn(server.automate.db, 'asTenant');
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect(asked).toHaveBeenCalledTimes(0);
    asked.mockRestore();
    await closeAll();
  });

  it('share one read when something happens', async () => {
    const { key } = await makeKey();
    const own = await start();
    const streams = await Promise.all(
      Array.from({ length: PER_CALLER }, () => open(as(key), `/api/v1/executions/${own}/events/`)),
    );
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const asked = vi.spyOn(server.automate.db, 'asTenant');
    await server.call('POST', `/api/v1/executions/${own}/signal/`, { name: 'go', data: {} });
    for (const { text } of streams) expect(await text).toMatch(/event: execution\n/);
    expect(asked.mock.calls.length).toBeLessThan(3 * PER_CALLER);
    asked.mockRestore();
    await closeAll();
  });
});
