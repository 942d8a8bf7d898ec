import type { z } from 'zod';
import type { Row } from '../../../kernel/index.ts';
import { usdOf } from '../usd.ts';
import type { ResultRow } from './result.store.ts';
import type { PromptComparison, PromptRunModel } from './schemas.ts';

type Comparison = z.input<typeof PromptComparison>;
type Case = Comparison['cases'][number];

export interface ComparedRun {
  readonly run: Row<typeof PromptRunModel>;
  readonly results: readonly ResultRow[];
}

/** A run beside another one, by the names of the cases that both have finished. */
export function compareRuns(mine: ComparedRun, theirs: ComparedRun): Comparison {
  const others = new Map(theirs.results.map((result) => [result.name, result]));
  const names = new Set(mine.results.map(({ name }) => name));
  const cases = [
    ...mine.results.map((result) => caseOf(result, others.get(result.name))),
    ...theirs.results.filter(({ name }) => !names.has(name)).map((result) => caseOf(undefined, result)),
  ];
  const count = (change: Case['change']) => cases.filter((one) => one.change === change).length;
  return { run: figuresOf(mine), other: figuresOf(theirs), fixed: count('fixed'), broken: count('broken'), cases };
}

function caseOf(run: ResultRow | undefined, other: ResultRow | undefined): Case {
  const name = (run ?? other)?.name ?? '';
  return { name, change: changeOf(run, other), run: sideOf(run), other: sideOf(other) };
}

function changeOf(run: ResultRow | undefined, other: ResultRow | undefined): Case['change'] {
  if (!run) return 'removed';
  if (!other) return 'added';
  if (run.passed === other.passed) return run.passed ? 'passes' : 'fails';
  return run.passed ? 'fixed' : 'broken';
}

function sideOf(result: ResultRow | undefined): Case['run'] {
  if (!result) return null;
  const { passed, latency_ms, cost_nanos: nanos, output, assertions, error } = result;
  const failures = assertions.filter((one) => !one.passed).map(({ type, reason }) => `${type}: ${reason}`);
  if (error) failures.push(`${error.code}: ${error.message}`);
  return { passed, latency_ms, cost_usd: usdOf(nanos === null ? null : BigInt(nanos)), output, failures };
}

function figuresOf({ run }: ComparedRun): Comparison['run'] {
  const { version, model, finished, passed, cost_usd, avg_latency_ms } = run;
  return { version, model, finished, pass_rate: finished === 0 ? null : passed / finished, cost_usd, avg_latency_ms };
}
