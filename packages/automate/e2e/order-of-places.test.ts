import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/kernel/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually } from './support/executions.ts';
import { handleOf, wait } from './support/graphs.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';
import { startWorkerProcess } from './support/server-process.ts';

interface Numbered {
  readonly id: string;
  readonly n: number;
}

const eventsOf = (count: number): Numbered[] => Array.from({ length: count }, (_, n) => ({ id: newId(), n }));

/** Executions that wait for the one place of a limit, which somebody holds until all of them are there. */
async function line(server: TestServer, sink: ScriptedSink) {
  const { db, jobs } = server.automate;
  const { start, signal, reaches } = handleOf(server);
  const type = `line.${newId()}`;
  const settings = { concurrency: { limit: 1, key: type, scope: 'tenant' } };
  const holder = await start(await createWorkflow(server, [wait('go')], [], { settings }));
  await reaches(holder, 'waiting');
  const config = { method: 'POST', url: `${sink.url}/${type}`, json: { n: '{{ event.payload.n }}' } };
  const triggers = [{ type: 'event', event_type: type }];
  await createWorkflow(server, [{ id: 'call', type: 'http.request', config }], [], { settings, triggers });
  return {
    /** @param bytes what each is said to weigh */
    async bring(events: readonly Numbered[], bytes = 0): Promise<void> {
      await db.query(
        `with stored as (
           insert into events (id, tenant_id, event_type, source, payload, occurred_at, trace_id)
           select event.id, tenants.id, $2, 'test', jsonb_build_object('n', n), now(), 'line'
           from jsonb_to_recordset($1) as event(id uuid, n int), tenants where slug = 'default' returning id, tenant_id)
         insert into outbox (event_id, tenant_id, bytes) select id, tenant_id, $3 from stored`,
        [JSON.stringify(events), type, bytes],
      );
      jobs.announce();
    },
    waiting: (count: number) =>
      eventually(
        async () => (await db.query('select 1 from job_slots where is_blocked')).rows.length,
        (blocked) => blocked === count,
      ),
    /** Lets them in, and tells in which order they came. */
    async letIn(count: number): Promise<unknown[]> {
      // All made within one second.
      await db.query('update job_slots set rank = 0 where is_blocked');
      expect((await signal(holder, 'go')).status).toBe(202);
      const calls = await eventually(
        async () => sink.calls.filter(({ path }) => path === `/${type}`),
        ({ length }) => length === count,
      );
      return calls.map(({ body }) => (body as Numbered).n);
    },
  };
}

describe.each(databaseKinds)('the order of those that wait for a place on %s', (kind) => {
  let sink: ScriptedSink;
  let server: TestServer;
  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host } });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  it('is that of their events, though later ones were dispatched before them', async () => {
    const { bring, waiting, letIn } = await line(server, sink);
    const events = eventsOf(6);
    await bring(events.slice(3));
    await waiting(3);
    await bring(events.slice(0, 3));
    await waiting(6);
    expect(await letIn(6)).toEqual(events.map(({ n }) => n));
  });

  // The embedded database has one process.
  if (kind === 'pglite') return;
  it('is that of their events, though several processes dispatch a few of them each', async () => {
    const launch = { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host } };
    const workers = await Promise.all([1, 2].map(() => startWorkerProcess(server.database, launch)));
    try {
      const { bring, waiting, letIn } = await line(server, sink);
      const events = eventsOf(60);
      const isEven = ({ n }: Numbered) => n % 2 === 0;
      await bring(events.filter(isEven), 3_000_000);
      await waiting(30);
      await bring(
        events.filter((event) => !isEven(event)),
        3_000_000,
      );
      await waiting(60);
      expect(await letIn(60)).toEqual(events.map(({ n }) => n));
    } finally {
      await Promise.all(workers.map((worker) => worker.kill()));
    }
  });
});
