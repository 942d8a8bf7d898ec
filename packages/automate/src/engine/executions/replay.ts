import type { Db, Queryable } from '../../db/index.ts';
import { invalidInput, type JsonObject, newId } from '../../kernel/index.ts';
import { type Actor, requireMayRun } from '../actor.ts';
import { engineErrors } from '../errors.ts';
import { type Plan, type PlanNode, planStored } from '../graph/plan.ts';
import { createProgress } from '../graph/progress.ts';
import { feedersOf, racesOf } from '../graph/races.ts';
import { reach, sourcesOf, targetsOf } from '../graph/reach.ts';
import { endOf } from '../interpreter/routes.ts';
import { prepareStart, requireUnskipped, startExecutions } from '../journal/start.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import { ENDED_EXECUTIONS } from '../records/status.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { findVersion } from '../workflows/workflow.store.ts';
import { copyLoop, findItems } from './repair.store.ts';
import { copySteps, findEnds, findReplayable, findUndone, type Replayable, type StepEnd } from './replay.store.ts';

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

export function createReplays(options: {
  db: Db;
  registry: StepRegistry;
  policies: ExecutionPolicy;
  /** Called when an execution was queued. */
  onQueued(): void;
}): Replays {
  const { db, registry, policies, onQueued } = options;
  const replays: Replays = {
    async replay(actor, executionId, request) {
      const replayed = await db.asTenant(actor.tenantId, (transaction) =>
        replays.replayWithin(transaction, actor, executionId, request),
      );
      onQueued();
      return replayed;
    },
    async replayWithin(transaction, actor, executionId, { fromStep, failedItemsOf, version, input, traceId }) {
      const original = await find(transaction, executionId);
      if (!ENDED_EXECUTIONS.has(original.status))
        throw engineErrors.execution_running(`The execution is ${original.status}: wait for its end, or cancel it.`);
      if (original.archived_at) throw engineErrors.workflow_archived('An archived workflow cannot be run.');
      const number = version === 'latest' ? original.latest_version : (version ?? original.workflow_version);
      requireMayRun(actor, number, original.published_version);
      const chosen = await findVersion(transaction, original.workflow_id, number);
      if (!chosen) throw engineErrors.workflow_version_not_found(`The workflow has no version ${number}.`);
      const event = eventOf(original, input);
      const id = newId();
      const started = prepareStart({
        ...event,
        id,
        tenantId: actor.tenantId,
        workflowId: original.workflow_id,
        workflowVersion: chosen.version,
        versionId: chosen.id,
        triggerId: original.trigger_id,
        traceId,
        depth: original.depth,
        replayOf: executionId,
        settings: chosen.settings,
      });
      await policies.requireRun(transaction, actor.tenantId, { input: event.payload });

      const from = failedItemsOf ?? fromStep;
      const plan = from === undefined ? undefined : planStored(chosen.graph, registry);
      const pointer = failedItemsOf === undefined ? '/from_step' : '/failed_items_of';
      const nodes =
        plan && from !== undefined
          ? kept(plan, requireNode(plan, from, pointer), {
              ends: await findEnds(transaction, executionId),
              undone: await findUndone(transaction, executionId),
            })
          : [];
      const repair =
        plan && failedItemsOf !== undefined
          ? await repairOf(transaction, executionId, requireLoop(plan, failedItemsOf))
          : undefined;
      await requireUnskipped(transaction, started);
      await startExecutions(transaction, [{ ...started, hasHistory: nodes.length > 0 || repair !== undefined }]);
      if (nodes.length > 0) await copySteps(transaction, { from: executionId, to: id, nodes });
      if (repair) await copyLoop(transaction, { from: executionId, to: id, ...repair });
      return { execution_id: id, workflow_version: chosen.version };
    },
    async failedStep(transaction, executionId) {
      const { error } = await find(transaction, executionId);
      const node = error?.node?.split('/')[0];
      if (node === undefined) throw engineErrors.no_failed_step('No step has failed this execution: replay it from the start.');
      return node;
    },
  };
  return replays;
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

function requireNode(plan: Plan, id: string, pointer: string): PlanNode {
  const node = plan.nodes.get(id);
  if (node) return node;
  const known = [...plan.nodes.keys()];
  const message = `is no step of this version; known are ${known.slice(0, 50).join(', ')}${known.length > 50 ? ', …' : ''}`;
  throw invalidInput([{ pointer, code: 'unknown_step', message, known }]);
}

function requireLoop(plan: Plan, id: string): PlanNode {
  const node = requireNode(plan, id, '/failed_items_of');
  if (node.body) return node;
  const known = [...plan.nodes.values()].flatMap(({ id: other, body }) => (body ? other : []));
  throw invalidInput([
    { pointer: '/failed_items_of', code: 'no_loop', message: `is no loop; known are ${known.join(', ') || 'none'}`, known },
  ]);
}

/** What of a loop runs again: the items that did not succeed, and those of which something was undone. */
async function repairOf(transaction: Queryable, executionId: string, { id, limitMs }: PlanNode) {
  const found = await findItems(transaction, executionId, id);
  const isWhole = found?.status === 'succeeded' && found.failed.length + found.undone.length === 0;
  if (!found || isWhole) throw engineErrors.no_failed_items(`No item of "${id}" has failed, or it never went over any.`);
  return { node: id, failed: found.failed, undone: found.undone, limitMs };
}

/**
 * The nodes that a replay takes over. It walks through the chosen version as the interpreter will, so that nothing is copied
 * that could run once more: what lies behind a step that has to run has to run too, and what was undone has to run.
 * @param ends in the order they came
 */
function kept(plan: Plan, from: PlanNode, { ends, undone }: { ends: readonly StepEnd[]; undone: readonly string[] }): string[] {
  const byNode = new Map(ends.map((end, order) => [end.node, { ...end, order }]));
  const progress = createProgress(plan);
  const again = new Set([from.id, ...undone, ...rivalsOf(plan, from)].flatMap((id) => [...reach(id, targetsOf(plan))]));
  const nodes = new Set<string>();
  const hasEnded = (id: string) => !again.has(id) && byNode.get(id)?.type === plan.nodes.get(id)?.type;
  const queue = plan.starts.filter(hasEnded);
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (progress.isLost(id)) continue;
    nodes.add(id);
    const { ready, starved } = progress.finish(id, endOf(byNode.get(id) as StepEnd));
    queue.push(...[...ready, ...starved].map((node) => node.id).filter(hasEnded));
    if (plan.isRacing) queue.sort((left, right) => (byNode.get(left)?.order ?? 0) - (byNode.get(right)?.order ?? 0));
  }
  return [...nodes];
}

/** Those that a node runs against: to begin with one that has lost a race is to run the race again. */
function rivalsOf(plan: Plan, from: PlanNode): string[] {
  const before = reach(from.id, sourcesOf(plan));
  return [...racesOf(plan.nodes, from)]
    .filter(({ cancelsLosers }) => cancelsLosers)
    .flatMap((join) => [...feedersOf(plan.nodes, join)].flatMap(({ id }) => (before.has(id) ? [] : id)));
}
