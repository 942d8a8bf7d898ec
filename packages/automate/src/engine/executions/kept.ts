import type { Queryable } from '../../db/index.ts';
import { invalidInput } from '../../kernel/index.ts';
import { engineErrors } from '../errors.ts';
import type { Plan, PlanNode } from '../graph/plan.ts';
import { createProgress } from '../graph/progress.ts';
import { feedersOf, racesOf } from '../graph/races.ts';
import { reach, sourcesOf, targetsOf } from '../graph/reach.ts';
import { endOf } from '../interpreter/routes.ts';
import { findItems } from './repair.store.ts';
import { findEnds, findUndone, type StepEnd } from './replay.store.ts';

/** What a replay takes over of an execution. */
export interface Kept {
  readonly nodes: readonly string[];
  /** Of this loop, what is not to run again. */
  readonly loop: Awaited<ReturnType<typeof repairOf>> | undefined;
}

export const NOTHING_KEPT: Kept = { nodes: [], loop: undefined };

/** @throws AppError `invalid_input`, `no_failed_items` */
export async function keptOf(
  transaction: Queryable,
  executionId: string,
  plan: Plan,
  { fromStep, failedItemsOf }: { readonly fromStep?: string | undefined; readonly failedItemsOf?: string | undefined },
): Promise<Kept> {
  const from = failedItemsOf ?? fromStep;
  if (from === undefined) return NOTHING_KEPT;
  const first = requireNode(plan, from, failedItemsOf === undefined ? '/from_step' : '/failed_items_of');
  const ends = await findEnds(transaction, executionId);
  const undone = await findUndone(transaction, executionId);
  const nodes = keptNodes(plan, first, { ends, undone });
  if (failedItemsOf === undefined) return { nodes, loop: undefined };
  return { nodes, loop: await repairOf(transaction, executionId, requireLoop(plan, failedItemsOf)) };
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
function keptNodes(
  plan: Plan,
  from: PlanNode,
  { ends, undone }: { ends: readonly StepEnd[]; undone: readonly string[] },
): string[] {
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
