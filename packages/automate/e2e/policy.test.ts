import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createTestDatabase,
  createTestServer,
  type DatabaseKind,
  databaseKinds,
  type TestDatabase,
  type TestServer,
} from '../src/testing/index.ts';
import { type Execution, eventually } from './support/executions.ts';
import { createTenant, type TestTenant } from './support/tenants.ts';

interface Policy {
  readonly version: number;
  readonly operator: Record<string, unknown>;
  readonly tenant: Record<string, unknown>;
  readonly effective: Record<string, { readonly value: unknown; readonly source: string }>;
}
interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; code: string; message: string }[];
}

const OWN = '/api/v1/policy/';
const LOG = { id: 'log', type: 'core.log', config: { message: 'x' } };
const NAP = { id: 'nap', type: 'core.sleep', config: { seconds: 0.05 } };

describe.each(databaseKinds)('policy on %s', (kind) => {
  let server: TestServer;
  let tenant: TestTenant;
  let port: number;
  let redirectTo: string | undefined;
  let count = 0;
  const target = createServer((_request, response) => {
    response.writeHead(redirectTo ? 302 : 200, redirectTo ? { location: redirectTo } : {}).end('{}');
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    port = (target.address() as AddressInfo).port;
    server = await createTestServer(kind, {
      environment: {
        AUTOMATE_OUTBOUND_ALLOW_HOSTS: `127.0.0.1:${port},localhost:${port}`,
        AUTOMATE_SECRET_KEPT: 'value-of-the-environment',
      },
    });
  });
  afterAll(async () => {
    await server?.close();
    target.closeAllConnections();
    target.close();
  });
  beforeEach(async () => {
    redirectTo = undefined;
    count += 1;
    tenant = await createTenant(server, `policy-${count}`);
  });

  const ceilingPath = () => `/api/v1/tenants/${tenant.id}/policy/`;
  const setCeiling = (rules: object) => expectStatus(server.call<Policy>('PUT', ceilingPath(), rules), 200);
  const setOwn = (rules: object) => expectStatus(tenant.call<Policy>('PUT', OWN, rules), 200);
  const save = (nodes: object[], edges: object[] = []) =>
    tenant.call<Problem & { id: string }>('POST', '/api/v1/workflows/', { name: 'W', graph: { nodes, edges } });
  const saved = async (nodes: object[]) => (await expectStatus(save(nodes), 201)).body.id;
  const start = (id: string, input: object = {}) =>
    tenant.call<Problem & { execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input });
  async function run(id: string, input: object = {}): Promise<Execution> {
    const { execution_id } = (await expectStatus(start(id, input), 202)).body;
    return eventually(
      async () => (await tenant.call<Execution>('GET', `/api/v1/executions/${execution_id}/`)).body,
      ({ status }) => ['succeeded', 'failed'].includes(status),
    );
  }
  const emit = (body: unknown) => tenant.call<Problem>('POST', '/api/v1/events/', body);
  const event = (payload: unknown = {}) => ({ event_type: 'policy.test', payload });

  it('shows both layers and who set what holds', async () => {
    expect((await tenant.call<Policy>('GET', OWN)).body).toMatchObject({
      tenant_id: tenant.id,
      version: 0,
      updated_at: null,
      effective: {
        max_workflows: { value: null, source: 'default' },
        allowed_hosts: { value: null, source: 'default' },
        retention_days_events: { value: 30, source: 'default' },
      },
    });
    await setCeiling({
      max_workflows: 10,
      max_secrets: 5,
      retention_days_failed: 90,
      allowed_step_types: ['core.*', 'http.request'],
      denied_hosts: ['evil.example'],
    });
    const { body } = await setOwn({
      max_workflows: 3,
      max_members: 2,
      retention_days_failed: 60,
      allowed_step_types: ['core.log'],
      denied_hosts: ['*.spam.example'],
    });
    expect(body.effective).toMatchObject({
      max_workflows: { value: 3, source: 'tenant' },
      max_secrets: { value: 5, source: 'operator' },
      max_members: { value: 2, source: 'tenant' },
      retention_days_failed: { value: 60, source: 'tenant' },
      allowed_step_types: { value: ['core.log'], source: 'both' },
      denied_hosts: { value: ['evil.example', '*.spam.example'], source: 'both' },
    });
    expect(body.operator).toMatchObject({ max_workflows: 10 });
    expect((await server.call<Policy>('GET', ceilingPath())).body).toEqual(body);
  });

  it('lets a tenant be stricter than the operator and never wider, and only staff set the ceiling', async () => {
    await setCeiling({
      max_workflows: 5,
      retention_days_events: 7,
      allowed_hosts: ['*.example.com'],
      allowed_step_types: ['core.*'],
    });
    const wide = await tenant.call<Problem>('PATCH', OWN, {
      max_workflows: 6,
      retention_days_events: 8,
      allowed_hosts: ['api.example.com', 'example.org'],
      allowed_step_types: ['*'],
    });
    expect(wide).toMatchObject({ status: 422, body: { code: 'policy_beyond_ceiling' } });
    expect(wide.body.errors?.map(({ pointer }) => pointer)).toEqual([
      '/allowed_hosts/1',
      '/allowed_step_types/0',
      '/retention_days_events',
      '/max_workflows',
    ]);
    expect(wide.body.errors?.[3]?.message).toBe('must be at most 5, which the operator set');
    expect((await tenant.call<Policy>('GET', OWN)).body.tenant.max_workflows).toBeNull();
    await setOwn({ max_workflows: 4 });
    // A ceiling that comes down later holds at once, and does not stand in the way of other changes.
    const { body } = await setCeiling({ max_workflows: 2 });
    expect(body.effective.max_workflows).toEqual({ value: 2, source: 'operator' });
    expect((await tenant.call('PATCH', OWN, { max_members: 9 })).status).toBe(200);
    for (const [method, path] of [
      ['GET', ceilingPath()],
      ['PUT', ceilingPath()],
      ['PATCH', ceilingPath()],
    ] as const)
      expect((await tenant.call(method, path, method === 'GET' ? undefined : {})).status).toBe(403);
    expect((await server.call('GET', '/api/v1/tenants/01a20a02-0000-7000-8000-000000000000/policy/')).status).toBe(404);
    // Not even with what the database lets a tenant do.
    await expect(
      server.automate.db.asTenant(tenant.id, (transaction) => transaction.query(`update policies set operator = '{}'`)),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('has scopes, an ETag, and an audit entry for each change', async () => {
    const reader = await createTenant(server, `policy-${count}`, ['policy:read']);
    expect((await reader.call('GET', OWN)).status).toBe(200);
    expect((await reader.call<Problem>('PATCH', OWN, {})).body.detail).toContain('policy:write');
    const { headers } = await tenant.call('GET', OWN);
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"/);
    expect((await tenant.call('GET', OWN, undefined, { 'if-none-match': etag })).status).toBe(304);
    const first = await tenant.call('PUT', OWN, { max_secrets: 4 }, { 'if-match': etag });
    expect(first.status).toBe(200);
    expect((await tenant.call('PUT', OWN, { max_secrets: 5 }, { 'if-match': etag })).status).toBe(412);
    const again = { 'if-match': first.headers.get('etag') ?? '' };
    expect((await tenant.call('PATCH', OWN, { denied_hosts: ['a.example'] }, again)).status).toBe(200);
    expect((await tenant.call('PATCH', OWN, { max_secrets: 4 })).status).toBe(200); // changes nothing
    const { body } = await tenant.call<{ results: { actor: string; diff: object }[] }>(
      'GET',
      '/api/v1/audit/?action=policy.update',
    );
    expect(body.results.map(({ diff }) => diff)).toEqual([
      { layer: 'tenant', changes: [{ rule: 'denied_hosts', before: null, after: ['a.example'] }] },
      { layer: 'tenant', changes: [{ rule: 'max_secrets', before: null, after: 4 }] },
    ]);
    for (const [rules, pointer] of [
      [{ max_workflows: -1 }, '/max_workflows'],
      [{ allowed_step_types: ['core.*.x'] }, '/allowed_step_types/0'],
      [{ denied_hosts: ['https://a.example/'] }, '/denied_hosts/0'],
      [{ retention_days_events: 0 }, '/retention_days_events'],
      [{ max_concurrency: 3 }, '/max_concurrency'],
    ] as const) {
      const refused = await tenant.call<Problem>('PUT', OWN, rules);
      expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
    }
  });

  it('keeps step types to those allowed, when a workflow is saved, published and run', async () => {
    const id = await saved([LOG, { ...NAP, id: 'log2', type: 'core.sleep' }]);
    expect((await run(id)).status).toBe('succeeded');
    await setCeiling({ allowed_step_types: ['core.log', 'logic.*'] });
    const refused = await save([NAP]);
    expect(refused).toMatchObject({ status: 403, body: { code: 'policy_step_type_denied' } });
    expect(refused.body.detail).toBe(
      'Steps of the type "core.sleep" may not be used: the rule "allowed_step_types", set by the operator, allows core.log, logic.*. ' +
        'Use another type, or ask the operator of this installation to change the policy.',
    );
    const graph = { nodes: [NAP], edges: [] };
    expect((await tenant.call('PUT', `/api/v1/workflows/${id}/`, { name: 'W', graph })).status).toBe(403);
    expect((await tenant.call('POST', `/api/v1/workflows/${id}/publish/`, { version: 1 })).status).toBe(403);
    const imported = await tenant.call<{ applied: boolean; results: { errors: Problem[] }[] }>(
      'POST',
      '/api/v1/workflows/import/',
      [{ name: 'I', graph }],
    );
    expect(imported.body).toMatchObject({ applied: false, results: [{ errors: [{ code: 'policy_step_type_denied' }] }] });
    const execution = await run(id);
    expect(execution).toMatchObject({
      status: 'failed',
      error: { code: 'policy_step_type_denied', node: 'log2', message: refused.body.detail },
    });
    expect(execution.steps.find(({ node }) => node === 'log2')).toMatchObject({ status: 'failed', attempts: 1 });
    await setCeiling({});
    await setOwn({ denied_step_types: ['core.*'] });
    const own = await save([LOG]);
    expect(own.body.detail).toBe(
      'Steps of the type "core.log" may not be used: the rule "denied_step_types", set by your tenant, names core.*. ' +
        'Use another type, or have the policy changed at /api/v1/policy/ by somebody with the scope policy:write.',
    );
    await setOwn({});
    expect((await run(id)).status).toBe('succeeded');
  });

  it('keeps outgoing calls to the hosts allowed, redirects too', async () => {
    const call = (url: string) => [{ id: 'call', type: 'http.request', config: { url } }];
    const id = await saved(call('{{ event.payload.url }}'));
    const local = { url: `http://127.0.0.1:${port}/` };
    expect((await run(id, local)).status).toBe('succeeded');
    await setOwn({ allowed_hosts: ['api.example.com', `localhost:${port}`] });
    const refused = await save(call('https://other.example/x'));
    expect(refused).toMatchObject({ status: 403, body: { code: 'policy_host_denied' } });
    expect(refused.body.detail).toContain(
      `The host other.example may not be called: the rule "allowed_hosts", set by your tenant, allows api.example.com, localhost:${port}.`,
    );
    expect((await save(call('https://api.example.com/x'))).status).toBe(201);
    expect(await run(id, local)).toMatchObject({ status: 'failed', error: { code: 'policy_host_denied' } });
    expect((await run(id, { url: `http://localhost:${port}/` })).status).toBe('succeeded');
    redirectTo = local.url;
    expect(await run(id, { url: `http://localhost:${port}/` })).toMatchObject({
      error: { code: 'policy_host_denied', message: expect.stringContaining(`The host 127.0.0.1:${port}`) },
    });
    redirectTo = undefined;
    await setOwn({});
    // Forbidden on every port, where none is named.
    await setCeiling({ denied_hosts: ['127.0.0.1'] });
    expect((await run(id, local)).error).toMatchObject({ code: 'policy_host_denied' });
    // The policy opens nothing that the operator has not opened.
    await setCeiling({ allowed_hosts: ['127.0.0.1:1'] });
    expect((await run(id, { url: 'http://127.0.0.1:1/' })).error).toMatchObject({ code: 'outbound_refused' });
  });

  it('keeps secrets in the places allowed', async () => {
    const { db } = server.automate;
    const stored = { name: 'STORED', value: 'a value to keep', hosts: [`127.0.0.1:${port}`] };
    expect((await tenant.call('POST', '/api/v1/secrets/', stored)).status).toBe(201);
    const config = { url: `http://127.0.0.1:${port}/`, headers: { 'x-key': '{{ secrets.STORED }}' } };
    const id = await saved([{ id: 'use', type: 'http.request', config }]);
    expect((await run(id)).status).toBe('succeeded');
    await setCeiling({ allowed_secret_backends: ['vault'] });
    const refused = await tenant.call<Problem>('POST', '/api/v1/secrets/', { ...stored, name: 'OTHER' });
    expect(refused).toMatchObject({ status: 403, body: { code: 'policy_secret_backend_denied' } });
    expect(refused.body.detail).toContain('Secrets that are kept in "stored" may not be used');
    const execution = await run(id);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'policy_secret_backend_denied' } });
    expect(execution.steps[0]?.attempts).toBe(1);
    await setCeiling({ allowed_secret_backends: ['stored'] });
    expect((await run(id)).status).toBe('succeeded');
    await db.query(`update secrets set reference = 'env://KEPT' where tenant_id = $1`, [tenant.id]);
    expect((await run(id)).error).toMatchObject({ code: 'policy_secret_backend_denied' });
  });

  it('bounds what a tenant has, also when many ask at once', async () => {
    await setCeiling({ max_workflows: 2, max_secrets: 2, max_api_keys: 2 });
    await setOwn({ max_members: 0 });
    const many = <T>(make: (index: number) => Promise<T>) => Promise.all(Array.from({ length: 8 }, (_, index) => make(index)));
    const made = {
      workflows: await many(() => save([LOG])),
      secrets: await many((index) =>
        tenant.call<Problem>('POST', '/api/v1/secrets/', { name: `S${index}`, value: 'a long value' }),
      ),
      keys: await many((index) =>
        tenant.call<Problem>('POST', '/api/v1/api-keys/', { name: `${index}`, scopes: ['events:read'] }),
      ),
    };
    for (const [what, replies] of Object.entries(made)) {
      expect(replies.map(({ status }) => status).sort(), what).toEqual([201, 201, 422, 422, 422, 422, 422, 422]);
      expect(replies.find(({ status }) => status === 422)?.body.code).toBe('policy_limit_reached');
    }
    const workflow = made.workflows.find(({ status }) => status === 422);
    expect(workflow?.body.detail).toBe(
      'The tenant has 2 workflows and may have 2: the rule "max_workflows", set by the operator. ' +
        'Remove one first, or ask the operator of this installation to change the policy.',
    );
    const { results } = (await tenant.call<{ results: { id: string }[] }>('GET', '/api/v1/workflows/')).body;
    expect((await tenant.call('DELETE', `/api/v1/workflows/${results[0]?.id}/`)).status).toBe(204);
    expect((await save([LOG])).status).toBe(201);
    const invited = await tenant.call<Problem>('POST', '/api/v1/invitations/', { email: 'a@example.com', role: 'viewer' });
    expect(invited).toMatchObject({ status: 422, body: { code: 'policy_limit_reached' } });
    expect(invited.body.detail).toContain('0 members and may have 0: the rule "max_members", set by your tenant');
  });

  it('counts members again when an invitation is accepted', async () => {
    const invite = async (email: string) =>
      (await expectStatus(tenant.call<{ link: string }>('POST', '/api/v1/invitations/', { email, role: 'viewer' }), 201)).body
        .link;
    const links = [await invite(`one-${count}@example.com`), await invite(`two-${count}@example.com`)];
    await setOwn({ max_members: 1 });
    const accepted = [];
    for (const link of links) {
      const token = new URL(link).hash.replace('#token=', '');
      const body = { token, name: 'Somebody', password: 'correct horse battery staple' };
      accepted.push(
        await server.call<Problem>('POST', '/api/auth/accept-invitation/', body, { authorization: '', origin: server.url }),
      );
    }
    expect(
      accepted.map(({ status }) => status),
      JSON.stringify(accepted),
    ).toEqual([200, 422]);
    expect(accepted[1]?.body.code).toBe('policy_limit_reached');
  });

  it('bounds workflows, and those that were saved before fail when they run', async () => {
    const id = await saved([LOG, { ...LOG, id: 'b' }, { ...LOG, id: 'c' }]);
    await setOwn({ max_steps_per_workflow: 2 });
    const refused = await save([LOG, { ...LOG, id: 'b' }, { ...LOG, id: 'c' }]);
    expect(refused).toMatchObject({ status: 422, body: { code: 'policy_workflow_too_large' } });
    expect(refused.body.detail).toContain(
      'The workflow has 3 steps and may have 2: the rule "max_steps_per_workflow", set by your tenant',
    );
    expect(await run(id)).toMatchObject({ status: 'failed', error: { code: 'policy_workflow_too_large' } });
  });

  it('bounds payloads and events per minute', async () => {
    await setOwn({ max_event_payload_bytes: 20 });
    expect((await emit(event({ a: 'x'.repeat(12) }))).status).toBe(202);
    const large = await emit([event(), event({ a: 'x'.repeat(13) })]);
    expect(large).toMatchObject({ status: 422, body: { code: 'policy_payload_too_large' } });
    expect(large.body.detail).toContain('The payload of event 2 of 2 has 21 bytes and may have 20');
    const id = await saved([LOG]);
    expect(await start(id, { a: 'x'.repeat(30) })).toMatchObject({ status: 422, body: { code: 'policy_payload_too_large' } });
    await setOwn({ max_events_per_minute: 5 });
    expect((await emit([event(), event(), event()])).status).toBe(202);
    const answers = await Promise.all([1, 2, 3, 4].map(() => emit(event())));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 429, 429]);
    const late = answers.find(({ status }) => status === 429);
    expect(late?.body).toMatchObject({ code: 'policy_events_limited' });
    expect(late?.body.detail).toMatch(
      /^More than 5 events in a minute: the rule "max_events_per_minute", set by your tenant\. Try again in \d+ s/,
    );
    expect(Number(late?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await emit(Array.from({ length: 6 }, () => event()))).body.detail).toContain(
      '6 events at once, and 5 a minute are taken',
    );
    const { body } = await tenant.call<{ count: number }>('GET', '/api/v1/events/?count=true');
    expect(body.count).toBe(6);
  });

  it('bounds executions that are queued or run', async () => {
    const idle = await createTestServer(kind, { hasWorker: false });
    try {
      const mine = await createTenant(idle, 'busy');
      const graph = { nodes: [LOG], edges: [] };
      const { body } = await mine.call<{ id: string }>('POST', '/api/v1/workflows/', { name: 'W', graph });
      await mine.call('PUT', OWN, { max_active_executions: 3 });
      const runs = await Promise.all(
        Array.from({ length: 6 }, () => mine.call<Problem>('POST', `/api/v1/workflows/${body.id}/run/`, {})),
      );
      expect(runs.map(({ status }) => status).sort()).toEqual([202, 202, 202, 429, 429, 429]);
      const refused = runs.find(({ status }) => status === 429);
      expect(refused?.body).toMatchObject({ code: 'policy_executions_limited' });
      expect(refused?.headers.get('retry-after')).toBe('5');
      expect((await mine.call<Problem>('POST', '/api/v1/events/', event())).body).toMatchObject({
        code: 'policy_executions_limited',
      });
      const other = await createTenant(idle, 'free');
      expect((await other.call('POST', '/api/v1/events/', event())).status).toBe(202);
    } finally {
      await idle.close();
    }
  });

  it('does not touch other tenants', async () => {
    await setCeiling({ allowed_step_types: [], max_events_per_minute: 0 });
    const other = await createTenant(server, `policy-other-${count}`);
    const graph = { nodes: [LOG], edges: [] };
    expect((await other.call('POST', '/api/v1/workflows/', { name: 'W', graph })).status).toBe(201);
    expect((await other.call('POST', '/api/v1/events/', event())).status).toBe(202);
    expect((await other.call<Policy>('GET', OWN)).body.version).toBe(0);
    expect((await save([LOG])).status).toBe(403);
    expect((await emit(event())).status).toBe(429);
  });
});

describe('policy in several processes', () => {
  const kind: DatabaseKind = 'postgres';
  let database: TestDatabase;
  let one: TestServer;
  let two: TestServer;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    one = await createTestServer(kind, { database, hasWorker: false });
    two = await createTestServer(kind, { database });
  });
  afterAll(async () => {
    await one?.close();
    await two?.close();
    await database?.dispose();
  });

  it.each([
    ['is told', true],
    ['hears nothing', false],
  ])('is seen within a second by a process that %s', async (_how, isTold) => {
    const { id: tenantId } = await one.automate.ensureTenant('default');
    const ask = async () => two.automate.engine.policy.requireStep(tenantId, 'core.log', 1);
    await one.call('PUT', OWN, {});
    await eventually(
      () =>
        ask()
          .then(() => true)
          .catch(() => false),
      (isAllowed) => isAllowed,
    );
    const change = isTold
      ? one.call('PUT', OWN, { denied_step_types: ['core.log'] })
      : one.automate.db.query(
          `update policies set tenant = '{"denied_step_types": ["core.log"]}', version = version + 1 where tenant_id = $1`,
          [tenantId],
        );
    await change;
    await eventually(
      () =>
        ask()
          .then(() => 'allowed')
          .catch((error: { code: string }) => error.code),
      (answer) => answer === 'policy_step_type_denied',
      1_500,
    );
  });

  it('counts events of all processes together', async () => {
    await one.call('PUT', OWN, { max_events_per_minute: 20 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? one : two).call('POST', '/api/v1/events/', { event_type: 'a.b', payload: {} }),
      ),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
  });
});

async function expectStatus<Reply extends { status: number; body: unknown }>(
  pending: Promise<Reply>,
  status: number,
): Promise<Reply> {
  const reply = await pending;
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
  return reply;
}
