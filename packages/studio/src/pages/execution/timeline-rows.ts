import type { Step } from 'automate-client';
import { parentPlace, stepKey } from '../../data/step-key.ts';
import { type Axis, axisOver } from '../../ui/axis.ts';

/** One row of a timeline. */
export interface TimelineRow {
  readonly key: string;
  /** Missing for the row behind which a group has more steps than are loaded. */
  readonly step: Step | undefined;
  /** Last part of its path, with the item in a loop. */
  readonly name: string;
  readonly level: number;
  /** Whether other rows are below it. */
  readonly isGroup: boolean;
}

export interface RowOptions {
  /** Whether what is below a row is left out. */
  isClosed(key: string): boolean;
  /** Whether it holds steps although none of them is loaded. */
  holdsSteps?(step: Step): boolean;
  /** Whether a group has more than is loaded: then a row says so. */
  hasMore?(key: string): boolean;
}

/** Steps below the loop or group that they run in, each in the order in which it began. */
export function rowsOf(steps: readonly Step[], { isClosed, holdsSteps, hasMore }: RowOptions): readonly TimelineRow[] {
  const known = new Set(steps.map(stepKey));
  const placed = steps.map((step) => ({ step, ...placeOf(step, known) }));
  const below = Map.groupBy(placed, ({ parent }) => parent);
  const rows: TimelineRow[] = [];
  const add = (parent: string | undefined, level: number) => {
    const inner = (below.get(parent) ?? []).toSorted(
      ({ step: one }, { step: other }) => one.iteration - other.iteration || beginOf(one) - beginOf(other) || one.seq - other.seq,
    );
    for (const { step, name } of inner) {
      const key = stepKey(step);
      const isGroup = below.has(key) || (holdsSteps?.(step) ?? false);
      rows.push({ key, step, name, level, isGroup });
      if (!isGroup || isClosed(key)) continue;
      add(key, level + 1);
      if (hasMore?.(key)) rows.push({ key: `${key} …`, step: undefined, name: '…', level: level + 1, isGroup: false });
    }
  };
  add(undefined, 1);
  return rows;
}

/** The nearest step above that is known, and what a step is called below it. */
function placeOf({ node, iteration }: Step, known: ReadonlySet<string>): { parent: string | undefined; name: string } {
  for (let place = parentPlace(node); place; place = parentPlace(place.prefix)) {
    const key = stepKey(place);
    if (known.has(key)) return { parent: key, name: `${node.slice(place.prefix.length + 1)} [${iteration}]` };
  }
  return { parent: undefined, name: node };
}

/** Those that have not begun stand behind those that have. */
function beginOf({ started_at, finished_at }: Step): number {
  const time = started_at ?? finished_at;
  return time === null ? Number.POSITIVE_INFINITY : Date.parse(time);
}

/** Steps that wait rather than work: their time counts as idle. */
const WAITS = /^core\.(sleep|approval|wait)|^(workflow\.run|agent\.workflow)$/;

export function isWaiting({ type, status }: Step): boolean {
  return status === 'waiting' || status === 'retrying' || WAITS.test(type);
}

/** An axis on which the bars of all steps fit. @param closesGaps whether idle time is drawn short */
export function axisOf(steps: readonly Step[], options: { begin: number; end: number; closesGaps: boolean }): Axis {
  const known = new Set(steps.map(stepKey));
  const groups = new Set(steps.map((step) => placeOf(step, known).parent));
  const busy = steps
    .filter((step) => step.started_at && !isWaiting(step) && !groups.has(stepKey(step)))
    .map(
      ({ started_at, finished_at }) =>
        [Date.parse(started_at ?? ''), finished_at ? Date.parse(finished_at) : options.end] as const,
    );
  return axisOver(busy, options);
}
