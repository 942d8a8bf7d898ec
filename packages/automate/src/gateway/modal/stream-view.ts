import { z } from 'zod';
import { BaseAPIView, type Context, type EventStream, eventStream } from '../../api/index.ts';
import { AnyObject } from '../../engine/index.ts';
import { callerOf } from '../calls/caller.ts';
import { modalExamples as examples } from './examples.ts';
import { BODY_LIMIT, RUN, TAG } from './run-view.ts';
import { TaskArtifact, TaskRequest, TaskResult } from './schemas.ts';
import { streamTask } from './stream-task.ts';
import './services.ts';

/** What a stream tells. */
export const taskEvents = {
  token: z.object({ text: z.string() }).meta({ id: 'TaskToken' }),
  progress: AnyObject,
  artifact: TaskArtifact,
  final: TaskResult,
};

/** Does what an endpoint is for, and tells of it while it is done. */
export class EndpointStreamView extends BaseAPIView {
  static {
    this.describe('post', {
      summary: 'Run an endpoint as a stream',
      description:
        'A `token` event for the words of a model, `progress`, `artifact` for a file that was made; `final` holds the whole result, or `error` a problem. Ends when the client goes, at the provider too.',
      scope: RUN,
      body: TaskRequest,
      examples: examples.run,
      produces: 'text/event-stream',
      events: taskEvents,
      bodyLimit: BODY_LIMIT,
      idempotent: false,
    });
  }
  override tag: string | undefined = TAG;

  async post(ctx: Context<z.output<typeof TaskRequest>>): Promise<EventStream> {
    const { params, body, request, services } = ctx;
    const asked = { caller: callerOf(ctx), endpoint: params.id ?? '', request: body };
    // What is wrong with the request is told before anything of the stream is.
    const open = await streamTask(services.taskServices, asked, request.signal);
    return eventStream(open);
  }
}
