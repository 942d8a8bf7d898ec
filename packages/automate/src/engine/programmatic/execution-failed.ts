import { AppError } from '../../kernel/index.ts';
import type { Failure } from '../records/execution.ts';

/** An execution that was waited for has failed (`execution_failed`) or was cancelled (`execution_cancelled`). */
export class ExecutionFailed extends AppError {
  readonly executionId: string;
  /** Why; null when it was cancelled. */
  readonly failure: Failure | null;

  constructor(options: { executionId: string; slug: string; status: string; failure: Failure | null }) {
    const { executionId, slug, status, failure } = options;
    super({
      status: 500,
      code: status === 'cancelled' ? 'execution_cancelled' : 'execution_failed',
      title: status === 'cancelled' ? 'Execution was cancelled' : 'Execution failed',
      detail: `The execution ${executionId} of "${slug}" ${status === 'cancelled' ? 'was cancelled' : 'failed'}${failure ? `: ${failure.message}` : ''}.`,
    });
    this.executionId = executionId;
    this.failure = failure;
  }
}
