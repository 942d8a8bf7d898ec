import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/kernel/index.ts';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow } from './support/executions.ts';
import { bothKinds } from './support/lanes.ts';
import { withContract } from './support/openapi.ts';

describe.each(bothKinds)('tenants on %s', (kind) => {
  let server: TestServer;
  let other: Record<string, string>;
  let workflow: string;
  let execution: string;
  let event: string;

  beforeAll(async () => {
    server = await withContract(await createTestServer(kind));
    const { db } = server.automate;
    const tenantId = newId();
    await db.query('insert into tenants (id, slug, name) values ($1, $2, $3)', [tenantId, 'other', 'Other']);
    const { value } = await server.automate.apiKeys.create({ tenantId, name: 'other', scopes: ['*'], isStaff: true });
    other = { authorization: `Bearer ${value}` };
    workflow = await createWorkflow(server, [{ id: 'a', type: 'core.log', config: { message: 'mine' } }], [], {
      triggers: [{ type: 'event', event_type: 'shared.type' }],
    });
    execution = (await runWorkflow(server, workflow)).id;
    const reply = await server.call<{ event_id: string }>('POST', '/api/v1/events/', {
      event_type: 'mine.only',
      payload: {},
      idempotency_key: 'k',
    });
    event = reply.body.event_id;
  });
  afterAll(() => server?.close());

  it('cannot see, change, run or tell the existence of what is another’s', async () => {
    const probes: [string, string, unknown?][] = [
      ['GET', `/api/v1/workflows/${workflow}/`],
      ['GET', `/api/v1/workflows/${workflow}/versions/`],
      [
        'PUT',
        `/api/v1/workflows/${workflow}/`,
        { name: 'Stolen', graph: { nodes: [{ id: 'a', type: 'core.log', config: { message: 'x' } }], edges: [] } },
      ],
      ['PATCH', `/api/v1/workflows/${workflow}/`, { is_live: false }],
      ['DELETE', `/api/v1/workflows/${workflow}/`],
      ['POST', `/api/v1/workflows/${workflow}/publish/`, { version: 1 }],
      ['POST', `/api/v1/workflows/${workflow}/run/`, {}],
      ['GET', `/api/v1/executions/${execution}/`],
      ['GET', `/api/v1/executions/${execution}/events/`],
      ['GET', `/api/v1/jobs/${execution}/`],
      ['GET', `/api/v1/events/${event}/`],
    ];
    for (const [method, path, body] of probes) {
      const foreign = await server.call<{ title: string; detail: string }>(method, path, body, other);
      expect(foreign.status, `${method} ${path}`).toBe(404);
      const nowhere = await server.call<{ title: string; detail: string }>(
        method,
        path.replace(/[0-9a-f-]{36}/, newId()),
        body,
        other,
      );
      expect([foreign.body.title, foreign.body.detail]).toEqual([nowhere.body.title, nowhere.body.detail]);
    }
    for (const list of ['workflows', 'executions', 'jobs', 'events']) {
      const page = await server.call<{ results: unknown[]; count: number }>(
        'GET',
        `/api/v1/${list}/?count=true`,
        undefined,
        other,
      );
      expect([list, page.body.results.length, page.body.count]).toEqual([list, 0, 0]);
    }
    expect((await server.call<{ is_live: boolean }>('GET', `/api/v1/workflows/${workflow}/`)).body.is_live).toBe(true);
  });

  it('does not start another’s workflows, nor share idempotency keys', async () => {
    const reply = await server.call<{ status: string; trace_id: string }>(
      'POST',
      '/api/v1/events/',
      { event_type: 'shared.type', payload: {}, idempotency_key: 'k' },
      other,
    );
    expect(reply.body.status).toBe('accepted');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { rows } = await server.automate.db.query('select 1 from executions where trace_id = $1', [reply.body.trace_id]);
    expect(rows).toHaveLength(0);
  });

  it('is held by row-level security alone', async () => {
    const { db } = server.automate;
    const ofNoTenant = [
      'users',
      'sessions',
      'passwords',
      'identities',
      'sign_in_flows',
      'second_factors',
      'one_time_tokens',
      'migrations',
      'rate_limits',
      'master_keys',
      'master_key_wraps',
      'system_keys',
      'sweeps',
      'workers',
    ];
    for (const name of ofNoTenant) {
      const read = db.asTenant(newId(), (transaction) => transaction.query(`select 1 from ${name}`));
      await expect(read, name).rejects.toMatchObject({ code: '42501' });
    }
    const tables = await db.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'automate' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all($1)`,
      [ofNoTenant],
    );
    expect(tables.rows.length).toBeGreaterThan(10);
    for (const { name } of tables.rows) {
      const seen = await db.asTenant(newId(), (transaction) => transaction.query(`select 1 from ${name} limit 1`));
      expect([name, seen.rows.length]).toEqual([name, 0]);
    }
    const unforced = await db.query(
      `select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'automate' and c.relkind in ('r', 'p') and c.relname <> all($1) and not (relrowsecurity and relforcerowsecurity)`,
      [ofNoTenant],
    );
    expect(unforced.rows).toEqual([]);
    const stolen = db.asTenant(newId(), (transaction) =>
      transaction.query(`update workflows set name = 'stolen' where id = $1`, [workflow]),
    );
    expect((await stolen).rowCount).toBe(0);
    await expect(
      db.asTenant(newId(), (transaction) =>
        transaction.query(`insert into event_keys (tenant_id, key, event_id) values ($1, 'x', $1)`, [newId()]),
      ),
    ).rejects.toMatchObject({ code: '42501' });
  });
});
