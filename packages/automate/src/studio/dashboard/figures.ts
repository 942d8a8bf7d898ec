import { addTo, quantile } from './durations.ts';
import { addGroup, type ExecutionGroup, type ExecutionTally, emptyTally } from './executions.store.ts';
import type { Counted } from './history.ts';
import { barsOf, cuts, type Parts, type Period } from './periods.ts';

/** What a dashboard says of executions. */
export interface ExecutionFigures {
  readonly total: number;
  readonly statuses: StatusCounts;
  readonly errorRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Of the period before; undefined as long as it is not counted. */
  readonly before: { readonly total: number; readonly errorRate: number | null; readonly p95Ms: number | null } | undefined;
  /** Back to when they are counted. */
  readonly countedFrom: number;
  readonly bars: readonly Bar[];
  readonly failures: readonly Failure[];
  readonly slowest: readonly Slow[];
}

export type StatusCounts = Readonly<Record<'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled', number>>;

export interface Bar {
  readonly start: number;
  readonly end: number;
  /** Whether all of it is counted. */
  readonly isCounted: boolean;
  readonly statuses: StatusCounts;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface Failure {
  readonly workflowId: string;
  readonly code: string;
  readonly count: number;
  readonly lastAt: string | null;
  readonly lastId: string | null;
  /** How many in each bar. */
  readonly trend: readonly number[];
}

export interface Slow {
  readonly workflowId: string;
  readonly ended: number;
  readonly averageMs: number;
  readonly longestMs: number;
}

const SHOWN = 6;

type CountedParts = ReadonlyMap<number, Counted<ExecutionTally>>;

/** Works out figures from what was counted. */
export function figuresOf(of: { within: Period; now: number; parts: Parts; counted: CountedParts }): ExecutionFigures {
  const { within, now, parts, counted: executions } = of;
  const { partMs } = cuts[within];
  const sum = sumOf(executions, parts.first, parts.end);
  const isWhole = (first: number, end: number) => range(first, end).every((part) => executions.has(part));
  const before = isWhole(parts.before, parts.first) ? sumOf(executions, parts.before, parts.first) : undefined;
  let countedFrom = parts.end;
  while (countedFrom > parts.first && executions.has(countedFrom - 1)) countedFrom -= 1;
  const cut = barsOf(within, parts);
  const bars = cut.map(({ first, end }) => {
    const { statuses, bins } = sumOf(executions, first, end);
    return {
      start: first * partMs,
      end: Math.min(end * partMs, now),
      isCounted: isWhole(first, end),
      statuses: countsOf(statuses),
      p50Ms: quantile(bins, 0.5) ?? null,
      p95Ms: quantile(bins, 0.95) ?? null,
    };
  });
  return {
    total: totalOf(sum),
    statuses: countsOf(sum.statuses),
    errorRate: errorRateOf(sum),
    p50Ms: quantile(sum.bins, 0.5) ?? null,
    p95Ms: quantile(sum.bins, 0.95) ?? null,
    before: before && { total: totalOf(before), errorRate: errorRateOf(before), p95Ms: quantile(before.bins, 0.95) ?? null },
    countedFrom: countedFrom * partMs,
    bars,
    failures: failuresOf(sum, (key) =>
      cut.map(({ first, end }) =>
        range(first, end).reduce((count, part) => count + (executions.get(part)?.tally.groups.get(key)?.count ?? 0), 0),
      ),
    ),
    slowest: slowestOf(sum),
  };
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

function sumOf(executions: CountedParts, first: number, end: number): ExecutionTally {
  const sum = emptyTally();
  for (const part of range(first, end)) {
    const tally = executions.get(part)?.tally;
    if (!tally) continue;
    addTo(sum.statuses, tally.statuses);
    addTo(sum.bins, tally.bins);
    for (const group of tally.groups.values()) addGroup(sum.groups, group);
  }
  return sum;
}

function countsOf(statuses: ReadonlyMap<string, number>): StatusCounts {
  const of = (status: keyof StatusCounts) => statuses.get(status) ?? 0;
  return {
    queued: of('queued'),
    running: of('running'),
    waiting: of('waiting'),
    succeeded: of('succeeded'),
    failed: of('failed'),
    cancelled: of('cancelled'),
  };
}

function totalOf({ statuses }: ExecutionTally): number {
  return [...statuses.values()].reduce((sum, count) => sum + count, 0);
}

/** Of those that succeeded or failed, the share that failed. */
function errorRateOf({ statuses }: ExecutionTally): number | null {
  const failed = statuses.get('failed') ?? 0;
  const ended = failed + (statuses.get('succeeded') ?? 0);
  return ended === 0 ? null : failed / ended;
}

function failuresOf({ groups }: ExecutionTally, trendOf: (key: string) => number[]): Failure[] {
  return [...groups]
    .flatMap(([key, group]) => (group.code === null ? [] : [{ key, ...group, code: group.code }]))
    .sort((left, right) => right.count - left.count || (right.lastId ?? '').localeCompare(left.lastId ?? ''))
    .slice(0, SHOWN)
    .map(({ key, workflowId, code, count, lastAt, lastId }) => ({
      workflowId,
      code,
      count,
      lastAt,
      lastId,
      trend: trendOf(key),
    }));
}

function slowestOf({ groups }: ExecutionTally): Slow[] {
  const byWorkflow = new Map<string, ExecutionGroup>();
  for (const group of groups.values()) addGroup(byWorkflow, { ...group, code: null });
  return [...byWorkflow.values()]
    .filter(({ ended }) => ended > 0)
    .map(({ workflowId, ended, totalMs, longestMs }) => ({
      workflowId,
      ended,
      averageMs: Math.round(totalMs / ended),
      longestMs: Math.round(longestMs),
    }))
    .sort((left, right) => right.averageMs - left.averageMs)
    .slice(0, SHOWN);
}
