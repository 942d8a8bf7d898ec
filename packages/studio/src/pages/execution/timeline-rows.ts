import type { Step } from 'automate-client';
import { stepKey } from './step-key.ts';

/** One row of a timeline. */
export interface TimelineRow {
  readonly key: string;
  readonly step: Step;
  /** Last part of its path, with the item in a loop. */
  readonly name: string;
  readonly level: number;
  /** Whether other rows are below it. */
  readonly isGroup: boolean;
}

/** Steps below the loop or group that they run in, each in the order in which it began. @param isClosed whether what is below a row is left out */
export function rowsOf(steps: readonly Step[], isClosed: (key: string) => boolean): readonly TimelineRow[] {
  const nodes = new Set(steps.map(({ node }) => node));
  const below = Map.groupBy(steps, ({ node }) => parentOf(node, nodes));
  const rows: TimelineRow[] = [];
  const add = (parent: string | undefined, level: number) => {
    const inner = (below.get(parent) ?? []).toSorted(
      (one, other) => one.iteration - other.iteration || beginOf(one) - beginOf(other) || one.seq - other.seq,
    );
    for (const step of inner) {
      const key = stepKey(step);
      // Of a loop in a loop, the items of all its turns stand below the first.
      const isGroup =
        below.has(step.node) && step.iteration === (below.get(parent)?.find(({ node }) => node === step.node)?.iteration ?? 0);
      rows.push({ key, step, name: nameOf(step, parent), level, isGroup });
      if (isGroup && !isClosed(key)) add(step.node, level + 1);
    }
  };
  add(undefined, 1);
  return rows;
}

function parentOf(node: string, nodes: ReadonlySet<string>): string | undefined {
  for (let end = node.lastIndexOf('/'); end > 0; end = node.lastIndexOf('/', end - 1)) {
    const parent = node.slice(0, end);
    if (nodes.has(parent)) return parent;
  }
  return undefined;
}

function nameOf({ node, iteration }: Step, parent: string | undefined): string {
  return parent === undefined ? node : `${node.slice(parent.length + 1)} [${iteration}]`;
}

/** Those that have not begun stand behind those that have. */
function beginOf({ started_at, finished_at }: Step): number {
  const time = started_at ?? finished_at;
  return time === null ? Number.POSITIVE_INFINITY : Date.parse(time);
}

/** Steps that wait rather than work: their time counts as idle. */
const WAITS = /^core\.(sleep|approval|wait)|^workflow\.run$/;

export function isWaiting({ type, status }: Step): boolean {
  return status === 'waiting' || status === 'retrying' || WAITS.test(type);
}

/** Idle time beyond this is drawn shorter. */
const GAP_MS = 10_000;
/** Percent of the width that such a gap takes. */
const GAP_WIDTH = 7;

export interface Gap {
  readonly x: number;
  readonly width: number;
  readonly milliseconds: number;
}

export interface Axis {
  /** Where a time stands, percent. */
  at(time: number): number;
  readonly gaps: readonly Gap[];
  readonly begin: number;
  readonly end: number;
}

/** An axis on which all bars fit. @param closesGaps whether idle time is drawn short */
export function axisOf(
  steps: readonly Step[],
  { begin, end, closesGaps }: { begin: number; end: number; closesGaps: boolean },
): Axis {
  const idle = closesGaps ? idleTimes(steps, begin, end) : [];
  const gapWidth = Math.min(GAP_WIDTH, 60 / Math.max(idle.length, 1));
  const busyMs = Math.max(end - begin - idle.reduce((sum, [from, to]) => sum + to - from, 0), 1);
  const perMs = (100 - gapWidth * idle.length) / busyMs;
  const at = (time: number) => {
    let x = 0;
    let cursor = begin;
    for (const [from, to] of idle) {
      if (time <= from) break;
      x += (from - cursor) * perMs;
      x += gapWidth * Math.min((time - from) / (to - from), 1);
      cursor = Math.min(to, time);
    }
    return Math.min(Math.max(x + Math.max(time - cursor, 0) * perMs, 0), 100);
  };
  return { at, begin, end, gaps: idle.map(([from, to]) => ({ x: at(from), width: gapWidth, milliseconds: to - from })) };
}

/** Times of more than ten seconds in which nothing works. */
function idleTimes(steps: readonly Step[], begin: number, end: number): readonly (readonly [from: number, to: number])[] {
  const nodes = new Set(steps.map(({ node }) => node));
  const groups = new Set(steps.map(({ node }) => parentOf(node, nodes)));
  const busy = steps
    .filter((step) => step.started_at && !isWaiting(step) && !groups.has(step.node))
    .map(({ started_at, finished_at }) => [Date.parse(started_at ?? ''), finished_at ? Date.parse(finished_at) : end] as const)
    .toSorted(([one], [other]) => one - other);
  const idle: (readonly [number, number])[] = [];
  let until = begin;
  for (const [from, to] of [...busy, [end, end] as const]) {
    if (from - until > GAP_MS) idle.push([until, from]);
    until = Math.max(until, to);
  }
  return idle;
}
