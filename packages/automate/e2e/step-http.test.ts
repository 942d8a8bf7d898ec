import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStep } from '../src/engine/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, runWorkflow } from './support/executions.ts';
import { createTenant } from './support/tenants.ts';

interface Problem {
  readonly code?: string;
  readonly errors?: readonly { pointer: string; code: string }[];
}
interface Report {
  readonly status: string;
  readonly output: unknown;
  readonly error: { code: string; message: string } | null;
  readonly calls: readonly { step: string; method: string; url: string; body: unknown; headers: Record<string, string> }[];
}
interface Call {
  readonly path: string;
  readonly key: string | undefined;
  readonly text: string;
}

/** What nobody would recognise. */
const sign = (key: string) => createHmac('sha256', key).update('order').digest('hex');

/** A connector as a third party would write it, that does what it is told. */
const connector = defineStep({
  type: 'shop.call',
  description: 'Calls the shop.',
  config: z.strictObject({
    url: z.string(),
    token: z.string().default(''),
    note: z.string().default(''),
    way: z.enum(['once', 'twice', 'large', 'slow', 'elsewhere', 'signs', 'none']).default('once'),
    other: z.string().default(''),
    only: z.unknown().default(true),
  }),
  fields: { url: 'url', token: 'secret-text', note: 'text', other: 'text', only: 'condition' },
  effects: 'http',
  async run({ url, token, note, way, other, only }, { http, secrets }) {
    if (!only || way === 'none') return { output: { sent: false } };
    const headers = { authorization: `Bearer ${token}` };
    if (way === 'large') await http.get(url, { headers, maxBytes: 100 });
    if (way === 'slow') await http.get(url, { headers, timeoutMs: 50 });
    if (way === 'elsewhere') await http.get(other, { headers });
    if (way === 'signs') {
      const signature = secrets.derived(sign(token));
      return { output: (await http.post(url, { json: { signature } })).body };
    }
    const reply = await http.post(url, { headers, json: { note }, sample: { id: 'sample' } });
    if (way === 'twice') await http.post(url, { headers, json: { second: true } });
    return { output: reply.body };
  },
});
/** Goes elsewhere by means of its own, and says so. */
const byMail = defineStep({
  type: 'shop.mail',
  description: 'Sends by mail.',
  config: z.strictObject({ password: z.string(), server: z.string() }),
  fields: { password: 'secret-text' },
  urls: ({ server }) => [server],
  run({ server }, { secrets }) {
    secrets.requireHost(server);
    return { output: { sent: true } };
  },
});

const TOKEN = 'shop-token-4711-4711';
const GRAPH = (config: object, type = 'shop.call', more: object = {}) => [{ id: 'call', type, config, ...more }];
const SOON = { retry: { attempts: 3, initial_seconds: 0.05, backoff: 'fixed', jitter: false } };

async function createShop(redirect = '') {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    const path = request.url ?? '';
    calls.push({ path, key: request.headers['idempotency-key'] as string | undefined, text });
    const isFirst = calls.filter((call) => call.path === path).length === 1;
    if (path === '/slow') return;
    if (path === '/moved') return void response.writeHead(307, { location: redirect }).end();
    if (path === '/large') return void response.end('x'.repeat(1_000));
    response.writeHead(path === '/503-once' && isFirst ? 503 : path === '/422' ? 422 : 200, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ got: text, with: request.headers.authorization ?? null }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    calls,
    host,
    url: `http://${host}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe.each(databaseKinds)('a connector on %s', (kind) => {
  let server: TestServer;
  let shop: Awaited<ReturnType<typeof createShop>>;
  let thief: Awaited<ReturnType<typeof createShop>>;
  beforeAll(async () => {
    thief = await createShop();
    shop = await createShop(`${thief.url}/stolen`);
    server = await createTestServer(kind, {
      steps: [connector, byMail],
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: `${shop.host},${thief.host}`, AUTOMATE_LOG_LEVEL: 'silent' },
    });
    await server.call('POST', '/api/v1/secrets/', { name: 'TOKEN', value: TOKEN, hosts: [shop.host, 'mail.example.com:465'] });
  });
  afterAll(async () => {
    await server?.close();
    shop?.close();
    thief?.close();
  });
  const token = '{{ secrets.TOKEN }}';
  const run = async (config: object, type?: string, more?: object): Promise<Execution> =>
    runWorkflow(server, await createWorkflow(server, GRAPH(config, type, more)), { id: 7, path: 'a/b' });

  it('gets its configuration rendered, sends it, and leaves nothing of its secret', async () => {
    const execution = await run({
      url: `${shop.url}/orders/{{ event.payload.path }}`,
      token,
      note: 'for {{ event.payload.id }}',
      only: { '==': [{ var: 'event.payload.id' }, 7] },
    });
    expect(execution).toMatchObject({
      status: 'succeeded',
      output: { got: '{"note":"for 7"}', with: 'Bearer [redacted]' },
      steps: [{ input: { url: `${shop.url}/orders/a%2Fb`, note: 'for 7', token: '[secret TOKEN]', only: true } }],
    });
    const [call] = shop.calls.filter(({ path }) => path === '/orders/a%2Fb');
    expect(call?.key).toBe(`${execution.id}:call:0`);
    expect((await run({ url: shop.url, only: { '==': [1, 2] } })).output).toEqual({ sent: false });
    // Nothing was sent, so there was nothing to ask about.
    expect((await run({ url: shop.url, token, way: 'none' })).status).toBe('succeeded');
  });

  it('sends the same keys with every try, and another with each change', async () => {
    const execution = await run({ url: `${shop.url}/503-once`, way: 'twice' }, undefined, SOON);
    expect(execution.status).toBe('succeeded');
    expect(shop.calls.filter(({ path }) => path === '/503-once').map(({ key, text }) => `${key} ${text}`)).toEqual([
      `${execution.id}:call:0 {"note":""}`,
      `${execution.id}:call:0 {"note":""}`,
      `${execution.id}:call:0:2 {"second":true}`,
    ]);
  });

  it('has its secrets sent to their hosts alone, whoever asks for it', async () => {
    for (const config of [
      { url: `${shop.url}/moved`, token },
      { url: shop.url, way: 'elsewhere', other: `${thief.url}/stolen`, token },
      { url: `${thief.url}/stolen`, token },
    ])
      expect((await run(config)).error, JSON.stringify(config)).toMatchObject({ code: 'secret_host_refused' });
    expect(thief.calls).toEqual([]);
  });

  it('has what it made of a secret taken out as well', async () => {
    const execution = await run({ url: `${shop.url}/signed`, token, way: 'signs' });
    expect(shop.calls.at(-1)?.text).toContain(sign(TOKEN));
    expect(execution.status).toBe('succeeded');
    // What is stored, and not only what is shown, which is redacted once more.
    const { rows } = await server.automate.db.query<{ output: string }>(
      'select output::text as output from step_runs where execution_id = $1',
      [execution.id],
    );
    expect(rows[0]?.output).toContain('[redacted]');
    expect(rows[0]?.output).not.toContain(sign(TOKEN));
  });

  it.each([
    ['a reply that is too large', { way: 'large' }, '/large', 'outbound_too_large', 1],
    ['a service that does not answer', { way: 'slow' }, '/slow', 'outbound_timeout', 3],
    ['a service that refuses', {}, '/422', 'http_status', 1],
  ])('fails on %s', async (_, config, path, code, attempts) => {
    const execution = await run({ url: `${shop.url}${path}`, ...config }, undefined, SOON);
    expect(execution).toMatchObject({ status: 'failed', error: { code }, steps: [{ attempts }] });
  });

  it('calls no address that steps may not call', async () => {
    const saved = await server.call<Problem>('POST', '/api/v1/workflows/', {
      name: 'x',
      graph: { nodes: GRAPH({ url: 'http://169.254.169.254/' }), edges: [] },
    });
    expect(saved.body.errors).toMatchObject([{ pointer: '/graph/nodes/0/config/url', code: 'invalid_url' }]);
    const execution = await run({ url: shop.url, way: 'elsewhere', other: 'http://169.254.169.254/' });
    expect(execution.error).toMatchObject({ code: 'outbound_refused' });
  });

  it('goes nowhere that the policy forbids, when it is saved and when it runs', async () => {
    const tenant = await createTenant(server, 'bounded');
    expect((await tenant.call('PUT', '/api/v1/policy/', { denied_hosts: ['example.com'] })).status).toBe(200);
    const save = (nodes: object[]) =>
      tenant.call<Problem & { id: string }>('POST', '/api/v1/workflows/', { name: 'x', graph: { nodes, edges: [] } });
    for (const nodes of [
      GRAPH({ url: 'https://example.com/a' }),
      GRAPH({ password: 'x', server: 'smtps://example.com:465' }, 'shop.mail'),
      [
        {
          id: 'loop',
          type: 'flow.foreach',
          config: { items: [], body: { nodes: GRAPH({ url: 'https://example.com/' }), edges: [] } },
        },
      ],
    ])
      expect((await save(nodes)).body.code, JSON.stringify(nodes)).toBe('policy_host_denied');
    const { body } = await save(GRAPH({ url: 'https://{{ "example.com" }}/' }));
    const dry = await tenant.call<Report>('POST', `/api/v1/workflows/${body.id}/dry-run/`, {});
    expect(dry.body.error).toMatchObject({ code: 'policy_host_denied' });
  });

  it('runs in a dry run like the real one, with calls noted and samples for replies', async () => {
    const before = shop.calls.length;
    const dry = async (config: object, type?: string) => {
      const id = await createWorkflow(server, GRAPH(config, type));
      return (await server.call<Report>('POST', `/api/v1/workflows/${id}/dry-run/`, { input: { id: 7 } })).body;
    };
    const report = await dry({ url: `${thief.url}/a`, token, note: 'for {{ event.payload.id }}', way: 'twice' });
    expect(report).toMatchObject({ status: 'succeeded', output: { id: 'sample' } });
    expect(report.calls.map(({ step, method, url, body }) => ({ step, method, url, body }))).toEqual([
      { step: 'call', method: 'POST', url: `${thief.url}/a`, body: { note: 'for 7' } },
      { step: 'call', method: 'POST', url: `${thief.url}/a`, body: { second: true } },
    ]);
    expect(JSON.stringify(report)).not.toContain(TOKEN);
    const mail = await dry({ password: token, server: 'smtps://mail.example.com:465' }, 'shop.mail');
    expect(mail).toMatchObject({ status: 'failed', error: { code: 'pin_required' }, calls: [] });
    expect(mail.error?.message).toContain('which would call mail.example.com:465');
    expect([shop.calls.length, thief.calls.length]).toEqual([before, 0]);
  });

  it('asks itself where a secret goes that goes another way', async () => {
    expect(await run({ password: token, server: 'smtps://mail.example.com:465' }, 'shop.mail')).toMatchObject({
      status: 'succeeded',
    });
    for (const other of [
      'smtps://mail.example.com',
      'smtps://example.org:465',
      'mail.example.com:465',
      'smtps://mail.example.com:465@x.org',
    ])
      expect((await run({ password: token, server: other }, 'shop.mail')).error, other).toMatchObject({
        code: 'secret_host_refused',
      });
  });
});
