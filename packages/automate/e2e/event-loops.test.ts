import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually } from './support/executions.ts';
import { createTenant } from './support/tenants.ts';

interface Verdict {
  readonly match: boolean;
  readonly error: string | null;
}
interface Trace {
  readonly events: { verdicts: Verdict[] }[];
}

describe.each(databaseKinds)('loops of events on %s', (kind) => {
  let server: TestServer;
  let serial = 0;

  beforeAll(async () => {
    server = await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: '127.0.0.1/32' } });
    const policy = await server.call('PATCH', '/api/v1/policy/', { max_event_hops: 4 });
    expect(policy.status, JSON.stringify(policy.body)).toBe(200);
  });
  afterAll(() => server?.close());

  /** A workflow that sends the event which starts it, by this step. */
  async function loopBy(step: (type: string) => { type: string; config: object }, { settings = {}, call = server.call } = {}) {
    const type = `loop.test${++serial}`;
    const id = await createWorkflow({ ...server, call }, [{ id: 'again', ...step(type) }], [], {
      triggers: [{ type: 'event', event_type: type }],
      settings,
    });
    return {
      type,
      call,
      executions: async () =>
        (await call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow_id=${id}&limit=200`)).body.results,
    };
  }

  const emittingLoop = (call: TestServer['call']) =>
    loopBy((event_type) => ({ type: 'core.emit', config: { event_type } }), { call });

  /** To our own API, or to somebody who passes it on. */
  const loop = ({ url = server.url, headers = {}, settings = {} }: { url?: string; headers?: object; settings?: object }) =>
    loopBy(
      (event_type) => ({
        type: 'http.request',
        config: {
          method: 'POST',
          url: `${url}/api/v1/events/`,
          headers: { authorization: `Bearer ${server.token}`, ...headers },
          json: { event_type, payload: {} },
        },
      }),
      { settings },
    );

  /** A service that passes requests on to our API, with these headers of theirs. */
  async function relay(kept: readonly string[]): Promise<{ url: string; close(): void }> {
    const service = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const headers = ['authorization', 'content-type', ...kept].map((name) => [name, String(request.headers[name])]);
      const reply = await fetch(new URL(request.url ?? '', server.url), {
        method: 'POST',
        headers: Object.fromEntries(headers),
        body: Buffer.concat(chunks),
      });
      response.writeHead(reply.status).end();
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`, close: () => service.close() };
  }

  async function send(type: string, call = server.call): Promise<string> {
    const reply = await call<{ trace_id: string }>('POST', '/api/v1/events/', { event_type: type, payload: {} });
    expect(reply.status).toBe(202);
    return reply.body.trace_id;
  }

  const errorsOf = async (traceId: string, call = server.call) =>
    (await call<Trace>('GET', `/api/studio/correlation/?trace_id=${traceId}`)).body.events.flatMap(({ verdicts }) =>
      verdicts.flatMap(({ error }) => error ?? []),
    );

  async function expectEnd({ type, call, executions }: Awaited<ReturnType<typeof loop>>, most = 4): Promise<void> {
    const trace = await send(type, call);
    const errors = await eventually(
      () => errorsOf(trace, call),
      (found) => found.length === 1,
    );
    expect(errors[0]).toMatch(new RegExp(`^loop_limit: .*${most + 1} executions in a row.*"max_event_hops".* allows ${most}`));
    // The event from outside, and as many that it led to.
    expect((await executions()).length).toBe(most + 1);
  }

  it.each([
    ['as it is', {}],
    ['that says it was sent by nobody', { 'x-causation-id': '', 'X-Causation-Id': 'nobody' }],
    ['that says it was sent by another', { 'x-causation-id': '01a20a02-0000-7000-8000-000000000000' }],
  ])('ends a loop %s', async (_name, headers) => {
    await expectEnd(await loop({ headers }));
  });

  it('ends a loop of a step that sends events', async () => {
    await expectEnd(await emittingLoop(server.call));
  });

  it('ends a loop after 50 where no policy says when', async () => {
    const { call } = await createTenant(server, `unlimited-${kind}`);
    await expectEnd(await emittingLoop(call), 50);
  });

  it.each(['workflow.failed', 'automate.x', 'events.batch'])('lets no step send %s', async (event_type) => {
    const nodes = [{ id: 'send', type: 'core.emit', config: { event_type } }];
    const reply = await server.call('POST', '/api/v1/workflows/', { name: 'Test', graph: { nodes, edges: [] } });
    expect(reply).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/graph/nodes/0/config/event_type', code: 'reserved_event_type' }] },
    });
  });

  it.each([['x-trace-id'], ['traceparent']])('ends a loop by way of somebody who passes %s on', async (header) => {
    const { url, close } = await relay([header]);
    await expectEnd(await loop({ url }));
    close();
  });

  it('counts each hop through other workflows', async () => {
    const { type, executions } = await loop({});
    await createWorkflow(server, [{ id: 'run', type: 'workflow.run', config: { workflow: 'child-of-loop' } }], [], {
      triggers: [{ type: 'event', event_type: `${type}.parent` }],
    });
    const config = {
      method: 'POST',
      url: `${server.url}/api/v1/events/`,
      headers: { authorization: `Bearer ${server.token}` },
      json: { event_type: `${type}.parent`, payload: {} },
    };
    await createWorkflow(server, [{ id: 'again', type: 'http.request', config }], [], {
      name: 'child of loop',
      slug: 'child-of-loop',
    });
    const trace = await send(`${type}.parent`);
    const errors = await eventually(
      () => errorsOf(trace),
      (found) => found.length === 1,
    );
    expect(errors[0]).toMatch(/^loop_limit: /);
    expect(await executions()).toEqual([]);
  });

  it('ends one that goes through batches', async () => {
    const { type, executions } = await loop({ settings: { batch: { size: 2, seconds: 0.1 } } });
    await send(type);
    const rows = await eventually(executions, (found) => found.length === 5);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await executions()).length).toBe(rows.length);
  });

  it('counts from the outside what merely shares a trace', async () => {
    const type = `chatty.test${++serial}`;
    const id = await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 60 } }], [], {
      triggers: [{ type: 'event', event_type: type }],
    });
    const list = () => server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow_id=${id}&limit=200`);
    for (let n = 1; n <= 8; n += 1) {
      await server.call('POST', '/api/v1/events/', { event_type: type, payload: { n } }, { 'x-trace-id': 'one-session' });
      await eventually(
        async () => (await list()).body.results,
        (rows) => rows.length === n && rows.every(({ status }) => status === 'waiting'),
      );
    }
  });

  it('takes an event from outside that names no execution of the tenant as from outside', async () => {
    const { id } = await createTenant(server, `other-${kind}`);
    const { rows } = await server.automate.db.query<{ id: string }>('select id from executions limit 1');
    await server.automate.db.query('update executions set tenant_id = $1 where id = $2', [id, rows[0]?.id]);
    const headers = { 'x-causation-id': rows[0]?.id as string };
    const reply = await server.call<{ event_id: string }>(
      'POST',
      '/api/v1/events/',
      { event_type: 'outside', payload: {} },
      headers,
    );
    const stored = await server.automate.db.query('select hops from events where id = $1', [reply.body.event_id]);
    expect(stored.rows).toEqual([{ hops: 0 }]);
  });
});

describe.each(databaseKinds)('error workflows on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind);
  });
  afterAll(() => server?.close());

  it('start for an execution whatever its event is called, and not for one of their own', async () => {
    const failing = [{ id: 'fail', type: 'core.transform', config: { template: { v: '{{ event.payload.nowhere }}' } } }];
    const last = await createWorkflow(server, failing, [], { name: 'last', slug: 'last' });
    const handler = await createWorkflow(server, failing, [], {
      name: 'handler',
      slug: 'handler',
      settings: { error_workflow: 'last' },
    });
    const id = await createWorkflow(server, failing, [], {
      triggers: [{ type: 'event', event_type: 'old.name' }],
      settings: { error_workflow: 'handler' },
    });
    await server.call('POST', '/api/v1/events/', { event_type: 'old.name', payload: {} });
    const list = async (workflow: string) =>
      (await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?workflow_id=${workflow}`)).body.results;
    await eventually(
      () => list(handler),
      (rows) => rows.length === 1 && rows[0]?.status === 'failed',
    );
    expect((await list(id)).map(({ status }) => status)).toEqual(['failed']);
    expect(await list(last)).toEqual([]);

    // As an event was called before the name was ours.
    await server.automate.db.query(`update triggers set event_type = 'workflow.failed' where workflow_id = $1`, [id]);
    await server.automate.db.query('update trigger_versions set version = version + 1');
    await server.automate.db.query(
      `with stored as (
         insert into events (id, tenant_id, event_type, source, payload, occurred_at, trace_id)
         select gen_random_uuid(), tenant_id, 'workflow.failed', 'automate', '{}', now(), 'from-before' from workflows where id = $1 returning *)
       insert into outbox (event_id, tenant_id) select id, tenant_id from stored`,
      [id],
    );
    server.automate.announce();
    await eventually(
      () => list(handler),
      (rows) => rows.length === 2 && rows.every(({ status }) => status === 'failed'),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await list(handler)).length).toBe(2);
  });
});
