import type { Db } from '../../db/index.ts';
import { requireTenant } from '../../governance/index.ts';
import { findUnstorable, invalidInput, type Json, type JsonObject, newTraceId } from '../../kernel/index.ts';
import { engineErrors } from '../errors.ts';
import type { ExecutionReader } from '../executions/execution-reader.ts';
import type { RunConflict } from '../workflows/run-conflicts.ts';
import { findRunnable } from '../workflows/workflow.store.ts';
import type { WorkflowService } from '../workflows/workflow-service.ts';
import { ExecutionFailed } from './execution-failed.ts';

/** How the host's own code runs a workflow. */
export interface RunOptions {
  /** Slug or id of the tenant. Default: `default`. */
  readonly tenant?: string;
  /** Default: the published one. */
  readonly version?: number;
  /** The workflow runs once for each key; a later call gets the execution of the first. */
  readonly idempotencyKey?: string;
  /** What you call the execution; of a workflow, one at a time has a key. */
  readonly executionKey?: string;
  /** What happens when an execution has the key: `reject` (default), `return` it, or `cancel_existing` and start. */
  readonly onConflict?: RunConflict;
  /** Whether to wait for the end and resolve with the output. Somewhere a worker has to run. */
  readonly wait?: boolean;
  /** Ends the waiting; the execution goes on. */
  readonly signal?: AbortSignal;
  /** Default: a new one. */
  readonly traceId?: string;
}

export interface RunningExecution {
  readonly executionId: string;
}

/** Runs a workflow; overloaded by whether its end is waited for. */
export interface Run {
  <Output = Json>(slug: string, input: object, options: RunOptions & { readonly wait: true }): Promise<Output>;
  (slug: string, input?: object, options?: RunOptions & { readonly wait?: false }): Promise<RunningExecution>;
}

export interface RunParts {
  readonly db: Db;
  readonly executions: Pick<ExecutionReader, 'ended'>;
  readonly service: WorkflowService;
  /** Fires when the process ends. */
  readonly closing: AbortSignal;
}

/**
 * Starts an execution and, if wanted, waits for its end, in whichever process it runs.
 * @throws AppError `tenant_not_found`, `workflow_not_found`, `invalid_input`, `execution_exists`; ExecutionFailed when it was waited for in vain
 */
export function createRun({ db, executions, service, closing }: RunParts): Run {
  async function run(slug: string, input: object = {}, options: RunOptions = {}): Promise<unknown> {
    const issue = findUnstorable(input);
    if (issue) throw invalidInput([{ ...issue, pointer: `/input${issue.pointer}` }]);
    const { version, idempotencyKey, executionKey, onConflict, traceId = newTraceId() } = options;
    const tenantId = await requireTenant(db, options.tenant ?? 'default');
    const target = await findRunnable(db, { tenantId, slug });
    if (!target) throw engineErrors.workflow_not_found(`There is no workflow "${slug}", or it is archived.`);
    const actor = { tenantId, id: 'system', mayPublish: true };
    const { execution_id: executionId } = await service.run(actor, target.workflow_id, {
      input: input as JsonObject,
      version,
      idempotencyKey,
      executionKey,
      onConflict,
      traceId,
    });
    if (!options.wait) return { executionId };
    const signal = options.signal ? AbortSignal.any([options.signal, closing]) : closing;
    const end = await executions.ended({ tenantId, executionId, signal });
    if (end.status === 'succeeded') return end.output;
    throw new ExecutionFailed({ executionId, slug, status: end.status, failure: end.error });
  }
  return run as Run;
}
