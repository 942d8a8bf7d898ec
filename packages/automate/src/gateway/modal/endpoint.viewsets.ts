import type { z } from 'zod';
import type { Context, Row } from '../../api/index.ts';
import { callerOf } from '../calls/caller.ts';
import type { EndpointModel } from '../endpoints/schemas.ts';
import { EndpointViewSet } from '../endpoints/viewsets.ts';
import { modalExamples as examples } from './examples.ts';
import { runTask } from './run-task.ts';
import { BODY_LIMIT, RUN } from './run-view.ts';
import { TaskRequest, TaskResult } from './schemas.ts';
import './services.ts';

/** Endpoints, which can be run besides. */
export class RunnableEndpointViewSet extends EndpointViewSet {
  static {
    this.action('run', {
      detail: true,
      methods: ['post'],
      summary: 'Run an endpoint',
      description: 'As `POST /api/modal/endpoints/{id}/run/` does.',
      scope: RUN,
      body: TaskRequest,
      examples: examples.run,
      response: TaskResult,
      status: 200,
      bodyLimit: BODY_LIMIT,
      idempotent: false,
      problems: { 402: 'A budget is spent.', 409: 'No provider can do it.', 502: 'The provider failed.' },
    });
  }

  async run(
    endpoint: Row<typeof EndpointModel>,
    ctx: Context<z.output<typeof TaskRequest>>,
  ): Promise<z.input<typeof TaskResult>> {
    const asked = { caller: callerOf(ctx), endpoint: endpoint.id, request: ctx.body, signal: ctx.request.signal };
    return runTask(ctx.services.taskServices, asked);
  }
}
