// Starts executions at a steady rate in a process that also runs them, as `automate serve --with-worker` does.
import { openProduct } from '../harness/product.ts';
import { ownCpuMicros, serveRemote } from '../harness/remote.ts';
import { createWorkflow, newEvent, untilEnded, verify, waitStep } from './workload.ts';

const { automate, tenantId } = await openProduct({ hasWorker: true, steps: [waitStep] });
const { db, engine } = automate;
await createWorkflow(automate, tenantId, 'wait');
let sent = 0;

export interface Paced {
  readonly perSecond: number;
  /** Milliseconds from the event's arrival to its job's first claim, by the database's clock. */
  readonly startMs: readonly number[];
  /** Milliseconds from the job's queueing to its first claim. */
  readonly claimMs: readonly number[];
  readonly nodeCores: number;
}

/** Sends what is due, every millisecond or two, whether or not earlier events are stored yet. */
async function send(perSecond: number, seconds: number): Promise<void> {
  const began = performance.now();
  const stored: Promise<unknown>[] = [];
  for (let started = 0; started < perSecond * seconds; ) {
    const due = Math.min(Math.floor(((performance.now() - began) / 1_000) * perSecond), perSecond * seconds);
    for (; started < due; started += 1) stored.push(engine.events.accept([newEvent(tenantId, sent++, 'wait')]));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(stored);
}

serveRemote(
  {
    async run({ perSecond, seconds }: { perSecond: number; seconds: number }): Promise<Paced> {
      await send(perSecond, 1); // warms up
      await untilEnded(automate, 20_000);
      const first = sent;
      const cpu = ownCpuMicros();
      const began = performance.now();
      await send(perSecond, seconds);
      await untilEnded(automate, 20_000);
      const wallSeconds = (performance.now() - began) / 1_000;
      const nodeCores = (ownCpuMicros() - cpu) / 1e6 / wallSeconds;
      await verify(automate, sent);
      const { rows } = await db.query<{ start_ms: number; claim_ms: number }>(
        `select (extract(epoch from jobs.started_at - received_at) * 1000)::double precision as start_ms,
           (extract(epoch from jobs.started_at - jobs.created_at) * 1000)::double precision as claim_ms
         from jobs join executions using (id) join events on events.id = event_id
         where (events.payload ->> 'number')::int >= $1`,
        [first],
      );
      return {
        perSecond: (sent - first) / wallSeconds,
        startMs: rows.map((row) => row.start_ms),
        claimMs: rows.map((row) => row.claim_ms),
        nodeCores,
      };
    },
  },
  () => automate.close(),
);
