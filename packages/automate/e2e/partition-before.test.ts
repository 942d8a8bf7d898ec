import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../src/db/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow } from './support/executions.ts';
import { monthFromNow, nextSweep, partitionOf, partitionsOf, past, suffixOf } from './support/months.ts';
import { createTenant } from './support/tenants.ts';

const LOG = { id: 'log', type: 'core.log', config: { message: 'x' } };
const HISTORIES = ['step_runs', 'events', 'verdicts'] as const;
const SUFFIX = `before_${suffixOf(monthFromNow(-1))}`;

/** An installation that is older than its months has one partition with all from before them. */
describe.each(databaseKinds)('what was there before there were months on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await createTestServer(kind, {
      environment: { AUTOMATE_RETENTION_SWEEP_SECONDS: '1', AUTOMATE_RETENTION_DAYS: '0' },
    });
    await nextSweep(server);
    const { db } = server.automate;
    // As long as it is empty, a sweep would drop it.
    await db.query(`update sweeps set holder = 'this test', held_until = now() + interval '1 hour'`);
    for (const history of HISTORIES) await db.migrate((connection) => connection.script(partition(history)));
  });
  afterEach(() => server?.close());

  const sweep = async () => {
    await server.automate.db.query('update sweeps set holder = null, held_until = null');
    await nextSweep(server);
  };

  it('is shown and kept like the months, and dropped as one when nobody keeps anything of it', async () => {
    const { automate, call } = server;
    const { db } = automate;
    const workflow = await createWorkflow(server, [LOG]);
    const recent = await runWorkflow(server, workflow);
    const old = await past(db, workflow, new Date('2025-03-04'), { key: 'old' });
    const older = await past(db, workflow, new Date('2024-12-31'));
    const later = await past(db, workflow, new Date(monthFromNow(-1).getTime() + 1));
    for (const { executionId } of [old, older])
      expect(await partitionOf(db, 'step_runs', 'execution_id', executionId)).toBe(`step_runs_${SUFFIX}`);
    await sweep();
    // The month after it is made, and none within it.
    const months = [-1, 0, 1, 2, 3].map((month) => suffixOf(monthFromNow(month)));
    for (const history of HISTORIES) expect(await partitionsOf(db, history)).toEqual([SUFFIX, ...months, 'default']);
    expect(await partitionOf(db, 'events', 'id', later.eventId)).toBe(`events_${months[0]}`);
    for (const { executionId } of [old, older, later])
      expect((await call('GET', `/api/v1/executions/${executionId}/`)).body).toMatchObject({ steps: [{}, {}, {}] });
    const again = { event_type: 'past.event', payload: {}, idempotency_key: 'old' };
    expect((await call('POST', '/api/v1/events/', again)).body).toMatchObject({ status: 'duplicate', event_id: old.eventId });
    const stranger = await createTenant(server, 'stranger');
    expect((await stranger.call('GET', '/api/v1/events/')).body).toMatchObject({ results: [] });

    await call('PUT', '/api/v1/policy/', {
      retention_days_succeeded: 200,
      retention_days_failed: 200,
      retention_days_cancelled: 200,
      retention_days_events: 200,
    });
    await sweep();
    for (const { executionId } of [old, older])
      expect((await call('GET', `/api/v1/executions/${executionId}/`)).status).toBe(404);
    for (const id of [later.executionId, recent.id]) expect((await call('GET', `/api/v1/executions/${id}/`)).status).toBe(200);
    expect(await partitionsOf(db, 'step_runs')).toEqual([...months, 'default']);
  });

  it('has what every partition has: the columns, indexes and policies of its table, and no grants', async () => {
    const { db } = server.automate;
    for (const history of HISTORIES) {
      const whole = await shapeOf(db, history);
      expect(whole.policies).toHaveLength(2);
      const ofDefault = await storageOf(db, `${history}_default`);
      for (const suffix of await partitionsOf(db, history)) {
        const name = `${history}_${suffix}`;
        expect(await shapeOf(db, name), name).toEqual({ ...whole, grants: null });
        expect(await storageOf(db, name), name).toEqual(ofDefault);
      }
    }
    expect(await storageOf(db, 'step_runs_default')).toEqual(['fillfactor=90']);
  });
});

/** As the migration to months has made it. */
function partition(history: string): string {
  const name = `automate.${history}_${SUFFIX}`;
  return `create table ${name} (like automate.${history}_default including all) ${history === 'step_runs' ? 'with (fillfactor = 90)' : ''};
    select automate.close_partition('${name}');
    do $$ begin execute format('alter table automate.${history} attach partition ${name} for values from (minvalue) to (%L)',
      automate.month_id('${monthFromNow(-1).toISOString().slice(0, 10)}')); end $$;`;
}

/** What is known of a table, whatever holds its rows. */
async function shapeOf(db: Db, table: string): Promise<Record<string, unknown>> {
  const sorted = (facts: string) => `(select array_agg(fact order by fact) from (${facts}) as known(fact))`;
  const columns = `select format('%s %s %s %s %s', attname, format_type(atttypid, atttypmod), attnotnull, attstorage, pg_get_expr(adbin, adrelid))
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid = c.oid and attnum > 0 and not attisdropped`;
  const indexes = `select regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', '') from pg_index where indrelid = c.oid`;
  const constraints = `select contype::text || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = c.oid and contype in ('c', 'p', 'u')`;
  const policies = `select format('%s %s %s %s', polname, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
    from pg_policy where polrelid = c.oid`;
  const grants = `select format('%s %s', grantee::regrole, privilege_type) from aclexplode(relacl) where grantee <> relowner`;
  const { rows } = await db.query(
    `select ${sorted(columns)} as columns, ${sorted(indexes)} as indexes, ${sorted(constraints)} as constraints,
       ${sorted(policies)} as policies, ${sorted(grants)} as grants, relrowsecurity, relforcerowsecurity
     from pg_class c where oid = to_regclass($1)`,
    [table],
  );
  return rows[0] as Record<string, unknown>;
}

const storageOf = async (db: Db, table: string) =>
  (await db.query<{ reloptions: string[] | null }>('select reloptions from pg_class where oid = to_regclass($1)', [table]))
    .rows[0]?.reloptions;
