import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

const PROGRAM = fileURLToPath(new URL('./support/limited-server.ts', import.meta.url));
const FIRST = 'first_token_0123456789';
const SECOND = 'second_token_0123456789';
const LOCK_SECONDS = 5;

describe.each(databaseKinds)('counts across processes on %s', (kind) => {
  let database: TestDatabase;
  let servers: readonly ServerProcess[];

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    servers = await Promise.all(Array.from({ length: kind === 'postgres' ? 4 : 1 }, () => start()));
  });
  afterAll(async () => {
    await Promise.all((servers ?? []).map((server) => server.kill()));
    await database?.dispose();
  });

  function start(environment: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const settings = {
      AUTOMATE_BOOTSTRAP_TOKEN: FIRST,
      SECOND_TOKEN: SECOND,
      AUTOMATE_DATABASE_POOL: '6',
      AUTOMATE_IDEMPOTENCY_LOCK_SECONDS: String(LOCK_SECONDS),
      ...environment,
    };
    return startServerProcess(database, settings, [], { program: PROGRAM });
  }

  it.each([
    ['user', 1, 100],
    ['tenant', 2, 100],
    ['token', 2, 200],
    ['ip', 2, 100],
  ])('lets exactly as many through as the rate by %s says', async (key, tokens, allowed) => {
    const replies = await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const server = servers[index % servers.length] as ServerProcess;
        const token = tokens === 2 && index % 3 === 0 ? SECOND : FIRST;
        const response = await fetch(`${server.url}/limited/${key}/`, { headers: { authorization: `Bearer ${token}` } });
        return { status: response.status, headers: response.headers, token, body: (await response.json()) as { code?: string } };
      }),
    );
    const passed = replies.filter(({ status }) => status === 200);
    const refused = replies.filter(({ status }) => status === 429);
    expect([passed.length, refused.length]).toEqual([allowed, 500 - allowed]);
    for (const { headers } of replies) {
      expect(headers.get('ratelimit-policy')).toBe('"default";q=100;w=3600');
      expect(headers.get('ratelimit')).toMatch(/^"default";r=\d{1,2};t=\d{1,4}$/);
    }
    // Every place in the window is given once.
    const places = passed.map(
      ({ headers, token }) => `${allowed === 200 ? token : ''} ${headers.get('ratelimit')?.split(';')[1]}`,
    );
    expect(new Set(places).size).toBe(allowed);
    for (const { headers, body } of refused) {
      expect(headers.get('ratelimit')).toContain('r=0;');
      const seconds = Number(headers.get('retry-after'));
      expect(seconds > 3_000 && seconds <= 3_600, `Retry-After: ${seconds}`).toBe(true);
      expect(body.code).toBe('rate_limited');
    }
  });

  it('creates one row for a hundred requests with one Idempotency-Key', async () => {
    const title = `Race on ${kind}`;
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, index) => post(index, '/api/v1/notes/', 'race', { title })),
    );
    expect(replies.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    const created = replies.filter(({ status }) => status === 201);
    expect(created.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1);
    expect(new Set(created.map(({ body }) => body.id)).size).toBe(1);
    const first = servers[0] as ServerProcess;
    const list = await first.call<{ count: number }>('GET', `/api/v1/notes/?title=${encodeURIComponent(title)}&count=true`);
    expect(list.body.count).toBe(1);
    const replayed = await Promise.all(servers.map((_, index) => post(index, '/api/v1/notes/', 'race', { title })));
    expect(replayed.map(({ status, isReplayed }) => [status, isReplayed])).toEqual(servers.map(() => [201, true]));
  });

  // The embedded database belongs to one process, so nobody is left to ask when that is killed.
  if (kind === 'postgres')
    it('frees the key of a process that was killed in the middle of a request', async () => {
      const slow = await start({ SLOW_MILLISECONDS: '60000' });
      const lost = fetch(`${slow.url}/slow/`, request('killed')).then(
        ({ status }) => status,
        () => 'cut off',
      );
      await eventually(
        () => locked(database),
        (count) => count === 1,
      );
      // It holds the key for longer than the lock lasts, as long as it lives.
      await new Promise((resolve) => setTimeout(resolve, LOCK_SECONDS * 1_000 + 500));
      const running = await post(1, '/slow/', 'killed');
      expect([running.status, running.body.code]).toEqual([409, 'idempotency_key_in_use']);
      await slow.kill();
      expect(await lost).toBe('cut off');
      const again = await eventually(
        () => post(1, '/slow/', 'killed'),
        ({ status }) => status !== 409,
        LOCK_SECONDS * 1_000 + 10_000,
      );
      expect([again.status, again.isReplayed, again.body.pid]).toEqual([200, false, servers[1]?.pid]);
      const replay = await post(2, '/slow/', 'killed');
      expect([replay.status, replay.isReplayed, replay.body.pid]).toEqual([200, true, servers[1]?.pid]);
    });

  function request(key: string, body: object = { name: 'x' }): RequestInit {
    const headers = { authorization: `Bearer ${FIRST}`, 'content-type': 'application/json', 'idempotency-key': key };
    return { method: 'POST', headers, body: JSON.stringify(body) };
  }

  async function post(index: number, path: string, key: string, body?: object) {
    const server = servers[index % servers.length] as ServerProcess;
    const response = await fetch(`${server.url}${path}`, request(key, body));
    return {
      status: response.status,
      isReplayed: response.headers.get('idempotent-replayed') === 'true',
      body: (await response.json()) as { id?: string; pid?: number; code?: string },
    };
  }
});

/** Keys of requests that run at the moment. */
async function locked(database: TestDatabase): Promise<number> {
  const db = await database.open();
  try {
    const { rows } = await db.query<{ count: number }>(
      'select count(*)::int as count from idempotency_keys where status is null',
    );
    return rows[0]?.count ?? 0;
  } finally {
    await db.close();
  }
}
