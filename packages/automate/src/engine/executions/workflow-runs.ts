import type { Queryable } from '../../db/index.ts';
import type { Policies } from '../../governance/index.ts';
import { enqueue } from '../../jobs/index.ts';
import { type Json, type JsonObject, newId } from '../../kernel/index.ts';
import { type Actor, requireMayRun } from '../actor.ts';
import { engineErrors } from '../errors.ts';
import { steeringJob } from '../flow/concurrency.ts';
import { countActive } from '../journal/active.store.ts';
import { lockOpen, requestCancel } from '../journal/control.store.ts';
import { type ExecutionKey, type KeyHolder, moveKey, takeKey } from '../journal/names.store.ts';
import { prepareStart, requireUnskipped, startExecutions } from '../journal/start.ts';
import { ENDED_STATUSES } from '../records/execution.ts';
import type { RunConflict } from '../workflows/run-conflicts.ts';
import { findVersion, type VersionRow, type WorkflowRow } from '../workflows/workflow.store.ts';
import type { ExecutionControl } from './execution-control.ts';

export interface RunRequest {
  readonly input: JsonObject;
  /** Default: the published one. */
  readonly version?: number | undefined;
  /** The workflow runs once for each; a later run is the one of then. */
  readonly idempotencyKey?: string | undefined;
  /** What the client calls the execution; of a workflow, one at a time has a key. */
  readonly executionKey?: string | undefined;
  /** Default `reject`. */
  readonly onConflict?: RunConflict | undefined;
  readonly traceId: string;
}

export interface SignalWithStart extends Pick<RunRequest, 'input' | 'version' | 'traceId'> {
  readonly executionKey: string;
  readonly signal: { readonly name: string; readonly data: Json };
}

export interface StartedRun {
  readonly execution_id: string;
  readonly workflow_version: number;
  /** `duplicate`: the execution that has the idempotency key. `existing`: the one that has the execution key. */
  readonly status: 'started' | 'duplicate' | 'existing';
}

interface Options {
  readonly policies: Pick<Policies, 'requireRun'>;
  readonly control: Pick<ExecutionControl, 'signalWithin'>;
}

interface Run extends RunRequest {
  readonly actor: Actor;
  readonly workflow: WorkflowRow;
}

/** Starts an execution by hand, in the caller's transaction, unless one that has its key stands for it. */
export async function runWithin(options: Options, transaction: Queryable, run: Run): Promise<StartedRun> {
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
      await enqueue(transaction, [steeringJob({ tenantId: actor.tenantId, traceId }, { cancel: existing.id })]);
      await moveKey(transaction, name);
    }
  }
  await start(options, transaction, { ...run, executionId, version });
  return { execution_id: executionId, workflow_version: version.version, status: 'started' };
}

/** Signals the open execution that has a key; where there is none, it is started first. Both or nothing. */
export async function signalWithStartWithin(
  { policies, control }: Options,
  transaction: Queryable,
  request: Omit<Run, keyof SignalWithStart> & SignalWithStart,
): Promise<StartedRun & { readonly signal_id: string }> {
  const { actor, workflow, executionKey, signal } = request;
  const version = await requireRunnable(transaction, request);
  const executionId = newId();
  const name: ExecutionKey = { tenantId: actor.tenantId, workflowId: workflow.id, kind: 'name', key: executionKey, executionId };
  const existing = await takeKey(transaction, name);
  const status = existing && (await lockOpen(transaction, existing.id));
  const signalIt = (id: string) => control.signalWithin(transaction, actor, id, signal, '/signal');
  if (existing && status && !ENDED_STATUSES.has(status))
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
  await policies.requireRun(transaction, tenantId, { input, countActive });
  await requireUnskipped(transaction, started);
  await startExecutions(transaction, [started]);
}
