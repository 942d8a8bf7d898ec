import type { Db, Queryable } from '../../db/index.ts';
import type { Policies } from '../../governance/index.ts';
import { invalidInput, type JsonObject, newId } from '../../kernel/index.ts';
import { type Actor, requireMayRun } from '../actor.ts';
import { engineErrors } from '../errors.ts';
import { type Plan, planStored } from '../graph/plan.ts';
import { createProgress } from '../graph/progress.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { findVersion } from '../workflows/workflow.store.ts';
import { countActive } from './active.store.ts';
import { copySteps, findEnds, findReplayable, type Replayable, type StepEnd } from './replay.store.ts';
import { endOf } from './run/routes.ts';
import { prepareStart, requireUnskipped, startExecutions } from './start.ts';

export interface ReplayRequest {
  /** Runs this node of the graph and all behind it; the others keep what they did. Default: everything. */
  readonly fromStep?: string | undefined;
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
   * `invalid_input` for a step that is not there, `forbidden`, `admission_failed`, `execution_skipped`, and what the policy says
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
  policies: Policies;
  /** Told when an execution was queued. */
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
    async replayWithin(transaction, actor, executionId, { fromStep, version, input, traceId }) {
      const original = await find(transaction, executionId);
      if (!ENDED.has(original.status))
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
      await policies.requireRun(transaction, actor.tenantId, { input: event.payload, countActive });

      const nodes =
        fromStep === undefined
          ? []
          : kept(planStored(chosen.graph, registry), fromStep, await findEnds(transaction, executionId));
      await requireUnskipped(transaction, started);
      await startExecutions(transaction, [{ ...started, hasHistory: nodes.length > 0 }]);
      if (nodes.length > 0) await copySteps(transaction, { from: executionId, to: id, nodes });
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

const ENDED = new Set(['succeeded', 'failed', 'cancelled']);

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

/**
 * The nodes that a replay takes over. It walks through the chosen version as the interpreter will, so that nothing is copied
 * that could run once more: what lies behind a step that has to run has to run too.
 */
function kept(plan: Plan, fromStep: string, ends: readonly StepEnd[]): string[] {
  if (!plan.nodes.has(fromStep)) {
    const known = [...plan.nodes.keys()];
    const message = `is no step of this version; known are ${known.slice(0, 50).join(', ')}${known.length > 50 ? ', …' : ''}`;
    throw invalidInput([{ pointer: '/from_step', code: 'unknown_step', message, known }]);
  }
  const byNode = new Map(ends.map((end) => [end.node, end]));
  const progress = createProgress(plan);
  const again = behind(plan, fromStep);
  const nodes = new Set<string>();
  const queue = [...plan.starts];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const end = byNode.get(id);
    if (again.has(id) || end?.type !== plan.nodes.get(id)?.type || !end) continue;
    nodes.add(id);
    const { ready, starved } = progress.finish(id, endOf(end));
    queue.push(...[...ready, ...starved].map((node) => node.id));
  }
  return [...nodes];
}

/** A node and all that it leads to. */
function behind(plan: Plan, from: string): Set<string> {
  const found = new Set([from]);
  for (const id of found) for (const { target } of plan.nodes.get(id)?.outgoing ?? []) found.add(target);
  return found;
}
