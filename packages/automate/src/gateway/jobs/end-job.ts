import type { Queryable } from '../../db/index.ts';
import { enqueue } from '../../jobs/index.ts';
import type { JsonObject } from '../../kernel/index.ts';
import { endEndpointJob, findEndpointJob, type JobEnd, lockOpen } from './endpoint-job.store.ts';
import { addEvents, type JobEvent } from './job-event.store.ts';

export const ENDPOINT_WEBHOOK = 'gateway.endpoint_webhook';

/**
 * Ends a job that is open, with its last event, and leaves whom to tell of it to a job of its own: all or nothing.
 * @param told what came before the end and is not stored yet
 * @returns false where it has ended already
 */
export async function endJob(transaction: Queryable, id: string, end: JobEnd, told: readonly JobEvent[] = []): Promise<boolean> {
  if (!(await lockOpen(transaction, id))) return false;
  const row = await findEndpointJob(transaction, id);
  if (!row) return false;
  const last: JobEvent =
    end.outcome === 'succeeded'
      ? { event: 'final', data: end.result ?? {} }
      : { event: 'error', data: { ...(end.error ?? cancelled) } as JsonObject };
  await addEvents(transaction, { id, tenantId: row.tenant_id }, [...told, last]);
  await endEndpointJob(transaction, id, end.outcome === 'cancelled' ? { error: cancelled, ...end } : end);
  if (row.webhook)
    await enqueue(transaction, [
      { tenantId: row.tenant_id, kind: ENDPOINT_WEBHOOK, traceId: row.trace_id, payload: { job_id: id }, maxAttempts: 12 },
    ]);
  return true;
}

const cancelled = { code: 'job_cancelled', message: 'The job was cancelled.' };
