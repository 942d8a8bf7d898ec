import type { Plan, PlanNode } from '../graph/plan.ts';
import { createScope, type Failure, type GrowingScope, type LoadedExecution, type StepRecord } from '../records/execution.ts';
import { bodyPrefix, failedStep, iterationFrame, type LinkOf, newLoop, outputOf, rootFrame } from './frame.ts';

/** A step that was done and can be undone, and what the undoing sees. */
export interface Compensation {
  readonly node: PlanNode & { readonly compensate: NonNullable<PlanNode['compensate']> };
  readonly record: StepRecord;
  readonly scope: GrowingScope;
}

/** What stands behind the path of a step in the path of its undoing. */
export const UNDONE = '#undo';

export function isUndoing({ nodePath }: Pick<StepRecord, 'nodePath'>): boolean {
  return nodePath.endsWith(UNDONE);
}

/** Everything that has to be undone, the last step that was done first. */
export function compensations(
  execution: LoadedExecution,
  plan: Plan,
  stored: readonly StepRecord[],
  linkOf: LinkOf,
): Compensation[] {
  const byFrame = Map.groupBy(
    stored.filter((record) => !isUndoing(record)),
    ({ nodePath, iteration }) => `${nodePath.slice(0, nodePath.lastIndexOf('/') + 1)} ${iteration}`,
  );
  const iterationsOf = new Map<string, number[]>();
  for (const key of byFrame.keys()) {
    const [prefix = '', iteration] = key.split(' ');
    const iterations = iterationsOf.get(prefix) ?? [];
    iterations.push(Number(iteration));
    iterationsOf.set(prefix, iterations);
  }
  const found: Compensation[] = [];
  collect(rootFrame(plan, createScope(execution), linkOf));
  return found.sort((left, right) => right.record.seq - left.record.seq);

  function collect(frame: ReturnType<typeof rootFrame>): void {
    const records = byFrame.get(`${frame.prefix} ${frame.iteration}`) ?? [];
    for (const record of records) {
      const id = record.nodePath.slice(frame.prefix.length);
      if (record.status === 'succeeded') frame.scope.steps[id] = { output: record.output };
      else if (record.status === 'failed') frame.scope.steps[id] = failedStep(record.error as Failure);
    }
    for (const record of records) {
      const node = frame.plan.nodes.get(record.nodePath.slice(frame.prefix.length));
      if (node?.compensate && record.status === 'succeeded')
        found.push({ node: node as Compensation['node'], record, scope: frame.scope });
      if (node?.body && node.runner.loop && record.input !== null) collectLoop(frame, node, record);
    }
  }

  function collectLoop(frame: ReturnType<typeof rootFrame>, node: PlanNode, record: StepRecord): void {
    const loop = newLoop(frame, node, record);
    for (const index of (iterationsOf.get(bodyPrefix(frame, node.id)) ?? []).sort((left, right) => left - right)) {
      const inner = iterationFrame(loop, index);
      collect(inner);
      // The next one saw it as `previous`.
      loop.results[loop.runner.keepsResults ? index : 0] = outputOf(inner);
    }
  }
}
