import { createHmac } from 'node:crypto';
import type { Db } from '../../db/index.ts';
import type { Secrets } from '../../governance/index.ts';
import { backoffMs, type ClaimedJob, type JobFailure, type JobHandler, type JobOutcome } from '../../jobs/index.ts';
import { AppError, errorMessage } from '../../kernel/index.ts';
import { isHostAllowed, type Outbound } from '../../outbound/index.ts';
import { type EndpointJobRow, findEndpointJob } from './endpoint-job.store.ts';

export interface WebhookOptions {
  readonly db: Db;
  readonly secrets: Pick<Secrets, 'resolve'>;
  readonly outbound: Pick<Outbound, 'request'>;
  /** What is said of the job. */
  show(row: EndpointJobRow): object;
}

/** Tells a URL of the end of a job, signed as Standard Webhooks says, until it is heard. */
export function webhookHandler({ db, secrets, outbound, show }: WebhookOptions): Omit<JobHandler<{ job_id: string }>, 'kind'> {
  return {
    async run(job, { signal }) {
      const { tenantId, payload } = job;
      const row = await db.asTenant(tenantId, (transaction) => findEndpointJob(transaction, payload.job_id));
      if (!row?.webhook || row.outcome === null) return { type: 'cancelled' };
      const { url, secret: name } = row.webhook;
      try {
        const [secret] = await secrets.resolve(tenantId, [name]);
        if (!secret || !isHostAllowed(new URL(url), secret.hosts))
          return {
            type: 'failed',
            error: { code: 'key_host_refused', message: `The secret "${name}" is not for ${new URL(url).host}.` },
          };
        const body = JSON.stringify({ type: `endpoint_job.${row.outcome}`, timestamp: row.finished_at, data: show(row) });
        const headers = { 'content-type': 'application/json', ...signed(job.id, body, secret.value) };
        const { status } = await outbound.request({
          url,
          method: 'POST',
          headers,
          body,
          followRedirects: false,
          tenantId,
          signal,
        });
        if (status >= 200 && status < 300) return { type: 'succeeded' };
        return again(job, { code: 'webhook_refused', message: `It answered ${status}.` });
      } catch (error) {
        if (signal.aborted) return { type: 'released' };
        return again(job, { code: AppError.is(error) ? error.code : 'job_error', message: errorMessage(error) });
      }
    },
  };
}

function again({ attempts, maxAttempts }: ClaimedJob<{ job_id: string }>, error: JobFailure): JobOutcome {
  return attempts >= maxAttempts ? { type: 'failed', error } : { type: 'retry', error, delayMs: backoffMs(attempts) };
}

/**
 * The headers of Standard Webhooks.
 * @param secret `whsec_` and base64, or any text
 */
export function signed(id: string, body: string, secret: string, now: Date = new Date()): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
