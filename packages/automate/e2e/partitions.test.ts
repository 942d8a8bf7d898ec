import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, runWorkflow } from './support/executions.ts';
import { idAt, monthFromNow, nextSweep, partitionOf, partitionsOf, past, suffixOf } from './support/months.ts';
import { createTenant } from './support/tenants.ts';

const LOG = { id: 'log', type: 'core.log', config: { message: 'x' } };
const HISTORIES = ['step_runs', 'events', 'verdicts'] as const;
const DAY_MS = 86_400_000;

describe.each(databaseKinds)('months of history on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    // Nothing goes unless a test says so.
    server = await createTestServer(kind, {
      environment: { AUTOMATE_RETENTION_SWEEP_SECONDS: '1', AUTOMATE_RETENTION_DAYS: '0' },
    });
  });
  afterEach(() => server?.close());

  const query = async <Row>(text: string, values: unknown[] = []) => (await server.automate.db.query<Row>(text, values)).rows;
  const partitions = (history: string) => partitionsOf(server.automate.db, history);
  const statusOf = async (id: string, call = server.call) => (await call('GET', `/api/v1/executions/${id}/`)).status;
  const setDays = (days: number | null, call = server.call) =>
    call('PUT', '/api/v1/policy/', {
      retention_days_succeeded: days,
      retention_days_failed: days,
      retention_days_cancelled: days,
      retention_days_events: days,
    });
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

  it('are there before they begin, and take in what is written now', async () => {
    const wanted = [...[0, 1, 2, 3].map((months) => suffixOf(monthFromNow(months))), 'default'];
    for (const history of HISTORIES) expect(await partitions(history)).toEqual(wanted);
    const triggers = [{ type: 'event', event_type: 'months.now' }];
    await createWorkflow(server, [LOG], [], { triggers });
    const { event_id: event } = (
      await server.call<{ event_id: string }>('POST', '/api/v1/events/', { event_type: 'months.now', payload: {} })
    ).body;
    const [execution] = await eventually(
      () => query<{ id: string }>(`select id from executions where event_id = $1 and status = 'succeeded'`, [event]),
      (rows) => rows.length === 1,
    );
    const { db } = server.automate;
    const now = suffixOf(monthFromNow(0));
    expect(await partitionOf(db, 'events', 'id', event)).toBe(`events_${now}`);
    expect(await partitionOf(db, 'verdicts', 'event_id', event)).toBe(`verdicts_${now}`);
    expect(await partitionOf(db, 'step_runs', 'execution_id', execution?.id ?? '')).toBe(`step_runs_${now}`);
    // One that somebody has lost is made again.
    await db.migrate((connection) => connection.script(`drop table automate.events_${suffixOf(monthFromNow(3))}`));
    await nextSweep(server);
    expect(await partitions('events')).toEqual(wanted);
  });

  it('take in what was written from long ago, and are dropped when nobody keeps anything of them', async () => {
    const { db } = server.automate;
    const workflow = await createWorkflow(server, [LOG]);
    const recent = await runWorkflow(server, workflow);
    const [month, other] = [monthFromNow(-5), monthFromNow(-4)];
    const time = new Date(month.getTime() + 3 * DAY_MS);
    const old = await past(db, workflow, time, { key: 'an-old-key' });
    const later = await past(db, workflow, new Date(other.getTime() + DAY_MS), { status: 'failed' });
    expect(await partitionOf(db, 'events', 'id', old.eventId)).toMatch(/^events_(default|\d)/);
    await nextSweep(server);
    const suffix = suffixOf(month);
    for (const history of HISTORIES) expect(await partitions(history)).toEqual(expect.arrayContaining([suffix, suffixOf(other)]));
    expect(await partitionOf(db, 'step_runs', 'execution_id', old.executionId)).toBe(`step_runs_${suffix}`);
    expect(await partitionOf(db, 'events', 'id', old.eventId)).toBe(`events_${suffix}`);
    expect(await partitionOf(db, 'verdicts', 'event_id', old.eventId)).toBe(`verdicts_${suffix}`);

    const { body: shown } = await server.call('GET', `/api/v1/executions/${old.executionId}/`);
    expect(shown).toMatchObject({ status: 'succeeded', steps: [{ node: 'step_1' }, { node: 'step_2' }, { node: 'step_3' }] });
    const list = await server.call<{ results: { id: string }[] }>('GET', '/api/v1/executions/?ordering=id');
    expect(list.body.results.map(({ id }) => id)).toEqual([old.executionId, later.executionId, recent.id]);
    const events = await server.call<{ results: { id: string }[] }>('GET', '/api/v1/events/?event_type=past.event');
    expect(events.body.results.map(({ id }) => id)).toEqual([later.eventId, old.eventId]);

    await setDays(30);
    await nextSweep(server);
    expect(await statusOf(old.executionId)).toBe(404);
    expect(await statusOf(later.executionId)).toBe(404);
    expect(await statusOf(recent.id)).toBe(200);
    for (const history of HISTORIES)
      expect(await partitions(history)).toEqual([...[0, 1, 2, 3].map((months) => suffixOf(monthFromNow(months))), 'default']);
    for (const table of ['step_runs', 'jobs', 'executions']) expect(await query(`select 1 from ${table}`), table).toHaveLength(1);
    expect(await query('select 1 from event_keys')).toEqual([]);
    // Its key is free: what comes with it is a new event.
    const again = { event_type: 'past.event', payload: {}, idempotency_key: 'an-old-key' };
    const { body: accepted } = await server.call<{ event_id: string; status: string }>('POST', '/api/v1/events/', again);
    expect(accepted.status).toBe('accepted');
    expect((await server.call('GET', `/api/v1/events/${accepted.event_id}/`)).status).toBe(200);
    const { body: metrics } = await server.call<string>('GET', '/metrics');
    expect(metrics).toContain('automate_retention_deleted_total{kind="months"} 4');
    expect(metrics).toContain('automate_retention_deleted_total{kind="steps"} 6');
    expect(metrics).toContain('automate_retention_deleted_total{kind="events"} 2');
  });

  it('stay as long as one tenant keeps something of them, and only that is kept', async () => {
    const { db } = server.automate;
    const keeper = await createTenant(server, 'keeper');
    const brief = await createTenant(server, 'brief');
    const make = async (call: TestServer['call']) => createWorkflow({ ...server, call }, [LOG]);
    const time = new Date(monthFromNow(-6).getTime() + DAY_MS);
    const kept = await past(db, await make(keeper.call), time);
    const gone = await past(db, await make(brief.call), time);
    await setDays(10, brief.call);
    await nextSweep(server);
    const suffix = suffixOf(monthFromNow(-6));
    for (const history of HISTORIES) expect(await partitions(history)).toContain(suffix);
    expect(await statusOf(kept.executionId, keeper.call)).toBe(200);
    expect(await statusOf(gone.executionId, brief.call)).toBe(404);
    expect(await query('select distinct execution_id as id from step_runs')).toEqual([{ id: kept.executionId }]);
    expect(await query('select id from events where event_type = $1', ['past.event'])).toEqual([{ id: kept.eventId }]);
    expect(await query('select event_id from verdicts')).toEqual([{ event_id: kept.eventId }]);
    await setDays(10, keeper.call);
    await nextSweep(server);
    for (const history of HISTORIES) expect(await partitions(history)).not.toContain(suffix);
  });

  it('stay as long as an execution of them is not over, without what others left in them', async () => {
    const { db } = server.automate;
    const workflow = await createWorkflow(server, [LOG]);
    const time = new Date(monthFromNow(-6).getTime() + DAY_MS);
    const active = await past(db, workflow, time, { status: 'waiting' });
    const over = await past(db, workflow, time);
    // Whose execution is gone, and its steps had waited for their month.
    const orphan = await past(db, workflow, time);
    await query('delete from executions where id = $1', [orphan.executionId]);
    await setDays(10);
    await nextSweep(server);
    const suffix = suffixOf(monthFromNow(-6));
    for (const history of HISTORIES) expect(await partitions(history)).toContain(suffix);
    expect(await statusOf(active.executionId)).toBe(200);
    expect(await statusOf(over.executionId)).toBe(404);
    expect(await query('select distinct execution_id as id from step_runs')).toEqual([{ id: active.executionId }]);
    expect(await query('select id from events')).toEqual([{ id: active.eventId }]);
    await query(`update executions set status = 'cancelled', finished_at = now() - interval '11 days'`);
    await nextSweep(server);
    for (const history of HISTORIES) expect(await partitions(history)).not.toContain(suffix);
  });

  it('let steps of deleted executions wait for their month, where nobody sees them', async () => {
    await server.close();
    const environment = { AUTOMATE_RETENTION_SWEEP_SECONDS: '1', AUTOMATE_RETENTION_DAYS: '0' };
    for (const [grace, left] of [
      ['366', 3],
      ['0', 0],
    ] as const) {
      server = await createTestServer(kind, { environment: { ...environment, AUTOMATE_RETENTION_GRACE_DAYS: grace } });
      const { db } = server.automate;
      const workflow = await createWorkflow(server, [LOG]);
      // The month before this one: its first day is past its time, its last is not.
      const last = monthFromNow(-1);
      const old = await past(db, workflow, last);
      const young = await past(db, workflow, new Date(monthFromNow(0).getTime() - 1));
      await query(`update step_runs set node_type = 'core.approval' where execution_id = $1 and seq = 1`, [old.executionId]);
      const [approval] = await query<{ id: string }>(
        `select approval_id(execution_id, node_path, iteration) as id from step_runs where execution_id = $1 and seq = 1`,
        [old.executionId],
      );
      const days = Math.floor((Date.now() - last.getTime()) / DAY_MS);
      await setDays(days);
      await nextSweep(server);
      expect(await statusOf(old.executionId)).toBe(404);
      expect((await server.call('GET', `/api/v1/executions/${old.executionId}/steps/`)).status).toBe(404);
      expect((await server.call('GET', `/api/v1/approvals/${approval?.id}/`)).status).toBe(404);
      expect(await statusOf(young.executionId)).toBe(200);
      expect(await query('select 1 from step_runs where execution_id = $1', [old.executionId])).toHaveLength(left);
      expect(await query('select 1 from step_runs where execution_id = $1', [young.executionId])).toHaveLength(3);
      expect(await partitions('step_runs')).toContain(suffixOf(last));
      if (grace === '366') await server.close();
    }
  });

  it('have a default for what fits in none, and leave in it what is too much to be moved at once', async () => {
    const { db } = server.automate;
    const workflow = await createWorkflow(server, [LOG]);
    const future = await past(db, workflow, monthFromNow(300));
    const month = monthFromNow(-7);
    const much = await past(db, workflow, month);
    await query(
      `insert into step_runs (execution_id, node_path, iteration, tenant_id, seq, node_type, status)
       select execution_id, node_path, n, tenant_id, n + 3, node_type, status from step_runs, generate_series(1, 20000) as n
       where execution_id = $1 and seq = 1`,
      [much.executionId],
    );
    await nextSweep(server);
    const suffix = suffixOf(month);
    expect(await partitionOf(db, 'step_runs', 'execution_id', future.executionId)).toBe('step_runs_default');
    expect(await partitionOf(db, 'step_runs', 'execution_id', much.executionId)).toBe('step_runs_default');
    // The other tables have few of it.
    expect(await partitionOf(db, 'events', 'id', much.eventId)).toBe(`events_${suffix}`);
    for (const { executionId } of [future, much]) expect(await statusOf(executionId)).toBe(200);
    await query('delete from step_runs where execution_id = $1 and iteration > 100', [much.executionId]);
    await nextSweep(server);
    expect(await partitionOf(db, 'step_runs', 'execution_id', much.executionId)).toBe(`step_runs_${suffix}`);
    expect(await query('select 1 from step_runs where execution_id = $1', [much.executionId])).toHaveLength(103);
  });

  it('are reached through their tables alone, and not made or dropped by a tenant', async () => {
    const { db } = server.automate;
    await runWorkflow(server, await createWorkflow(server, [LOG]));
    const [tenant] = await query<{ id: string }>(`select id from tenants where slug = 'default'`);
    const own = tenant?.id ?? '';
    const [{ names } = { names: [] }] = await query<{ names: string[] }>(
      'select array_agg(name) as names from history_partitions',
    );
    expect(names).toHaveLength(15);
    for (const name of names) {
      for (const statement of [
        `select 1 from ${name}`,
        `delete from ${name}`,
        `truncate ${name}`,
        `insert into ${name} default values`,
      ]) {
        const run = db.asTenant(own, (transaction) => transaction.query(statement));
        await expect(run, statement).rejects.toMatchObject({ code: '42501' });
        await expect(query(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
    }
    // Were it granted by mistake, the policies would hold there too.
    await db.migrate((connection) => connection.script(`grant select on automate.${names[0]} to automate_app`));
    const stranger = await createTenant(server, 'stranger');
    const seen = (id: string) => db.asTenant(id, (transaction) => transaction.query(`select 1 from ${names[0]}`));
    expect((await seen(stranger.id)).rows).toEqual([]);

    for (const call of [
      `add_history_month('${monthFromNow(4).toISOString().slice(0, 10)}')`,
      `drop_history_month('step_runs', '${suffixOf(monthFromNow(0))}', now())`,
      'missing_history_months(1)',
      `close_partition('events')`,
    ])
      await expect(
        db.asTenant(own, (transaction) => transaction.query(`select ${call}`)),
        call,
      ).rejects.toMatchObject({ code: '42501' });
    // Nor by a worker, other than as they are meant to be.
    for (const call of [
      `add_history_month('2026-01-02')`,
      `add_history_month('1999-01-01')`,
      `add_history_month('2200-01-01')`,
      `drop_history_month('step_runs', '${suffixOf(monthFromNow(0))}', now())`,
      `drop_history_month('step_runs', 'default', now())`,
      `drop_history_month('jobs', '2026_01', now())`,
      `drop_history_month('events', '2026_01; drop table jobs', now())`,
      `drop_history_month('events', null, now())`,
    ])
      await expect(query(`select ${call}`), call).rejects.toMatchObject({ code: '22023' });
    // Not what is still needed.
    const old = await past(db, await createWorkflow(server, [LOG]), daysAgo(200));
    await nextSweep(server);
    const suffix = suffixOf(daysAgo(200));
    for (const history of ['step_runs', 'events'])
      expect(await query('select drop_history_month($1, $2, now()) as done', [history, suffix])).toEqual([{ done: false }]);
    expect(await statusOf(old.executionId)).toBe(200);
  });
});

describe('months of history beside other work', () => {
  it('are made later when somebody holds a lock', async () => {
    const environment = { AUTOMATE_RETENTION_SWEEP_SECONDS: '1', AUTOMATE_RETENTION_DAYS: '0' };
    const server = await createTestServer('postgres', { environment });
    try {
      const { db } = server.automate;
      const workflow = await createWorkflow(server, [LOG]);
      const id = idAt(monthFromNow(-3));
      await db.transaction(async (transaction) => {
        // A long report, which has looked at all the events.
        await transaction.query('select count(*) from events');
        await db.query(
          `insert into events (id, tenant_id, event_type, source, payload, occurred_at, trace_id)
           select $1, tenant_id, 'a.b', 'test', '1', now(), 'x' from workflows where id = $2`,
          [id, workflow],
        );
        await nextSweep(server);
        expect(await partitionOf(db, 'events', 'id', id)).toBe('events_default');
        // Nobody waits behind it for long.
        const { status } = await server.call('POST', '/api/v1/events/', { event_type: 'a.b', payload: {} });
        expect(status).toBe(202);
      });
      await nextSweep(server);
      expect(await partitionOf(db, 'events', 'id', id)).toBe(`events_${suffixOf(monthFromNow(-3))}`);
    } finally {
      await server.close();
    }
  });
});
