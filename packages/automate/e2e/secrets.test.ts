import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, runWorkflow, stepsOf } from './support/executions.ts';

interface Secret {
  readonly id: string;
  readonly name: string;
  readonly current_version: number;
  readonly hosts: readonly string[];
}
interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; code: string; message: string }[];
}

const PATH = '/api/v1/secrets/';

describe.each(databaseKinds)('secrets on %s', (kind) => {
  let server: TestServer;
  let port: number;
  const received: { path: string; headers: IncomingMessage['headers']; body: string }[] = [];
  let redirect: string | undefined;
  // Tells back all it got, as services do in their errors.
  const echo = createServer(async (request, response) => {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    received.push({ path: request.url ?? '', headers: request.headers, body });
    if (redirect !== undefined && request.url === '/moved') return response.writeHead(307, { location: redirect }).end();
    response.writeHead(200, { 'content-type': 'application/json', 'x-echo': request.headers['x-key'] ?? '' });
    return response.end(JSON.stringify({ headers: request.headers, url: request.url, body }));
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    port = (echo.address() as AddressInfo).port;
    server = await createTestServer(kind, {
      environment: {
        AUTOMATE_OUTBOUND_ALLOW_HOSTS: `127.0.0.1:${port},localhost:${port}`,
        AUTOMATE_SECRET_FROM_ENVIRONMENT: 'value-of-the-environment',
      },
    });
  });
  afterAll(async () => {
    await server?.close();
    echo.closeAllConnections();
    echo.close();
  });

  async function store(name: string, value: string, hosts: readonly string[] = [`127.0.0.1:${port}`]): Promise<Secret> {
    const reply = await server.call<Secret>('POST', PATH, { name, value, hosts }, { 'idempotency-key': `store-${name}` });
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    return reply.body;
  }

  const request = (config: object) => [
    { id: 'call', type: 'http.request', config: { url: `http://127.0.0.1:${port}/`, ...config } },
  ];

  it('are stored, listed, changed and removed without ever showing their value', async () => {
    const secret = await store('SHOWN', 'the-shown-value');
    expect(secret).toMatchObject({ name: 'SHOWN', current_version: 1, reference: null });
    const replies = [
      await server.call('GET', PATH),
      await server.call('GET', `${PATH}${secret.id}/`),
      await server.call('PATCH', `${PATH}${secret.id}/`, { description: 'of the shop', hosts: ['*.example.com'] }),
      await server.call('POST', `${PATH}${secret.id}/rotate/`, { value: 'another-value' }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(JSON.stringify(replies)).not.toMatch(/the-shown-value|another-value/);
    expect(replies[3]?.body).toMatchObject({ current_version: 2, hosts: ['*.example.com'], description: 'of the shop' });
    expect((await server.call('DELETE', `${PATH}${secret.id}/`)).status).toBe(204);
    expect((await server.call('GET', `${PATH}${secret.id}/`)).status).toBe(404);
    const { rows } = await server.automate.db.query<{ action: string; diff: string }>(
      'select action, diff::text as diff from audit_entries where target_id = $1 order by seq',
      [secret.id],
    );
    expect(rows.map(({ action }) => action)).toEqual(['secret.create', 'secret.update', 'secret.rotate', 'secret.delete']);
    expect(JSON.stringify(rows)).not.toMatch(/the-shown-value|another-value/);
  });

  it('say what is wrong with what they are given', async () => {
    await store('TAKEN', 'value-of-taken');
    for (const [body, status, pointer] of [
      [{ name: 'TAKEN', value: 'another value' }, 409, undefined],
      [{ name: '1st', value: 'another value' }, 400, '/name'],
      [{ name: 'A', value: 'short' }, 400, '/value'],
      [{ name: 'A' }, 400, '/value'],
      [{ name: 'A', value: 'long enough', reference: 'env://X' }, 400, '/value'],
      [{ name: 'A', reference: 'http://x' }, 400, '/reference'],
      [{ name: 'A', reference: 'env://PATH' }, 400, '/reference'],
      [{ name: 'A', reference: 'env://DATABASE_URL' }, 400, '/reference'],
      [{ name: 'A', reference: 'env://AUTOMATE_SECRET_KEY' }, 400, '/reference'],
      [{ name: 'A', reference: 'file://stripe/key' }, 400, '/reference'],
      [{ name: 'A', reference: 'file://../etc/passwd' }, 400, '/reference'],
      [{ name: 'A', reference: 'vault://kv' }, 400, '/reference'],
      [{ name: 'A', value: 'long enough', hosts: ['https://x.test/'] }, 400, '/hosts/0'],
      [{ name: 'A', value: 'long enough', hosts: ['*.com'] }, 400, '/hosts/0'],
      [{ name: 'A', value: 'x'.repeat(70_000) }, 400, '/value'],
    ] as const) {
      const reply = await server.call<Problem>('POST', PATH, body);
      expect([reply.status, reply.body.errors?.[0]?.pointer], JSON.stringify(body).slice(0, 100)).toEqual([status, pointer]);
      expect(JSON.stringify(reply.body)).not.toContain('another value');
    }
  });

  it('reach the host they belong to, and leave nothing of themselves in what is stored and shown', async () => {
    const value = 'tök&n/"with" odd+letters=';
    await store('API_KEY', value);
    await store('USER', 'someone@example.com');
    const workflow = await createWorkflow(
      server,
      [
        ...request({
          method: 'POST',
          url: `http://127.0.0.1:${port}/?user={{ secrets.USER }}`,
          headers: {
            authorization: 'Basic {{ secrets.USER | append: ":" | append: secrets["API_KEY"] | base64_encode }}',
          },
          json: { key: { $secret: 'API_KEY' }, note: 'for {{ event.payload.name }}' },
        }),
        { id: 'log', type: 'core.log', config: { message: 'it said {{ steps.call.output.body | json }}' } },
        { id: 'made', type: 'core.transform', config: { template: { copy: '{{ steps.call.output.body.body }}' } } },
      ],
      [
        { source: 'call', target: 'log' },
        { source: 'log', target: 'made' },
      ],
    );
    received.length = 0;
    const execution = await runWorkflow(server, workflow, { name: 'Ada' });
    expect(execution.error).toBeNull();
    expect(received).toHaveLength(1);
    expect(received[0]?.path).toBe('/?user=someone%40example.com');
    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`someone@example.com:${value}`).toString('base64')}`);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ key: value, note: 'for Ada' });
    const { call, log, made } = stepsOf(execution);
    expect(call?.input).toMatchObject({ json: { key: '[secret API_KEY]', note: 'for Ada' } });
    expect(log?.output).toMatchObject({ message: expect.stringContaining('[redacted]') });
    expect(made?.output).toMatchObject({ copy: expect.stringContaining('[redacted]') });
    const shown = JSON.stringify(execution);
    const encoded = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), Buffer.from(value).toString('base64')];
    for (const form of [
      ...encoded,
      JSON.stringify(JSON.stringify(value)).slice(3, -3),
      'someone@example.com',
      'someone%40example.com',
    ])
      expect(shown).not.toContain(form);
  });

  it('are not sent to other hosts, nor after a redirect', async () => {
    await store('BOUND', 'value-of-bound', ['api.example.com', `127.0.0.1:${port}`]);
    await store('FREE', 'value-of-unbound', []);
    const failing = async (config: object) => {
      const execution = await runWorkflow(server, await createWorkflow(server, request(config)));
      return execution.error?.code;
    };
    received.length = 0;
    expect(await failing({ url: `http://localhost:${port}/`, headers: { 'x-key': '{{ secrets.BOUND }}' } })).toBe(
      'secret_host_refused',
    );
    expect(await failing({ headers: { 'x-key': '{{ secrets.FREE }}' } })).toBe('secret_host_refused');
    expect(await failing({ headers: { 'x-key': '{{ secrets.BOUND }}{{ secrets.FREE }}' } })).toBe('secret_host_refused');
    expect(received).toEqual([]);
    redirect = `http://localhost:${port}/elsewhere`;
    const moved = { url: `http://127.0.0.1:${port}/moved`, method: 'POST', json: { k: { $secret: 'BOUND' } } };
    expect(await failing(moved)).toBe('secret_host_refused');
    redirect = undefined;
    expect(received.map(({ path }) => path)).toEqual(['/moved']);
    expect(await failing({ headers: { 'x-key': '{{ secrets.BOUND }}' } })).toBeUndefined();
  });

  it('take a new value with the next step', async () => {
    const { id } = await store('ROTATED', 'value-before');
    const workflow = await createWorkflow(server, request({ headers: { 'x-key': '{{ secrets.ROTATED }}' } }));
    received.length = 0;
    await runWorkflow(server, workflow);
    await server.call('POST', `${PATH}${id}/rotate/`, { value: 'value-after' });
    await runWorkflow(server, workflow);
    expect(received.map(({ headers }) => headers['x-key'])).toEqual(['value-before', 'value-after']);
    await server.call('DELETE', `${PATH}${id}/`);
    const failed = await runWorkflow(server, workflow);
    expect(failed.error).toMatchObject({ code: 'secret_not_found', message: 'There is no secret "ROTATED".' });
  });

  it('are checked when a graph is saved', async () => {
    await store('KNOWN', 'a-value-that-is-known');
    const save = (config: object, type = 'http.request') =>
      server.call<Problem>('POST', '/api/v1/workflows/', { name: 'x', graph: { nodes: [{ id: 'a', type, config }], edges: [] } });
    const url = 'https://api.example.com/';
    for (const [config, code] of [
      [{ url, body: '{{ secrets.MISSING }}' }, 'unknown_secret'],
      [{ url, json: { key: { $secret: 'MISSING' } } }, 'unknown_secret'],
      [{ url, body: '{{ secrets | json }}' }, 'invalid_secret'],
      [{ url, body: '{{ secrets[event.payload.name] }}' }, 'invalid_secret'],
      [{ url, json: { $secret: 'KNOWN', more: 1 } }, 'invalid_secret'],
      [{ url, body: '{{ secrets.KNOWN | slice: 0 }}' }, 'invalid_secret'],
      [{ url, body: '{% if secrets.KNOWN contains "a" %}yes{% endif %}' }, 'invalid_secret'],
      [{ url, body: 'Bearer a-value-that-is-known' }, 'raw_secret'],
    ] as const) {
      const reply = await save(config);
      expect([reply.status, reply.body.errors?.map((error) => error.code)], JSON.stringify(config)).toEqual([
        400,
        expect.arrayContaining([code]),
      ]);
      expect(reply.body.errors?.[0]?.pointer).toMatch(/^\/graph\/nodes\/0\/config/);
    }
    expect((await save({ message: 'no secrets.here, and "{{ "secrets.none" }}"' }, 'core.log')).status).toBe(201);
    expect((await save({ message: '{{ event.payload.secrets.none }}' }, 'core.log')).status).toBe(201);
    expect((await save({ url, body: '{{ secrets["KNOWN"] }}' })).status).toBe(201);
  });

  it('hide their values in what came from outside, for their own tenant', async () => {
    await store('LEAKED', 'value-that-leaked-out');
    const reply = await server.call<{ event_id: string }>('POST', '/api/v1/events/', {
      event_type: 'leak',
      payload: { note: 'they sent us value-that-leaked-out' },
    });
    const shown = await server.call<{ payload: unknown }>('GET', `/api/v1/events/${reply.body.event_id}/`);
    expect(shown.body.payload).toEqual({ note: 'they sent us [redacted]' });
    const { id: tenantId } = await server.automate.ensureTenant('stranger');
    const key = await server.automate.apiKeys.create({ tenantId, name: 'stranger', scopes: ['*'], isStaff: false });
    const theirs = { authorization: `Bearer ${key.value}` };
    const guess = await server.call<{ event_id: string }>(
      'POST',
      '/api/v1/events/',
      { event_type: 'guess', payload: { note: 'value-that-leaked-out' } },
      theirs,
    );
    const told = await server.call<{ payload: unknown }>('GET', `/api/v1/events/${guess.body.event_id}/`, undefined, theirs);
    expect(told.body.payload, 'nobody can find out what secrets another has').toEqual({ note: 'value-that-leaked-out' });
  });

  it('may be kept by the operator, for staff to name', async () => {
    const { id: tenantId } = await server.automate.ensureTenant('default');
    const key = await server.automate.apiKeys.create({ tenantId, name: 'manager', scopes: ['secrets:*'], isStaff: false });
    const body = { name: 'FROM_ENV', reference: 'env://FROM_ENVIRONMENT', hosts: [`127.0.0.1:${port}`] };
    const refused = await server.call<Problem>('POST', PATH, body, { authorization: `Bearer ${key.value}` });
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining('staff')]);
    const made = await server.call<Secret>('POST', PATH, body);
    expect(made.body).toMatchObject({ reference: 'env://FROM_ENVIRONMENT' });
    const widened = await server.call(
      'PATCH',
      `${PATH}${made.body.id}/`,
      { hosts: ['evil.example'] },
      { authorization: `Bearer ${key.value}` },
    );
    expect(widened.status).toBe(403);
    expect((await server.call('POST', `${PATH}${made.body.id}/rotate/`, { value: 'something else' })).status).toBe(409);
    received.length = 0;
    await runWorkflow(server, await createWorkflow(server, request({ headers: { 'x-key': '{{ secrets.FROM_ENV }}' } })));
    expect(received[0]?.headers['x-key']).toBe('value-of-the-environment');
  });

  it('do not open for another tenant, name or version, nor when they were changed', async () => {
    const [one, two] = [await store('ONE', 'value-of-one'), await store('TWO', 'value-of-two')];
    const workflow = await createWorkflow(server, request({ headers: { 'x-key': '{{ secrets.TWO }}' } }));
    const { db } = server.automate;
    const tamper = async (statement: string, values: unknown[]) => {
      await db.query(statement, values);
      return (await runWorkflow(server, workflow)).error?.code;
    };
    received.length = 0;
    const copy =
      'update secret_versions t set sealed = s.sealed, data_key = s.data_key from secret_versions s where t.secret_id = $1 and s.secret_id = $2';
    expect(await tamper(copy, [two.id, one.id])).toBe('sealed_value_damaged');
    await server.call('POST', `${PATH}${two.id}/rotate/`, { value: 'value-of-two-again' });
    expect((await runWorkflow(server, workflow)).error).toBeNull();
    expect(
      await tamper('update secret_versions set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where secret_id = $1', [
        two.id,
      ]),
    ).toBe('sealed_value_damaged');
    expect(received.map(({ headers }) => headers['x-key'])).toEqual(['value-of-two-again']);
  });

  it('are in no table of the database in clear', async () => {
    const value = 'needle-in-the-haystack-4711';
    const secret = await store('NEEDLE', value);
    const rotated = 'needle-after-rotation-0815';
    await server.call('POST', `${PATH}${secret.id}/rotate/`, { value: rotated }, { 'idempotency-key': 'rotate-needle' });
    await server.call('POST', PATH, { name: 'NEEDLE', value }, { 'idempotency-key': 'taken' });
    const [fine, lost] = [
      request({ method: 'POST', json: { $secret: 'NEEDLE' } }),
      request({ url: `http://127.0.0.1:1/{{ secrets.NEEDLE }}` }),
    ];
    await runWorkflow(server, await createWorkflow(server, fine));
    await runWorkflow(server, await createWorkflow(server, lost));
    const { db } = server.automate;
    // Partitions are read through their tables.
    const tables = await db.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'automate'::regnamespace and relkind in ('r', 'p') and not relispartition`,
    );
    let read = 0;
    for (const { name } of tables.rows) {
      if (name === 'host_migrations' || name === 'migrations') continue;
      const { rows } = await db.query<{ line: string }>(`select t::text as line from automate.${name} t`);
      read += rows.length;
      for (const needle of [value, rotated]) {
        for (const form of [needle, Buffer.from(needle).toString('hex'), Buffer.from(needle).toString('base64').slice(0, -4)])
          expect(
            rows.filter(({ line }) => line.includes(form)),
            `${name} holds ${form}`,
          ).toEqual([]);
      }
    }
    expect(read).toBeGreaterThan(50);
    await eventually(
      async () =>
        (await db.query<{ count: number }>('select count(*) as count from secret_versions where secret_id = $1', [secret.id]))
          .rows[0]?.count,
      (count) => count === 2,
    );
  });
});
