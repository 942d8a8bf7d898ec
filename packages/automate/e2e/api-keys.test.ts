import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, createTestServer, databaseKinds, type TestDatabase, type TestServer } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

interface Key {
  readonly id: string;
  readonly key: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}
interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; code: string; known?: readonly string[] }[];
}

const PATH = '/api/v1/api-keys/';
const LOOK = '/api/v1/workflows/';
const as = (key: string) => ({ authorization: `Bearer ${key}` });

describe.each(databaseKinds)('API keys on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false });
  });
  afterAll(() => server?.close());

  async function make(body: object = {}, by: Record<string, string> = {}): Promise<Key> {
    const reply = await server.call<Key>('POST', PATH, { name: 'key', scopes: ['workflows:read'], ...body }, by);
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    return reply.body;
  }
  const look = async (key: string) => (await server.call('GET', LOOK, undefined, as(key))).status;

  it('shows the value once and stores only its hash', async () => {
    const reply = await server.call<Key>('POST', PATH, { name: 'CI', scopes: ['workflows:read'] }, { 'idempotency-key': 'once' });
    const made = reply.body;
    expect(made.key).toMatch(/^ak_live_[0-9a-f]{8}_[\w-]{43}$/);
    expect(made.key.startsWith(`${made.prefix}_`)).toBe(true);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(await look(made.key)).toBe(200);
    expect((await server.call('GET', '/api/v1/jobs/', undefined, as(made.key))).status).toBe(403);
    const shown = await server.call<Key>('GET', `${PATH}${made.id}/`);
    expect(shown.body).toMatchObject({ name: 'CI', prefix: made.prefix, scopes: ['workflows:read'] });
    expect(shown.body.key).toBeUndefined();
    expect(shown.body.last_used_at).not.toBeNull();
    const { rows } = await server.automate.db.query<{ text: string }>(
      `select row_to_json(k)::text as text from api_keys k union all select row_to_json(i)::text from idempotency_keys i
       union all select row_to_json(a)::text from audit_entries a`,
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(({ text }) => text.includes(made.key.slice(17)))).toEqual([]);
  });

  it('never makes a key that can do more than its maker', async () => {
    const maker = await make({ scopes: ['api_keys:*', 'workflows:*'] });
    const child = await make({ scopes: ['workflows:read'] }, as(maker.key));
    expect(await look(child.key)).toBe(200);
    for (const scopes of [['*'], ['events:read'], ['workflows:read', 'jobs:*'], ['view_raw_payload']]) {
      const reply = await server.call<Problem>('POST', PATH, { name: 'more', scopes }, as(maker.key));
      expect([reply.status, reply.body.code]).toEqual([403, 'forbidden']);
    }
    const staff = await server.call<Problem>(
      'POST',
      PATH,
      { name: 's', scopes: ['workflows:read'], is_staff: true },
      as(maker.key),
    );
    expect(staff.status).toBe(403);
    const powerful = await make({ scopes: ['*'] });
    const rotated = await server.call<Problem>('POST', `${PATH}${powerful.id}/rotate/`, {}, as(maker.key));
    expect([rotated.status, rotated.body.detail]).toEqual([403, 'A key may do no more than you: you lack *.']);
    expect(await look(powerful.key)).toBe(200);
  });

  it('lets no key outlive the one it was made with', async () => {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const maker = await make({ scopes: ['*'], expires_at });
    for (const later of [undefined, new Date(Date.now() + 7_200_000).toISOString()]) {
      const body = { name: 'late', scopes: ['workflows:read'], expires_at: later };
      const reply = await server.call<Problem>('POST', PATH, body, as(maker.key));
      expect([reply.status, reply.body.errors?.[0]?.pointer]).toEqual([400, '/expires_at']);
    }
    await make({ expires_at }, as(maker.key));
  });

  it('stops at its expiry', async () => {
    const key = await make({ expires_at: new Date(Date.now() + 1_500).toISOString() });
    expect(await look(key.key)).toBe(200);
    await eventually(
      () => look(key.key),
      (status) => status === 401,
      5_000,
    );
    const past = await server.call<Problem>('POST', PATH, { name: 'x', scopes: ['*'], expires_at: '2020-01-01T00:00:00Z' });
    expect([past.status, past.body.errors?.[0]?.code]).toEqual([400, 'in_the_past']);
  });

  it('rotates with an overlap, and without one at once', async () => {
    const key = await make();
    const first = (await server.call<Key>('POST', `${PATH}${key.id}/rotate/`, { overlap_seconds: 600 })).body;
    expect(first.prefix).toBe(key.prefix);
    expect(first.key).not.toBe(key.key);
    expect([await look(key.key), await look(first.key)]).toEqual([200, 200]);
    const second = (await server.call<Key>('POST', `${PATH}${key.id}/rotate/`, { overlap_seconds: 0 })).body;
    expect([await look(key.key), await look(first.key), await look(second.key)]).toEqual([401, 401, 200]);
  });

  it('does not bring a given value back that was rotated or revoked', async () => {
    const { id: tenantId } = await server.automate.ensureTenant('default');
    for (const [method, path, body] of [
      ['POST', 'rotate/', { overlap_seconds: 0 }],
      ['DELETE', '', undefined],
    ] as const) {
      const value = `a-bootstrap-token-${method}-${kind}`;
      const given = { tenantId, name: 'Bootstrap', scopes: ['*'], isStaff: true, value };
      const { id } = await server.automate.apiKeys.create(given);
      expect(await look(value)).toBe(200);
      expect((await server.call(method, `${PATH}${id}/${path}`, body)).status).toBeLessThan(300);
      expect(await look(value)).toBe(401);
      // As the next start does.
      await server.automate.apiKeys.create(given);
      expect(await look(value)).toBe(401);
    }
  });

  it.each([1, 2, 3])('does not bring a value back that was rotated %i times', async (times) => {
    const { id: tenantId } = await server.automate.ensureTenant('default');
    const given = { tenantId, name: 'Bootstrap', scopes: ['*'], isStaff: true, value: `a-bootstrap-token-of-old-${times}` };
    const { id } = await server.automate.apiKeys.create(given);
    const values = [given.value];
    for (let count = 0; count < times; count += 1)
      values.push((await server.call<Key>('POST', `${PATH}${id}/rotate/`, { overlap_seconds: 0 })).body.key);
    expect(await look(values.pop() as string)).toBe(200);
    const tables = 'select count(*) as count from api_keys';
    const before = await server.automate.db.query(tables);
    // As the next start does, with any of the values there ever were.
    for (const value of values) await server.automate.apiKeys.create({ ...given, value });
    expect(await Promise.all(values.map(look))).toEqual(values.map(() => 401));
    expect((await server.automate.db.query(tables)).rows).toEqual(before.rows);
    // Nor once the key is revoked.
    expect((await server.call('DELETE', `${PATH}${id}/`)).status).toBe(204);
    for (const value of values) await server.automate.apiKeys.create({ ...given, value });
    expect(await Promise.all(values.map(look))).toEqual(values.map(() => 401));
  });

  it('revokes a key with all that were made with it', async () => {
    const parent = await make({ scopes: ['*'] });
    const child = await make({ scopes: ['*'] }, as(parent.key));
    const grandchild = await make({}, as(child.key));
    expect((await server.call('DELETE', `${PATH}${parent.id}/`)).status).toBe(204);
    expect([await look(parent.key), await look(child.key), await look(grandchild.key)]).toEqual([401, 401, 401]);
    expect((await server.call<Key>('GET', `${PATH}${child.id}/`)).body.revoked_at).not.toBeNull();
    expect((await server.call('POST', `${PATH}${parent.id}/rotate/`, {})).status).toBe(409);
    const alive = await server.call<{ results: Key[] }>('GET', `${PATH}?revoked_at_is_null=true&limit=200`);
    expect(alive.body.results.map(({ id }) => id)).not.toContain(grandchild.id);
  });

  it('has a new value for itself and for what was made with it, and for no other key', async () => {
    const parent = await make({ scopes: ['*'] });
    const [one, two] = [
      await make({ scopes: ['*'] }, as(parent.key)),
      await make({ scopes: ['workflows:read'] }, as(parent.key)),
    ];
    const rotate = async (id: string, by: string) =>
      (await server.call<Key & Problem>('POST', `${PATH}${id}/rotate/`, { overlap_seconds: 600 }, as(by))).status;
    // Revoking the one would not reach what it had of the other.
    expect([await rotate(two.id, one.key), await rotate(parent.id, one.key)]).toEqual([403, 403]);
    expect([await rotate(one.id, one.key), await rotate(two.id, parent.key)]).toEqual([200, 200]);
    const { id: tenantId } = await server.automate.ensureTenant('default');
    const everything = { tenantId, scopes: ['*'], isStaff: false };
    const soon = await server.automate.apiKeys.create({ ...everything, name: 'soon', expiresAt: new Date(Date.now() + 600_000) });
    const late = await server.automate.apiKeys.create({ ...everything, name: 'late' });
    expect([await rotate(late.id, soon.value), await rotate(soon.id, soon.value)]).toEqual([403, 200]);
  });

  it('leaves no child behind that is made while it is revoked, though a process still knows it from memory', async () => {
    const parent = await make({ scopes: ['*'] });
    expect(await look(parent.key)).toBe(200);
    await server.automate.db.query('update api_keys set revoked_at = now() where id = $1', [parent.id]);
    const late = { name: 'late', scopes: ['workflows:read'] };
    expect((await server.call('POST', PATH, late, as(parent.key))).status).toBe(401);
    expect((await server.call('POST', `${PATH}${parent.id}/rotate/`, {}, as(parent.key))).status).toBe(401);
  });

  it('writes down who made, renamed, rotated and revoked it', async () => {
    const key = await make();
    await server.call('PATCH', `${PATH}${key.id}/`, { name: 'renamed' });
    await server.call('POST', `${PATH}${key.id}/rotate/`, {});
    await server.call('DELETE', `${PATH}${key.id}/`);
    const { rows } = await server.automate.db.query<{ action: string; actor: string; trace_id: string }>(
      'select action, actor, trace_id from audit_entries where target_id = $1 order by seq',
      [key.id],
    );
    expect(rows.map(({ action }) => action)).toEqual(['api_key.create', 'api_key.update', 'api_key.rotate', 'api_key.revoke']);
    expect(rows.every(({ actor, trace_id }) => actor.startsWith('api_key:') && trace_id !== '')).toBe(true);
  });

  it('keeps the keys of embeds apart', async () => {
    const embed = await make({ kind: 'embed', scopes: [], origins: ['https://www.example.com'] });
    expect(embed.key).toMatch(/^ek_live_/);
    expect(await look(embed.key)).toBe(401);
    const { apiKeys } = server.automate;
    expect(await apiKeys.verifyEmbed(embed.key)).toMatchObject({
      id: embed.id,
      origins: ['https://www.example.com'],
      scopes: [],
    });
    expect(await apiKeys.verifyEmbed((await make()).key)).toBeNull();
    for (const [body, pointer] of [
      [{ kind: 'embed', scopes: [], origins: [] }, '/origins'],
      [{ kind: 'embed', scopes: ['*'], origins: ['https://a.example'] }, '/scopes'],
      [{ kind: 'embed', scopes: [], origins: ['https://a.example/path'] }, '/origins/0'],
      [{ origins: ['https://a.example'] }, '/origins'],
      [{ scopes: [] }, '/scopes'],
      [{ scopes: ['workflow:read'] }, '/scopes/0'],
      [{ scopes: ['workflows'] }, '/scopes/0'],
    ] as const) {
      const reply = await server.call<Problem>('POST', PATH, { name: 'x', scopes: ['workflows:read'], ...body });
      expect([reply.status, reply.body.errors?.[0]?.pointer], JSON.stringify(body)).toEqual([400, pointer]);
    }
  });
});

describe('the revocation of a key', () => {
  let database: TestDatabase;
  let servers: readonly ServerProcess[];
  const bootstrap = 'revocation_token_0123456789';
  beforeAll(async () => {
    database = await createTestDatabase('postgres');
    const environment = { AUTOMATE_BOOTSTRAP_TOKEN: bootstrap, AUTOMATE_DATABASE_POOL: '4' };
    servers = await Promise.all(Array.from({ length: 4 }, () => startServerProcess(database, environment, ['serve'])));
  });
  afterAll(async () => {
    await Promise.all((servers ?? []).map((server) => server.kill()));
    await database?.dispose();
  });

  const statusOf = async (server: ServerProcess, key: string) =>
    (await fetch(`${server.url}${LOOK}`, { headers: as(key) })).status;

  it.each([
    ['is told to all', true],
    ['nobody is told of, being made in the database', false],
  ])('that %s is in force in each of four processes within a second', async (_, isTold) => {
    const [first] = servers as readonly [ServerProcess];
    const made = (await first.call<Key>('POST', PATH, { name: 'short', scopes: ['workflows:read'] })).body;
    // In use everywhere, so that every process holds it in memory.
    let isOver = false;
    const traffic = servers.map(async (server) => {
      const seen: { at: number; status: number }[] = [];
      while (!isOver) {
        const at = Date.now();
        seen.push({ at, status: await statusOf(server, made.key) });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return seen;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    if (isTold) expect((await first.call('DELETE', `${PATH}${made.id}/`)).status).toBe(204);
    else {
      const db = await database.open();
      await db.query('update api_keys set revoked_at = now() where id = $1', [made.id]);
      await db.close();
    }
    const revokedAt = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    isOver = true;
    for (const seen of await Promise.all(traffic)) {
      expect(seen.filter(({ at }) => at < revokedAt - 500).every(({ status }) => status === 200)).toBe(true);
      const after = seen.filter(({ at }) => at > revokedAt + 1_000);
      expect(after.length).toBeGreaterThan(5);
      expect(after.filter(({ status }) => status !== 401)).toEqual([]);
    }
  });
});
