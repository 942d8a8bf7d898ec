import type { Queryable } from '../../db/index.ts';
import { enqueue } from '../../jobs/index.ts';
import { newId } from '../../kernel/index.ts';
import { requireMayRun } from '../actor.ts';
import { engineErrors } from '../errors.ts';
import { concurrencyJob } from '../flow/concurrency.ts';
import { lockOpen, requestCancel } from '../journal/control.store.ts';
import { type ExecutionKey, type KeyHolder, moveKey, takeKey } from '../journal/names.store.ts';
import { prepareStart, requireUnskipped, startExecutions } from '../journal/start.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import { ENDED_EXECUTIONS } from '../records/status.ts';
import type { RunRequest, RunTarget, SignalWithStart, StartedRun, WorkflowRuns } from '../workflows/runs.ts';
import { findVersion, type VersionRow } from '../workflows/workflow.store.ts';
import type { ExecutionControl } from './execution-control.ts';

interface Options {
  readonly policies: Pick<ExecutionPolicy, 'requireRun'>;
  readonly control: Pick<ExecutionControl, 'signalWithin'>;
}

type Run = RunRequest & RunTarget;

/** How executions are started by hand. */
export function createWorkflowRuns(options: Options): WorkflowRuns {
  return {
    run: (transaction, request) => runWithin(options, transaction, request),
    signalWithStart: (transaction, request) => signalWithStartWithin(options, transaction, request),
  };
}

async function runWithin(options: Options, transaction: Queryable, run: Run): Promise<StartedRun> {
  const { actor, workflow, idempotencyKey, executionKey, onConflict = 'reject', traceId } = run;
  const version = await requireRunnable(transaction, run);
  const executionId = newId();
  const keyOf = (kind: ExecutionKey['kind'], key: string): ExecutionKey => ({
    tenantId: actor.tenantId,
    workflowId: workflow.id,
    kind,
    key,
    executionId,
  });
  if (idempotencyKey !== undefined) {
    const first = await takeKey(transaction, keyOf('run', idempotencyKey));
    if (first) return toRun(first, 'duplicate');
  }
  if (executionKey !== undefined) {
    const name = keyOf('name', executionKey);
    const existing = await takeKey(transaction, name);
    if (existing && onConflict === 'return') return toRun(existing, 'existing');
    if (existing && onConflict === 'reject')
      throw engineErrors.execution_exists(
        `The execution ${existing.id}, which is ${existing.status}, has the key "${executionKey}": say with "on_conflict" whether it is returned or cancelled.`,
      );
    if (existing) {
      await requestCancel(transaction, [existing.id]);
      await enqueue(transaction, [concurrencyJob({ tenantId: actor.tenantId, traceId }, { cancel: existing.id })]);
      await moveKey(transaction, name);
    }
  }
  await start(options, transaction, { ...run, executionId, version });
  return { execution_id: executionId, workflow_version: version.version, status: 'started' };
}

async function signalWithStartWithin(
  { policies, control }: Options,
  transaction: Queryable,
  request: SignalWithStart & RunTarget,
): Promise<StartedRun & { readonly signal_id: string }> {
  const { actor, workflow, executionKey, signal } = request;
  const version = await requireRunnable(transaction, request);
  const executionId = newId();
  const name: ExecutionKey = { tenantId: actor.tenantId, workflowId: workflow.id, kind: 'name', key: executionKey, executionId };
  const existing = await takeKey(transaction, name);
  const status = existing && (await lockOpen(transaction, existing.id));
  const signalIt = (id: string) => control.signalWithin(transaction, actor, id, signal, '/signal');
  if (existing && status && !ENDED_EXECUTIONS.has(status))
    return { ...toRun(existing, 'existing'), signal_id: await signalIt(existing.id) };
  if (existing) await moveKey(transaction, name);
  await start({ policies, control }, transaction, { ...request, executionId, version });
  const signalId = await signalIt(executionId);
  return { execution_id: executionId, workflow_version: version.version, status: 'started', signal_id: signalId };
}

function toRun(holder: KeyHolder, status: StartedRun['status']): StartedRun {
  return { execution_id: holder.id, workflow_version: holder.workflow_version, status };
}

async function requireRunnable(
  transaction: Queryable,
  { actor, workflow, version = workflow.workflow_version }: Pick<Run, 'actor' | 'workflow' | 'version'>,
): Promise<VersionRow> {
  if (workflow.archived_at) throw engineErrors.workflow_archived('An archived workflow cannot be run.');
  requireMayRun(actor, version, workflow.workflow_version);
  const found = await findVersion(transaction, workflow.id, version);
  if (!found) throw engineErrors.workflow_version_not_found(`The workflow has no version ${version}.`);
  return found;
}

interface Start extends Pick<Run, 'actor' | 'workflow' | 'input' | 'executionKey' | 'traceId'> {
  readonly executionId: string;
  readonly version: VersionRow;
}

async function start({ policies }: Options, transaction: Queryable, run: Start): Promise<void> {
  const { actor, workflow, input, executionKey, traceId, executionId, version } = run;
  const { tenantId } = actor;
  const started = prepareStart({
    id: executionId,
    tenantId,
    traceId,
    workflowId: workflow.id,
    workflowVersion: version.version,
    versionId: version.id,
    triggerId: null,
    key: executionKey,
    eventId: newId(),
    eventType: 'workflow.run',
    source: 'api',
    payload: input,
    settings: version.settings,
  });
  await policies.requireRun(transaction, tenantId, { input });
  await requireUnskipped(transaction, started);
  await startExecutions(transaction, [started]);
}
