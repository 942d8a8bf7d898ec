// Many tenants with a long backlog, and one that sends an event now and then, in a process that takes in, dispatches and works.
import { newId } from '../../packages/automate/src/kernel/index.ts';
import { createWorkflow, newEvent, waitStep } from '../engine/workload.ts';
import { openProduct } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';

const { automate, tenantId } = await openProduct({ hasWorker: false, steps: [waitStep] });
const { db, engine, jobs } = automate;
await createWorkflow(automate, tenantId, 'wait');
let sent = 0;

export interface Probed {
  /** Milliseconds from the arrival of each event of the one tenant to its job's first claim, by the database's clock. */
  readonly startMs: readonly number[];
  /** Executions of the others that were waiting when the last of these events came. */
  readonly waiting: number;
}

/** A thousand at a time, in turn for each tenant. */
async function fill({ tenants, backlog }: { tenants: number; backlog: number }): Promise<void> {
  const ids = Array.from({ length: tenants }, () => newId());
  await db.query(
    `insert into tenants (id, slug, name) select id, 'bench-' || id, 'Bench' from unnest($1::uuid[]) as tenant(id)`,
    [ids],
  );
  for (const id of ids) await createWorkflow(automate, id, 'wait');
  for (let start = 0; start < backlog; start += 1_000) {
    const size = Math.min(1_000, backlog - start);
    await engine.events.accept(
      Array.from({ length: size }, (_, index) => newEvent(ids[(start + index) % tenants] ?? '', index, 'wait')),
    );
  }
}

serveRemote(
  {
    fill,
    async start(): Promise<void> {
      engine.start();
      await jobs.start();
    },
    async untilDispatched(): Promise<void> {
      for (;;) {
        const { rows } = await db.query<{ left: number }>('select count(*)::int as left from outbox');
        if (rows[0]?.left === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async probe({ everyMs, count }: { everyMs: number; count: number }): Promise<Probed> {
      const first = sent;
      for (let turn = 0; turn < count; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, everyMs));
        void engine.events.accept([newEvent(tenantId, sent++, 'wait')]);
      }
      const waiting = await db.query<{ waiting: number }>(
        `select count(*)::int as waiting from jobs where state = 'queued' and tenant_id <> $1`,
        [tenantId],
      );
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const { rows } = await db.query<{ start_ms: number | null }>(
        `select (extract(epoch from jobs.started_at - received_at) * 1000)::double precision as start_ms
         from events left join executions on events.id = event_id left join jobs on jobs.id = executions.id
         where events.tenant_id = $1 and (events.payload ->> 'number')::int >= $2`,
        [tenantId, first],
      );
      // One that has not started within two seconds has waited at least that long.
      return { startMs: rows.map((row) => row.start_ms ?? 2_000), waiting: waiting.rows[0]?.waiting ?? 0 };
    },
  },
  () => automate.close(),
);
