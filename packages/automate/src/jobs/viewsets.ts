import type { z } from 'zod';
import {
  BaseReadOnlyViewSet,
  type Context,
  type EventStream,
  eventStream,
  lastEventIdOf,
  requirePrincipal,
  SequenceId,
} from '../api/index.ts';
import { actorName, type JsonObject, type Row } from '../kernel/index.ts';
import { JOB_BATCH } from './job-batch.ts';
import { BatchStarted, DeadLetters, Job, JobBatch, JobModel, JobUpdate, ListChanges } from './schemas.ts';
import './services.ts';

type JobRow = Row<typeof JobModel>;

/** Lists, shows, follows and steers jobs, those in the dead letters (`?state=failed`) included. */
export class JobViewSet extends BaseReadOnlyViewSet<typeof JobModel> {
  static {
    this.action('cancel', {
      detail: true,
      methods: ['post'],
      summary: 'Cancel a job',
      description: 'One that no worker has ends at once, one that runs within a moment.',
      response: Job,
      status: 202,
    });
    this.action('redrive', {
      detail: true,
      methods: ['post'],
      summary: 'Try a dead letter again',
      description: 'It goes on behind what it has stored, and its attempts are counted anew.',
      response: Job,
      status: 202,
    });
    this.action('events', {
      detail: true,
      summary: 'Follow a job',
      description:
        'A `job` event for each change of its state or its progress; ends with the job. ' +
        'Ids count up; send the last one as `Last-Event-ID` to go on from there.',
      produces: 'text/event-stream',
      events: { job: JobUpdate },
    });
    this.action('batch', {
      detail: false,
      methods: ['post'],
      summary: 'Cancel many jobs, or try many dead letters again',
      description: 'A job of its own does it; its `progress` says how many are done, and why some could not be.',
      body: JobBatch,
      response: BatchStarted,
      status: 202,
    });
    this.action('deadLetters', {
      detail: false,
      summary: 'Count dead letters by their reason',
      description: 'By the kind of job and the code of the error, the largest group first.',
      response: DeadLetters,
    });
    this.action('changes', {
      detail: false,
      summary: 'Follow the list of jobs',
      description: 'A `changes` event at once, and whenever jobs were made or have changed.',
      produces: 'text/event-stream',
      events: { changes: ListChanges },
    });
  }
  readonly model = JobModel;
  override tag: string | undefined = 'Jobs';
  override tagDescription: string | undefined =
    'All work in the background, with its progress, and the dead letters: what failed for good, until somebody tries it again.';

  async cancel({ id }: JobRow, ctx: Context): Promise<JobRow> {
    await ctx.services.jobs.control.cancel(actorOf(ctx), id);
    return this.present((await this.getObject(ctx)) as JobRow, ctx);
  }

  async redrive({ id }: JobRow, ctx: Context): Promise<JobRow> {
    await ctx.services.jobs.control.redrive(actorOf(ctx), id);
    return this.present((await this.getObject(ctx)) as JobRow, ctx);
  }

  events({ id }: JobRow, ctx: Context): EventStream {
    const { tenantId } = requirePrincipal(ctx);
    const after = lastEventIdOf(ctx, SequenceId);
    return eventStream((signal) => ctx.services.jobs.control.follow({ tenantId, jobId: id, after, signal }));
  }

  async batch(ctx: Context<z.output<typeof JobBatch>>): Promise<z.input<typeof BatchStarted>> {
    const { tenantId } = requirePrincipal(ctx);
    const payload = ctx.body as unknown as JsonObject;
    return {
      job_id: await ctx.services.jobs.control.startBatch({ kind: JOB_BATCH, tenantId, traceId: ctx.traceId, payload }),
    };
  }

  async deadLetters(ctx: Context): Promise<z.input<typeof DeadLetters>> {
    return ctx.services.jobs.control.deadLetters(requirePrincipal(ctx).tenantId);
  }

  changes(ctx: Context): EventStream {
    const { tenantId } = requirePrincipal(ctx);
    return eventStream((signal) => ctx.services.jobs.lists.follow({ tenantId, signal }));
  }
}

function actorOf(ctx: Context) {
  const principal = requirePrincipal(ctx);
  return { tenantId: principal.tenantId, id: actorName(principal) };
}
