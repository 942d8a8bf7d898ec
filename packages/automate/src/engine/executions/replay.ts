import type { Db, Queryable } from '../../db/index.ts';
import { type JsonObject, newId } from '../../kernel/index.ts';
import { type Actor, requireMayRun } from '../actor.ts';
import { engineErrors } from '../errors.ts';
import { planStored } from '../graph/plan.ts';
import { prepareStart, requireUnskipped, startExecutions } from '../journal/start.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import { ENDED_EXECUTIONS } from '../records/status.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { findVersion } from '../workflows/workflow.store.ts';
import { keptOf, NOTHING_KEPT } from './kept.ts';
import { copyLoop } from './repair.store.ts';
import { copySteps, findReplayable, type Replayable } from './replay.store.ts';

export interface ReplayRequest {
  /** Runs this node of the graph and all behind it; the others keep what they did. Default: everything. */
  readonly fromStep?: string | undefined;
  /** Runs the items of this loop that did not succeed, and all behind it; everything else keeps what it did. */
  readonly failedItemsOf?: string | undefined;
  /** Default: that of the original. */
  readonly version?: number | 'latest' | undefined;
  /** Default: the event of the original. */
  readonly input?: JsonObject | undefined;
  readonly traceId: string;
}

export interface Replayed {
  readonly execution_id: string;
  readonly workflow_version: number;
}

/** Runs again what has ended, as a new execution. */
export interface Replays {
  /**
   * @throws AppError `execution_not_found`, `execution_running`, `workflow_archived`, `workflow_version_not_found`, `event_gone`,
   * `no_failed_items`, `invalid_input` for a step that is not there, `forbidden`, `admission_failed`, `execution_skipped`, and what the policy says
   */
  replay(actor: Actor, executionId: string, request: ReplayRequest): Promise<Replayed>;
  /** The same in the caller's transaction; who calls announces the work. */
  replayWithin(transaction: Queryable, actor: Actor, executionId: string, request: ReplayRequest): Promise<Replayed>;
  /** The node whose failure an execution failed with. @throws AppError `execution_not_found`, `no_failed_step` */
  failedStep(transaction: Queryable, executionId: string): Promise<string>;
}

export interface ReplaysOptions {
  readonly db: Db;
  readonly registry: StepRegistry;
  readonly policies: ExecutionPolicy;
  /** Called when an execution was queued. */
  onQueued(): void;
}

export function createReplays(options: ReplaysOptions): Replays {
  return {
    async replay(actor, executionId, request) {
      const replayed = await options.db.asTenant(actor.tenantId, (transaction) =>
        replayWithin(options, transaction, actor, executionId, request),
      );
      options.onQueued();
      return replayed;
    },
    replayWithin: (transaction, actor, executionId, request) => replayWithin(options, transaction, actor, executionId, request),
    async failedStep(transaction, executionId) {
      const { error } = await find(transaction, executionId);
      const node = error?.node?.split('/')[0];
      if (node === undefined) throw engineErrors.no_failed_step('No step has failed this execution: replay it from the start.');
      return node;
    },
  };
}

async function replayWithin(
  { policies, registry }: Pick<ReplaysOptions, 'policies' | 'registry'>,
  transaction: Queryable,
  actor: Actor,
  executionId: string,
  request: ReplayRequest,
): Promise<Replayed> {
  const original = await find(transaction, executionId);
  const chosen = await chooseVersion(transaction, actor, original, request.version);
  const event = eventOf(original, request.input);
  const id = newId();
  const started = prepareStart({
    ...event,
    id,
    tenantId: actor.tenantId,
    workflowId: original.workflow_id,
    workflowVersion: chosen.version,
    versionId: chosen.id,
    triggerId: original.trigger_id,
    traceId: request.traceId,
    depth: original.depth,
    replayOf: executionId,
    settings: chosen.settings,
  });
  await policies.requireRun(transaction, actor.tenantId, { input: event.payload });
  const from = request.failedItemsOf ?? request.fromStep;
  const kept =
    from === undefined ? NOTHING_KEPT : await keptOf(transaction, executionId, planStored(chosen.graph, registry), request);
  await requireUnskipped(transaction, started);
  await startExecutions(transaction, [{ ...started, hasHistory: kept.nodes.length > 0 || kept.loop !== undefined }]);
  if (kept.nodes.length > 0) await copySteps(transaction, { from: executionId, to: id, nodes: kept.nodes });
  if (kept.loop) await copyLoop(transaction, { from: executionId, to: id, ...kept.loop });
  return { execution_id: id, workflow_version: chosen.version };
}

/** The version that runs again. */
async function chooseVersion(transaction: Queryable, actor: Actor, original: Replayable, version: ReplayRequest['version']) {
  if (!ENDED_EXECUTIONS.has(original.status))
    throw engineErrors.execution_running(`The execution is ${original.status}: wait for its end, or cancel it.`);
  if (original.archived_at) throw engineErrors.workflow_archived('An archived workflow cannot be run.');
  const number = version === 'latest' ? original.latest_version : (version ?? original.workflow_version);
  requireMayRun(actor, number, original.published_version);
  const chosen = await findVersion(transaction, original.workflow_id, number);
  if (!chosen) throw engineErrors.workflow_version_not_found(`The workflow has no version ${number}.`);
  return chosen;
}

async function find(transaction: Queryable, executionId: string): Promise<Replayable> {
  const found = await findReplayable(transaction, executionId);
  if (!found) throw engineErrors.execution_not_found('There is no execution with this id.');
  return found;
}

function eventOf({ event_id, event_type, source, payload }: Replayable, input: JsonObject | undefined) {
  if (input !== undefined)
    return { eventId: newId(), eventType: event_type ?? 'workflow.run', source: 'replay', payload: input, hasEvent: false };
  if (event_type === null || source === null)
    throw engineErrors.event_gone('The event of this execution was deleted, since its time was over: give an "input".');
  return { eventId: event_id, eventType: event_type, source, payload, hasEvent: true };
}
