import type { Db } from '../../db/index.ts';
import type { Plan } from '../graph/plan.ts';
import { type StepRow, storedOutputs, storedSteps } from '../journal/step-rows.store.ts';
import { ENDED_STEPS } from '../records/status.ts';

/**
 * What executions did in earlier claims, as far as it takes to go on: of a loop that keeps no results, the iterations that
 * have ended come without outputs, so that a long one can be taken up in little memory.
 * @param plans what each of them runs; undefined when it cannot be compiled
 */
export async function loadHistory(
  db: Db,
  plans: ReadonlyMap<string, Plan | undefined>,
  loopTypes: readonly string[],
): Promise<Map<string, StepRow[]>> {
  const undoable = [...plans].flatMap(([id, plan]) => (plan?.hasCompensation ? id : []));
  const history = await storedSteps(db, [...plans.keys()], { loopTypes, undoable });
  const wanted = [...history].flatMap(([id, rows]) => {
    const plan = plans.get(id);
    return plan && !plan.hasCompensation ? neededOf(plan, rows) : [];
  });
  if (wanted.length === 0) return history;
  const outputs = await storedOutputs(db, wanted);
  for (const row of wanted) row.output = outputs.get(keyOf(row)) ?? null;
  return history;
}

/** The steps in loops whose outputs somebody can still see. */
function neededOf(plan: Plan, rows: readonly StepRow[]): StepRow[] {
  const byPlace = new Map(rows.map((row) => [placeOf(row), row]));
  const bodies = Map.groupBy(
    rows.filter(({ node_path }) => node_path.includes('/')),
    ({ node_path }) => node_path.slice(0, node_path.lastIndexOf('/')),
  );
  return [...bodies].flatMap(([path, steps]) => {
    const loop = loopAt(plan, path);
    if (!loop || ENDED_STEPS.has(byPlace.get(placeOfLoop(path))?.status ?? 'running')) return [];
    const iterations = Map.groupBy(steps, ({ iteration }) => iteration);
    const isClosed = (all: readonly StepRow[]) =>
      all.filter(({ status }) => ENDED_STEPS.has(status)).length === loop.body.nodes.size;
    const closed = new Set([...iterations].flatMap(([iteration, all]) => (isClosed(all) ? iteration : [])));
    let last = -1;
    for (const iteration of closed) last = Math.max(last, iteration);
    const ends = new Set(loop.body.ends);
    return steps.filter((step) => {
      if (!closed.has(step.iteration)) return true;
      return (loop.keepsResults || step.iteration === last) && ends.has(step.node_path.slice(path.length + 1));
    });
  });
}

function loopAt(plan: Plan, path: string): { body: Plan; keepsResults: boolean } | undefined {
  let at: { body: Plan; keepsResults: boolean } | undefined;
  for (const segment of path.split('/')) {
    const node: ReturnType<Plan['nodes']['get']> = (at?.body ?? plan).nodes.get(segment.replace(/:\d+$/, ''));
    if (!node?.body || !node.runner.loop) return undefined;
    at = { body: node.body, keepsResults: node.runner.loop.keepsResults };
  }
  return at;
}

/** A loop within another carries the iteration it stands in behind its id. */
function placeOfLoop(path: string): string {
  const [, id = '', iteration = '0'] = /^(.*?)(?::(\d+))?$/.exec(path) ?? [];
  return `${id}:${iteration}`;
}

function placeOf({ node_path, iteration }: StepRow): string {
  return `${node_path}:${iteration}`;
}

function keyOf(row: StepRow): string {
  return `${row.execution_id} ${placeOf(row)}`;
}
