import { afterEach, describe, expect, it } from 'vitest';
import { type Db, migrate } from '../src/db/index.ts';
import { builtInMigrations, readMigrations } from '../src/db/migrations/sources.ts';
import { createTestDatabase, createTestServer, databaseKinds, type TestDatabase, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually } from './support/executions.ts';
import { idAt, monthFromNow, nextSweep, partitionOf, partitionsOf, past, suffixOf } from './support/months.ts';
import { createTenant } from './support/tenants.ts';

const LOG = { id: 'log', type: 'core.log', config: { message: 'x' } };
const NAP = { id: 'nap', type: 'core.sleep', config: { seconds: 1 } };
const HISTORIES = ['step_runs', 'events', 'verdicts'] as const;
const PARTITIONS = '0017';
const RUNNING = { pglite: 60, postgres: 500 } as const;

/** What is known of a table, whatever holds its rows. */
async function shapeOf(db: Db, table: string): Promise<unknown> {
  const { rows } = await db.query(
    `select
       (select array_agg(format('%s %s %s %s %s', attname, format_type(atttypid, atttypmod), attnotnull, attstorage, attcompression) order by attnum)
        from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
       (select array_agg(replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') order by indexrelid::regclass::text) from pg_index where indrelid = c.oid) as indexes,
       (select array_agg(conname || ' ' || pg_get_constraintdef(oid) order by conname) from pg_constraint where conrelid = c.oid and contype in ('c', 'p', 'u')) as constraints,
       (select array_agg(format('%s %s %s %s', polname, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) order by polname)
        from pg_policy where polrelid = c.oid) as policies,
       (select array_agg(format('%s %s', grantee::regrole, privilege_type) order by 1) from aclexplode(relacl), lateral (select 1) as one where grantee <> relowner) as grants,
       relrowsecurity, relforcerowsecurity
     from pg_class c where oid = to_regclass($1)`,
    [table],
  );
  return rows[0];
}

const storageOf = async (db: Db, table: string) =>
  (await db.query<{ reloptions: string[] | null }>('select reloptions from pg_class where oid = to_regclass($1)', [table]))
    .rows[0]?.reloptions;

describe.each(databaseKinds)('history becomes partitioned on %s', (kind) => {
  let database: TestDatabase;
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await database?.dispose();
  });

  /** A database as it was before, which says that it is not, so that a server of today works with it. */
  async function before(): Promise<void> {
    database = await createTestDatabase(kind);
    const db = await database.open();
    await db.migrate(async (connection) => {
      await connection.script(
        `drop schema automate cascade; create schema automate;
         create table automate.migrations (feature text, name text, checksum text not null, applied_at timestamptz(3) not null default now(), primary key (feature, name))`,
      );
      for (const { source, name, sql, checksum } of readMigrations([builtInMigrations])) {
        if (name < PARTITIONS) await connection.script(`begin; ${sql}; commit`);
        await connection.query('insert into automate.migrations (feature, name, checksum) values ($1, $2, $3)', [
          source.name,
          name,
          checksum,
        ]);
      }
      // What a server of today writes into these tables beside.
      await connection.script(
        `alter table automate.events add column hops smallint not null default 0, add column is_internal boolean not null default false;
         alter table automate.outbox add column bytes int not null default 0;
         alter table automate.verdicts add column note text;
         alter table automate.step_runs add column bytes int not null default 0, add column seen text;
         alter table automate.jobs add column is_bulk boolean not null default false;
         create table automate.trigger_versions (tenant_id uuid primary key, version bigint not null);
         grant all on automate.trigger_versions to automate_system, automate_app`,
      );
      // What the embedded database asks for when it starts.
      await connection.script(
        `create function automate.missing_history_months(int) returns setof date language sql as 'select null::date where false';
         create function automate.add_history_month(date) returns boolean language sql as 'select true'`,
      );
    });
    await db.close();
  }
  const migrateNow = async ({ db }: TestServer['automate']) => {
    await db.migrate((connection) =>
      connection.script(
        `drop function if exists automate.missing_history_months, automate.add_history_month; drop table automate.trigger_versions;
         alter table automate.jobs drop column is_bulk; delete from automate.migrations where name >= '${PARTITIONS}'`,
      ),
    );
    return migrate(db);
  };
  const start = async () => {
    server = await createTestServer(kind, {
      database,
      environment: { AUTOMATE_RETENTION_SWEEP_SECONDS: '1', AUTOMATE_RETENTION_DAYS: '0', AUTOMATE_LOG_LEVEL: 'fatal' },
    });
    return server;
  };

  it('while executions run, and keeps every row, index, policy, grant and setting', { timeout: 180_000 }, async () => {
    await before();
    const { automate, call } = await start();
    const { db } = automate;
    const query = async <Row>(text: string, values: unknown[] = []) => (await db.query<Row>(text, values)).rows;
    const shapes = await Promise.all(HISTORIES.map((table) => shapeOf(db, table)));
    const storage = await Promise.all(HISTORIES.map((table) => storageOf(db, table)));

    const triggers = [{ type: 'event', event_type: 'before.began' }];
    const workflow = await createWorkflow(
      server as TestServer,
      [LOG, NAP, { ...LOG, id: 'end' }],
      [
        { source: 'log', target: 'nap' },
        { source: 'nap', target: 'end' },
      ],
      { triggers },
    );
    const old = await past(db, workflow, new Date('2025-03-04'), { key: 'old' });
    // Ids of a clock that is far ahead fit in no month.
    const ahead = await past(db, workflow, monthFromNow(50));
    const sent: string[] = [];
    const send = async (count: number) => {
      const events = Array.from({ length: count }, () => ({ event_type: 'before.began', payload: { a: 1 } }));
      const { status, body } = await call<{ event_id: string }[]>('POST', '/api/v1/events/', events);
      expect({ status, body }).toMatchObject({ status: 202 });
      sent.push(...body.map(({ event_id }) => event_id));
    };
    const total = RUNNING[kind];
    for (let done = 0; done < total / 2; done += 10) await send(10);
    const [migrated] = await Promise.all([
      migrateNow(automate),
      (async () => {
        for (let done = total / 2; done < total; done += 10) await send(10);
      })(),
    ]);
    expect(migrated[0]).toBe('automate/0017_partitions');

    await eventually(
      () => query<{ count: number }>(`select count(*) from executions where trigger_id is not null and status = 'succeeded'`),
      ([row]) => Number(row?.count) === total,
      60_000,
    );
    expect(sent).toHaveLength(total);
    const [counts] = await query(
      `select (select count(distinct id) from events where id = any($1))::int as events,
         (select count(*) from verdicts where event_id = any($1) and is_match)::int as verdicts,
         (select count(*) from step_runs join executions on executions.id = execution_id where event_id = any($1) and step_runs.status = 'succeeded')::int as steps,
         (select count(*) from outbox)::int as outbox`,
      [sent],
    );
    expect(counts).toEqual({ events: total, verdicts: total, steps: total * 3, outbox: 0 });
    for (const { executionId } of [old, ahead])
      expect((await call('GET', `/api/v1/executions/${executionId}/`)).body).toMatchObject({ steps: [{}, {}, {}] });

    expect(await Promise.all(HISTORIES.map((table) => shapeOf(db, table)))).toEqual(shapes);
    const [suffix] = await partitionsOf(db, 'events');
    expect(suffix).toMatch(/^before_\d{4}_\d\d$/);
    for (const [index, history] of HISTORIES.entries()) {
      const partitions = await partitionsOf(db, history);
      expect(partitions).toEqual([suffix, ...partitions.slice(1, -1), 'default']);
      expect(partitions).toContain(suffixOf(monthFromNow(3)));
      for (const partition of partitions) expect(await storageOf(db, `${history}_${partition}`)).toEqual(storage[index]);
    }
    expect(await partitionOf(db, 'step_runs', 'execution_id', old.executionId)).toBe(`step_runs_${suffix}`);
    expect(await partitionOf(db, 'step_runs', 'execution_id', ahead.executionId)).toBe('step_runs_default');
    // What was decided about it is known, and each tenant sees its own.
    const again = await call<{ status: string }>('POST', '/api/v1/events/', {
      event_type: 'a.b',
      payload: {},
      idempotency_key: 'old',
    });
    expect(again.body).toMatchObject({ status: 'duplicate', event_id: old.eventId });
    const stranger = await createTenant(server as TestServer, 'stranger');
    expect((await stranger.call('GET', '/api/v1/events/')).body).toMatchObject({ results: [] });
    for (const history of HISTORIES) {
      const read = db.asTenant(stranger.id, (transaction) => transaction.query(`select 1 from ${history}_${suffix}`));
      await expect(read, history).rejects.toMatchObject({ code: '42501' });
    }
    expect((await call('GET', '/api/v1/approvals/')).status).toBe(200);
    // Later sweeps find their way.
    await call('PUT', '/api/v1/policy/', { retention_days_succeeded: 30, retention_days_events: 30 });
    // Those from before have failed, and hold it still.
    await query('update sweeps set holder = null, held_until = null');
    await nextSweep(server as TestServer);
    expect((await call('GET', `/api/v1/executions/${old.executionId}/`)).status).toBe(404);
    expect(await partitionsOf(db, 'events')).toContain(suffix);
  });

  it('after a migration that was stopped half-way, and refuses what hangs on it', async () => {
    await before();
    const { automate } = await start();
    const { db } = automate;
    const workflow = await createWorkflow(server as TestServer, [LOG]);
    const { executionId } = await past(db, workflow, new Date('2025-03-04'));
    await db.migrate((connection) => connection.script('create view public.mine as select id from automate.events'));
    await expect(migrateNow(automate)).rejects.toThrow('hangs on it: view mine');
    // It can be worked with as before.
    expect((await server?.call('POST', '/api/v1/events/', { event_type: 'a.b', payload: {} }))?.status).toBe(202);
    await db.migrate((connection) => connection.script('drop view public.mine'));
    expect((await migrate(db))[0]).toBe('automate/0017_partitions');
    const { rows } = await db.query(
      `select conname from pg_constraint where connamespace = 'automate'::regnamespace and conname like 'is_before%'`,
    );
    expect(rows).toEqual([]);
    expect((await server?.call('GET', `/api/v1/executions/${executionId}/`))?.body).toMatchObject({ steps: [{}, {}, {}] });
    await db.query(`insert into events (id, tenant_id, event_type, source, payload, occurred_at, trace_id)
      select '${idAt(monthFromNow(7))}', id, 'a', 'a', '1', now(), 'x' from tenants`);
  });
});
