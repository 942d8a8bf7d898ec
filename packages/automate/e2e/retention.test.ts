import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRetention } from '../src/engine/retention/retention.ts';
import { createLogger } from '../src/kernel/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, runWorkflow, waitForExecution } from './support/executions.ts';
import { createTenant } from './support/tenants.ts';

const LOG = { id: 'log', type: 'core.log', config: { message: 'x' } };
const FAIL = { id: 'fail', type: 'core.transform', config: { template: { a: '{{ event.payload.nothing.there }}' } } };
const NAP = { id: 'nap', type: 'core.sleep', config: { seconds: 600 } };

describe.each(databaseKinds)('retention on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await createTestServer(kind, { environment: { AUTOMATE_RETENTION_SWEEP_SECONDS: '1' } });
  });
  afterEach(() => server?.close());

  const query = async <Row>(text: string, values: unknown[] = []) => (await server.automate.db.query<Row>(text, values)).rows;
  const idsOf = async (table: string) => (await query<{ id: string }>(`select id from ${table} order by id`)).map(({ id }) => id);
  /** As if it had happened that many days earlier. */
  async function age(executionIds: readonly string[], days: number): Promise<void> {
    const shift = `make_interval(days => $2)`;
    await query(
      `update executions set created_at = created_at - ${shift}, finished_at = finished_at - ${shift} where id = any($1)`,
      [executionIds, days],
    );
    await query(
      `update events set received_at = received_at - ${shift} where id in (select event_id from executions where id = any($1))`,
      [executionIds, days],
    );
  }
  const ageEvent = (id: string, days: number) =>
    query('update events set received_at = received_at - make_interval(days => $2) where id = $1', [id, days]);
  /** The end of a sweep that began after now. */
  async function nextSweep(): Promise<void> {
    await query(`update sweeps set due_at = now() where name = 'retention' and holder is null`);
    const due = async () => (await query<{ due: string; holder: string | null }>('select due_at as due, holder from sweeps'))[0];
    const before = await due();
    await eventually(due, (now) => now?.holder === null && now.due !== before?.due);
  }
  const accept = async (key?: string, type = 'retention.none') => {
    const body = { event_type: type, payload: { a: 1 }, ...(key && { idempotency_key: key }) };
    return (await server.call<{ event_id: string; status: string }>('POST', '/api/v1/events/', body)).body;
  };

  it('deletes what is past its time, by status, with all that belongs to it, and nothing else', async () => {
    await server.call('PUT', '/api/v1/policy/', {
      retention_days_succeeded: 10,
      retention_days_failed: 60,
      retention_days_events: 5,
    });
    const good = await createWorkflow(server, [LOG], [], { triggers: [{ type: 'event', event_type: 'retention.good' }] });
    const bad = await createWorkflow(server, [FAIL]);
    const nap = await createWorkflow(server, [NAP]);
    const oldGood = (await runWorkflow(server, good)).id;
    const youngGood = (await runWorkflow(server, good)).id;
    const middleBad = (await runWorkflow(server, bad)).id;
    const oldBad = (await runWorkflow(server, bad)).id;
    const sleeping = (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${nap}/run/`, {})).body.execution_id;
    await eventually(
      async () => (await server.call<{ status: string }>('GET', `/api/v1/executions/${sleeping}/`)).body.status,
      (status) => status === 'waiting',
    );
    const { event_id: triggering } = await accept(undefined, 'retention.good');
    const [started] = await eventually(
      () => query<{ id: string; status: string }>('select id, status from executions where event_id = $1', [triggering]),
      (rows) => rows[0]?.status === 'succeeded',
    );
    const { event_id: oldEvent } = await accept('an-old-key');
    const { event_id: youngEvent } = await accept('a-young-key');
    await eventually(
      () => query('select 1 from outbox'),
      (rows) => rows.length === 0,
    );
    await age([oldGood, sleeping, started?.id ?? ''], 20);
    await age([middleBad], 20);
    await age([oldBad], 90);
    await age([youngGood], 9);
    await ageEvent(oldEvent, 6);
    await ageEvent(youngEvent, 4);
    const eventOf = new Map(
      (await query<{ id: string; event_id: string }>('select id, event_id from executions')).map((row) => [row.id, row.event_id]),
    );
    await nextSweep();

    const kept = [youngGood, middleBad, sleeping].sort();
    expect(await idsOf('executions')).toEqual(kept);
    expect(
      (await query<{ id: string }>('select distinct execution_id as id from step_runs order by 1')).map(({ id }) => id),
    ).toEqual(kept);
    expect((await query<{ id: string }>(`select id from jobs where kind = 'execution' order by id`)).map(({ id }) => id)).toEqual(
      kept,
    );
    // An event stays as long as one of its executions, however old it is.
    expect(await idsOf('events')).toEqual([...kept.map((id) => eventOf.get(id)), youngEvent].sort());
    expect(await query('select 1 from verdicts')).toEqual([]);
    expect((await query<{ key: string }>('select key from event_keys')).map(({ key }) => key)).toEqual(['a-young-key']);
    expect((await server.call('GET', `/api/v1/executions/${oldGood}/`)).status).toBe(404);
    // A key is free again with its event.
    expect([await accept('an-old-key'), await accept('a-young-key')].map(({ status }) => status)).toEqual([
      'accepted',
      'duplicate',
    ]);
    const { body: metrics } = await server.call<string>('GET', '/metrics');
    expect(metrics).toContain('automate_retention_deleted_total{kind="executions"} 3');
    expect(metrics).toContain('automate_retention_deleted_total{kind="steps"} 3');
    expect(metrics).toContain('automate_retention_deleted_total{kind="events"} 4');
    const audit = await server.call<{ valid: boolean }>('GET', '/api/v1/audit/verify/');
    expect(audit.body.valid).toBe(true);
  });

  it('never deletes an event that nobody has decided about, and has days for each tenant', async () => {
    await server.close();
    // Nothing dispatches here, so that what waits in the outbox stays there.
    server = await createTestServer(kind, { hasWorker: false });
    const { db, engine } = server.automate;
    const logger = createLogger({ level: 'silent' });
    const retention = createRetention({ db, policies: engine.policy, logger, name: 'test', sweepSeconds: 1, graceDays: 31 });
    const quick = await createTenant(server, 'quick');
    await quick.call('PUT', '/api/v1/policy/', { retention_days_events: 1 });
    const send = async (call: TestServer['call']) =>
      (await call<{ event_id: string }>('POST', '/api/v1/events/', { event_type: 'a.b', payload: {} })).body.event_id;
    const [waiting, handled, young, old] = [
      await send(quick.call),
      await send(quick.call),
      await send(server.call),
      await send(server.call),
    ];
    await query('delete from outbox where event_id <> $1', [waiting]);
    for (const id of [waiting, handled]) await ageEvent(id, 2);
    await ageEvent(young, 29);
    await ageEvent(old, 31);
    retention.start();
    try {
      await eventually(
        () => idsOf('events'),
        (ids) => ids.length === 2,
      );
      await nextSweep();
      expect(await idsOf('events')).toEqual([waiting, young].sort());
      await query('delete from outbox');
      await eventually(
        () => idsOf('events'),
        (ids) => ids.length === 1,
      );
    } finally {
      await retention.stop();
    }
    expect([...retention.deleted]).toEqual([
      ['executions', 0],
      ['steps', 0],
      ['events', 3],
      ['months', 0],
    ]);
  });

  it('leaves executions alone that run while it deletes others by the hundred', async () => {
    const workflow = await createWorkflow(server, [LOG, { ...LOG, id: 'b' }], [{ source: 'log', target: 'b' }]);
    const run = async () =>
      (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, {})).body.execution_id;
    const old = await Promise.all(Array.from({ length: 60 }, run));
    for (const id of old) await waitForExecution(server, id);
    await age(old, 40);
    // More of the same: what one transaction can take is bounded.
    await query(
      `insert into executions (id, tenant_id, workflow_id, workflow_version, version_id, event_id, status, trace_id, created_at, finished_at)
       select gen_random_uuid(), tenant_id, workflow_id, workflow_version, version_id, event_id, status, trace_id, created_at, finished_at
       from executions, generate_series(1, 20) where id = any($1)`,
      [old],
    );
    const sweeping = nextSweep();
    const fresh: string[] = [];
    for (let round = 0; round < 10; round += 1) fresh.push(...(await Promise.all([run(), run(), run()])));
    await sweeping;
    for (const id of fresh) expect(await waitForExecution(server, id)).toMatchObject({ status: 'succeeded', steps: [{}, {}] });
    await nextSweep();
    expect(await idsOf('executions')).toEqual([...fresh].sort());
    expect(await query('select 1 from events')).toHaveLength(fresh.length);
  });
});

describe('retention in several processes', () => {
  it('is done by one at a time, and by another when that one is gone', async () => {
    const environment = { AUTOMATE_RETENTION_SWEEP_SECONDS: '1' };
    const one = await createTestServer('postgres', { environment });
    const two = await createTestServer('postgres', { environment, database: one.database });
    try {
      const { db } = one.automate;
      const sweep = async () =>
        (await db.query<{ holder: string | null; due: string }>('select holder, due_at as due from sweeps')).rows[0];
      await db.query(`update sweeps set holder = 'another', held_until = now() + interval '3 seconds', due_at = now()`);
      const taken = await sweep();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect(await sweep()).toEqual(taken);
      await eventually(sweep, (now) => now?.holder === null && now.due !== taken?.due);
    } finally {
      await two.close();
      await one.close();
    }
  });
});
