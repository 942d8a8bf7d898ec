import type { StreamEvent } from '../../api/index.ts';
import type { Db } from '../../db/index.ts';
import type { LiveUpdates } from '../../jobs/index.ts';
import { findEndpointJob } from './endpoint-job.store.ts';
import { eventsBehind } from './job-event.store.ts';

const PAGE = 200;

export interface Following {
  readonly tenantId: string;
  readonly jobId: string;
  /** The number of the last event that is known. */
  readonly after: number;
  readonly signal: AbortSignal;
}

/** What is told of a job, in whichever process it runs; ends with it. */
export async function* followEvents(
  { db, live }: { readonly db: Db; readonly live: LiveUpdates },
  { tenantId, jobId, after, signal }: Following,
): AsyncGenerator<StreamEvent> {
  const changes = live.changesOf(jobId, signal);
  let seen = after;
  try {
    while (!signal.aborted) {
      const { job, events } = await db.asTenant(tenantId, async (transaction) => ({
        // First: what is told before an end is there by the time the end is seen.
        job: await findEndpointJob(transaction, jobId),
        events: await eventsBehind(transaction, jobId, seen, PAGE),
      }));
      for (const { id, event, data } of events) {
        yield { id: String(id), event, data };
        seen = id;
      }
      if (events.length === PAGE) continue;
      if (!job || job.finished_at !== null) return;
      await changes.next();
    }
  } finally {
    changes.stop();
  }
}
