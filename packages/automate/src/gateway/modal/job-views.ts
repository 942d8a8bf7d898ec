import type { z } from 'zod';
import {
  BaseAPIView,
  type Context,
  type EventStream,
  eventStream,
  lastEventIdOf,
  requirePrincipal,
  SequenceId,
} from '../../api/index.ts';
import { redactorOf } from '../../governance/index.ts';
import type { Json } from '../../kernel/index.ts';
import { callerOf } from '../calls/caller.ts';
import { modalExamples as examples } from './examples.ts';
import { EndpointJobRequest, EndpointJobStarted, EndpointJobStatus } from './job-schemas.ts';
import { BODY_LIMIT, RUN, TAG } from './run-view.ts';
import { taskEvents } from './stream-view.ts';
import './services.ts';

/** Leaves what an endpoint is for to a worker. */
export class EndpointJobView extends BaseAPIView {
  static {
    this.describe('post', {
      summary: 'Run an endpoint as a job',
      description:
        'Answers at once; a worker does it, whatever happens to the one that began. Cancel it at `POST /api/v1/jobs/{id}/cancel/`.',
      scope: RUN,
      body: EndpointJobRequest,
      examples: examples.job,
      response: EndpointJobStarted,
      status: 202,
      bodyLimit: BODY_LIMIT,
      problems: { 409: 'No provider can do it.' },
    });
  }
  override tag: string | undefined = TAG;

  async post(ctx: Context<z.output<typeof EndpointJobRequest>>): Promise<z.input<typeof EndpointJobStarted>> {
    const id = await ctx.services.endpointJobs.start(callerOf(ctx), ctx.params.id ?? '', ctx.body);
    ctx.reply.header('location', ctx.api.reverse('endpoint-job-status.get', { id }));
    return { job_id: id, status: 'queued' };
  }
}

/** How a job of an endpoint stands. */
export class JobStatusView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Tell how a job of an endpoint stands', scope: 'jobs:read', response: EndpointJobStatus });
  }
  override tag: string | undefined = TAG;

  async get(ctx: Context): Promise<EndpointJobStatus> {
    const { tenantId } = requirePrincipal(ctx);
    const status = await ctx.services.endpointJobs.status(tenantId, ctx.params.id ?? '');
    return redactorOf(ctx)(status as unknown as Json) as unknown as EndpointJobStatus;
  }
}

/** What a job of an endpoint tells. */
export class JobEventsView extends BaseAPIView {
  static {
    this.describe('get', {
      summary: 'Follow a job of an endpoint',
      description:
        'The events of a stream, kept and numbered from 1: send the last one as `Last-Event-ID` to go on from there, at any process. Ends with the job. A `progress` event with `restarted` says that the words and files before it hold no longer.',
      scope: 'jobs:read',
      produces: 'text/event-stream',
      events: taskEvents,
    });
  }
  override tag: string | undefined = TAG;

  async get(ctx: Context): Promise<EventStream> {
    const { tenantId } = requirePrincipal(ctx);
    const after = lastEventIdOf(ctx, SequenceId) ?? 0;
    return eventStream(await ctx.services.endpointJobs.follow(tenantId, ctx.params.id ?? '', after));
  }
}
