import type { z } from 'zod';
import type { StreamEvent } from '../../api/index.ts';
import { type Db, withSessions } from '../../db/index.ts';
import type { Secrets } from '../../governance/index.ts';
import { enqueue, type JobHandler, type JobSystem } from '../../jobs/index.ts';
import { commonErrors, invalidInput, isUuid, type Json, type JsonObject, newId, type Redactor } from '../../kernel/index.ts';
import { isHostAllowed } from '../../outbound/index.ts';
import type { Caller } from '../calls/caller.ts';
import {
  deleteEndpointJobs,
  type EndpointJobRow,
  findEndpointJob,
  findWithState,
  insertEndpointJob,
  jobsEndedBefore,
  type Webhook,
} from '../jobs/endpoint-job.store.ts';
import { followEvents } from '../jobs/follow-job.ts';
import { ENDPOINT_JOB, endpointJobHandler, type JobWork } from '../jobs/job-handler.ts';
import { webhookHandler } from '../jobs/webhook.ts';
import type { EndpointJobRequest, EndpointJobStatus } from './job-schemas.ts';
import { prepareTask, runTask, shownArtifact } from './run-task.ts';
import type { TaskRequest } from './schemas.ts';
import type { TaskServices } from './task-type.ts';

/** What endpoints do in the background. */
export interface EndpointJobs {
  /** @throws AppError as a run does, before anything is queued */
  start(caller: Caller, endpoint: string, request: z.output<typeof EndpointJobRequest>): Promise<string>;
  /** @throws AppError `not_found` */
  status(tenantId: string, id: string): Promise<EndpointJobStatus>;
  /** @throws AppError `not_found` */
  follow(tenantId: string, id: string, after: number): Promise<(signal: AbortSignal) => AsyncIterable<StreamEvent>>;
  readonly handler: Omit<JobHandler, 'kind'>;
  readonly webhookHandler: Omit<JobHandler<{ job_id: string }>, 'kind'>;
  /** Deletes what ended longer ago than is kept. */
  sweep(): Promise<void>;
}

export interface EndpointJobsOptions {
  readonly db: Db;
  readonly jobs: () => Pick<JobSystem, 'announce' | 'live'>;
  readonly services: TaskServices;
  readonly secrets: Pick<Secrets, 'resolve'>;
  readonly redactFor: (tenantId: string) => Redactor;
  readonly retentionDays: number;
}

const OWNER = 'endpoint_job';
const DELETE_BATCH = 500;

export function createEndpointJobs(options: EndpointJobsOptions): EndpointJobs {
  const { db, jobs, services, secrets, redactFor } = options;
  const inBackground = withSessions(db, { byIndex: true, isBackground: true });

  return {
    async start(caller, endpoint, { webhook_url: url, webhook_secret: secret, ...request }) {
      const { tenantId, traceId } = caller;
      const ready = await prepareTask(services, { caller, endpoint, request, signal: new AbortController().signal });
      const webhook = await webhookOf({ secrets, services }, tenantId, { url, secret });
      const id = newId();
      await db.asTenant(tenantId, async (transaction) => {
        await insertEndpointJob(transaction, {
          id,
          tenant_id: tenantId,
          endpoint_id: ready.endpoint.id,
          endpoint: ready.endpoint.slug,
          task_type: ready.task,
          request: { ...request, task_type: ready.task } as JsonObject,
          webhook,
          started_by: caller.actor,
          api_key_id: caller.apiKeyId,
          trace_id: traceId,
        });
        await enqueue(transaction, [{ id, tenantId, kind: ENDPOINT_JOB, traceId }]);
      });
      jobs().announce([tenantId]);
      return id;
    },
    async status(tenantId, id) {
      const row = isUuid(id) && (await db.asTenant(tenantId, (transaction) => findWithState(transaction, id)));
      if (!row) throw notFound();
      const status = row.outcome ?? (row.is_running ? 'running' : 'queued');
      return { ...shown(row), status, progress: row.progress };
    },
    async follow(tenantId, id, after) {
      const row = isUuid(id) && (await db.asTenant(tenantId, (transaction) => findEndpointJob(transaction, id)));
      if (!row) throw notFound();
      const { live } = jobs();
      return (signal) => followEvents({ db, live }, { tenantId, jobId: id, after, signal });
    },
    handler: endpointJobHandler({ db: inBackground, work: (asked) => work(services, asked) }),
    webhookHandler: webhookHandler({
      db: inBackground,
      secrets,
      outbound: services.outbound,
      show: (row) => redactFor(row.tenant_id)(shown(row) as unknown as Json) as object,
    }),
    sweep: () => sweep(options),
  };
}

async function work(services: TaskServices, { row, signal, recorder }: JobWork): Promise<JsonObject> {
  const { id, tenant_id: tenantId } = row;
  const owner = { kind: OWNER, id };
  // What an earlier try has made.
  await services.artifacts.unreference({ tenantId, owner });
  const result = await runTask(services, {
    caller: { tenantId, actor: row.started_by, apiKeyId: row.api_key_id, traceId: row.trace_id },
    endpoint: row.endpoint_id,
    request: row.request as TaskRequest,
    signal,
    owner,
    watch: {
      token: (text) => recorder.token(text),
      progress: (data) => recorder.tell({ event: 'progress', data }),
      artifact: (artifact) => recorder.tell({ event: 'artifact', data: shownArtifact(artifact) }),
    },
  });
  return result as unknown as JsonObject;
}

async function sweep({ db, services, retentionDays }: EndpointJobsOptions): Promise<void> {
  if (retentionDays === 0) return;
  for (;;) {
    const old = await jobsEndedBefore(db, retentionDays, DELETE_BATCH);
    for (const { id, tenant_id: tenantId } of old) await services.artifacts.unreference({ tenantId, owner: { kind: OWNER, id } });
    await deleteEndpointJobs(
      db,
      old.map(({ id }) => id),
    );
    if (old.length < DELETE_BATCH) return;
  }
}

/** Whom to tell. @throws AppError `invalid_input` */
async function webhookOf(
  { secrets, services }: Pick<EndpointJobsOptions, 'secrets' | 'services'>,
  tenantId: string,
  { url, secret }: { readonly url: string | undefined; readonly secret: string | undefined },
): Promise<Webhook | null> {
  if (url === undefined) return null;
  services.outbound.checkText(url);
  if (secret === undefined)
    throw invalidInput([{ pointer: '/webhook_secret', code: 'required', message: 'is needed: it signs the call' }]);
  const [found] = await secrets.resolve(tenantId, [secret]).catch(() => []);
  if (!found)
    throw invalidInput([{ pointer: '/webhook_secret', code: 'not_found', message: 'is the name of no secret of yours' }]);
  if (!isHostAllowed(new URL(url), found.hosts))
    throw invalidInput([
      {
        pointer: '/webhook_secret',
        code: 'host_refused',
        message: `must be bound to ${new URL(url).host}, where it signs what is sent`,
      },
    ]);
  return { url, secret };
}

function shown(row: EndpointJobRow): Omit<EndpointJobStatus, 'progress'> {
  return {
    job_id: row.id,
    status: row.outcome ?? 'running',
    endpoint: row.endpoint,
    endpoint_id: row.endpoint_id,
    task_type: row.task_type as EndpointJobStatus['task_type'],
    result: row.result as unknown as EndpointJobStatus['result'],
    error: row.error,
    trace_id: row.trace_id,
    created_at: row.created_at,
    finished_at: row.finished_at,
  };
}

function notFound() {
  return commonErrors.not_found('No job of an endpoint of yours has this id.');
}
