import type { Db } from '../../db/index.ts';
import { ENDED_STATES } from '../job.ts';
import type { JobUpdate } from '../schemas.ts';
import { updatesOf } from '../store/control.store.ts';
import type { LiveUpdates } from './live.ts';
import type { SharedReads } from './shared-reads.ts';

/** An event of the stream of a job. */
export interface JobEvent {
  readonly id: string;
  readonly event: 'job';
  readonly data: JobUpdate;
}

/** How a job stands, and each time that changes, under ids that count up; ends with the job. */
export async function* followJob(
  { db, live, reads }: { readonly db: Db; readonly live: LiveUpdates; readonly reads: SharedReads },
  { tenantId, jobId, after = 0, signal }: { tenantId: string; jobId: string; after: number | undefined; signal: AbortSignal },
): AsyncIterable<JobEvent> {
  const changes = live.changesOf(jobId, signal);
  try {
    let seen = after;
    while (!signal.aborted) {
      const [job] = await reads(`job ${tenantId} ${jobId}`, () =>
        db.asTenant(tenantId, (transaction) => updatesOf(transaction, [jobId])),
      );
      if (!job) return; // deleted, since its time was over
      const { revision, data } = job;
      if (revision > seen) yield { id: String(revision), event: 'job', data };
      seen = Math.max(seen, revision);
      if (ENDED_STATES.has(data.state)) return;
      await changes.next();
    }
  } finally {
    changes.stop();
  }
}
