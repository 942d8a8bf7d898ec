import type { ProductProcess } from '../../packages/automate/e2e/support/server-process.ts';
import type { Db } from '../../packages/automate/src/db/index.ts';
import { pause } from './scenario.ts';

/** Something that was broken, and when. */
export interface Fault {
  readonly at: number;
  /** When it was over, where it lasted. */
  readonly until: number;
  /** Jobs in the hands of the process that was hit; undefined: any job may have been hit. */
  readonly held: ReadonlySet<string> | undefined;
}

/** Faults of one run, and how soon what they stopped went on. */
export interface Faults {
  readonly all: readonly Fault[];
  /** Milliseconds from a fault until another worker had the job, for each job that was held. */
  readonly resumed: readonly number[];
  /** Jobs whose lease ran out although nobody was hit: the machine was too busy to renew it in time. */
  readonly lapsed: ReadonlySet<string>;
  add(fault: Fault): void;
  /** Notes that a process was hit now: it must not do anything any more. */
  hit(process: ProductProcess): Promise<Fault>;
  /** Jobs that a process has in hand. */
  heldBy(process: ProductProcess): Promise<ReadonlyMap<string, number>>;
  /** Resolves once each job that was held has gone on. @throws when one has not after the time given */
  settled(timeoutSeconds: number): Promise<void>;
  close(): Promise<void>;
}

/** @param db a connection that outlives the faults; undefined where the database dies with its process */
export function createFaults(db?: Db): Faults {
  const all: Fault[] = [];
  const resumed: number[] = [];
  const waiting = new Map<string, { epoch: number; at: number }>();
  const lapsed = new Set<string>();
  let isClosed = false;

  /** Looks which of them were claimed again, or have ended. */
  async function look(): Promise<void> {
    if (!db) return;
    const late = await db.query<{ id: string }>(
      'select job_id as id from job_leases where not exists (select from workers where name = owner and lease_until >= now())',
    );
    for (const { id } of late.rows) if (!all.some(({ held }) => held?.has(id))) lapsed.add(id);
    if (waiting.size === 0) return;
    const ids = [...waiting.keys()];
    const { rows } = await db.query<{ id: string }>(
      `select id from jobs join unnest($1::uuid[], $2::int[]) as held(job_id, held_epoch) on id = job_id
       where epoch > held_epoch or state in ('succeeded', 'failed', 'cancelled')`,
      [ids, ids.map((id) => waiting.get(id)?.epoch)],
    );
    for (const { id } of rows) {
      resumed.push(Date.now() - (waiting.get(id)?.at ?? 0));
      waiting.delete(id);
    }
  }

  async function heldBy(process: ProductProcess): Promise<Map<string, number>> {
    const { rows } = await (db as Db).query<{ id: string; epoch: number }>(
      `select id, epoch from jobs where state = 'running' and split_part(lease_owner, ':', 2) = $1`,
      [String(process.pid)],
    );
    return new Map(rows.map(({ id, epoch }) => [id, epoch]));
  }

  const watching = (async () => {
    while (!isClosed) {
      await look().catch(() => undefined);
      await pause(50);
    }
  })();

  return {
    all,
    resumed,
    lapsed,
    add: (fault) => void all.push(fault),
    heldBy,
    async hit(process) {
      const at = Date.now();
      const held = await heldBy(process);
      for (const [id, epoch] of held) waiting.set(id, { epoch, at: waiting.get(id)?.at ?? at });
      const fault = { at, until: at, held: new Set(held.keys()) };
      all.push(fault);
      return fault;
    },
    async settled(timeoutSeconds) {
      const deadline = Date.now() + timeoutSeconds * 1_000;
      while (waiting.size > 0) {
        if (Date.now() > deadline) throw new Error(`${waiting.size} jobs of killed workers have not gone on`);
        await pause(50);
      }
    },
    async close() {
      isClosed = true;
      await watching;
    },
  };
}
