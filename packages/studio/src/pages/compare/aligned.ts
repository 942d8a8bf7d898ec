import type { Step } from 'automate-client';

export interface Pair {
  readonly key: string;
  readonly name: string;
  readonly first: Step | undefined;
  readonly second: Step | undefined;
  /** Whether they ended otherwise, took or gave something else, or one is missing. */
  readonly isDifferent: boolean;
}

/** Steps of two executions side by side, in the order of the first, then what only the second has. */
export function aligned(first: readonly Step[], second: readonly Step[]): readonly Pair[] {
  const others = new Map(second.map((step) => [keyOf(step), step]));
  const keys = new Set([...first.toSorted(byBegin), ...second.toSorted(byBegin)].map(keyOf));
  const ones = new Map(first.map((step) => [keyOf(step), step]));
  return [...keys].map((key) => {
    const [one, other] = [ones.get(key), others.get(key)];
    const step = (one ?? other) as Step;
    const isInner = step.node.includes('/');
    return {
      key,
      name: isInner ? `${step.node} [${step.iteration}]` : step.node,
      first: one,
      second: other,
      isDifferent: !one || !other || whatOf(one) !== whatOf(other),
    };
  });
}

export function tookMs(step: Pick<Step, 'started_at' | 'finished_at'> | undefined): number | undefined {
  if (!step?.started_at || !step.finished_at) return undefined;
  return Date.parse(step.finished_at) - Date.parse(step.started_at);
}

function keyOf({ node, iteration }: Step): string {
  return `${node}@${iteration}`;
}

function whatOf({ status, route, input, output, error }: Step): string {
  return JSON.stringify([status, route, input, output, error]);
}

function byBegin(one: Step, other: Step): number {
  return (one.started_at ?? '9').localeCompare(other.started_at ?? '9') || one.seq - other.seq;
}
