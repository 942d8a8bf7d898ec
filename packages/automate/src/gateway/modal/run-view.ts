import type { z } from 'zod';
import { BaseAPIView, type Context } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import { modalExamples as examples } from './examples.ts';
import { runTask } from './run-task.ts';
import { TaskRequest, TaskResult } from './schemas.ts';
import './services.ts';

/** Most bytes of a request: media may stand in it as text. */
export const BODY_LIMIT = 32 * 1_048_576;
export const TAG = 'Modal';
export const RUN = 'endpoints:run';

/** Does what an endpoint is for, and answers when it is done. */
export class EndpointRunView extends BaseAPIView {
  static {
    this.describe('post', {
      summary: 'Run an endpoint',
      description: '`{id}` is an id or a slug. Media go in as artifacts or as base64, and come out as artifacts.',
      scope: RUN,
      body: TaskRequest,
      examples: examples.run,
      response: TaskResult,
      bodyLimit: BODY_LIMIT,
      idempotent: false,
      problems: { 402: 'A budget is spent.', 409: 'No provider can do it.', 502: 'The provider failed.' },
    });
  }
  override tag: string | undefined = TAG;
  override tagDescription: string | undefined =
    'Endpoints of every task: text, vectors, speech, pictures and video, answered at once, as a stream, or by a job.';

  async post(ctx: Context<z.output<typeof TaskRequest>>): Promise<z.input<typeof TaskResult>> {
    const { params, body, request, services } = ctx;
    const asked = { caller: callerOf(ctx), endpoint: params.id ?? '', request: body, signal: request.signal };
    return runTask(services.taskServices, asked);
  }
}
