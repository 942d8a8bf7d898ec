import type { PlanNode } from '../../graph/plan.ts';
import { StepError } from '../../steps/step-type.ts';
import type { StepRecord } from '../execution.ts';
import { LIMIT_ROUTE } from './routes.ts';
import type { Run } from './run.ts';

/** When a try of a node that begins now has taken too long, with all that it waits for; null: never. */
export function limitOf(run: Run, { limitMs }: PlanNode): Date | null {
  return limitMs === undefined ? null : new Date(run.options.clock.now().getTime() + limitMs);
}

/** A step that is about to wait, at most as long as its node lets it. */
export function limited(run: Run, node: PlanNode, record: StepRecord): StepRecord {
  const limit = limitOf(run, node);
  if (!limit || (record.resumeAt && record.resumeAt <= limit)) return record;
  return { ...record, resumeAt: limit, route: LIMIT_ROUTE };
}

/**
 * What a step that has ended fails with when it has taken too long. One that can be stopped was stopped in time; what is over at
 * once cannot be, and is measured.
 * @param tookMs how long
 */
export function overLimit({ limitMs, runner }: PlanNode, tookMs: number): StepError | undefined {
  if (limitMs === undefined || tookMs <= limitMs || (!runner.isPure && tookMs < Number.POSITIVE_INFINITY)) return undefined;
  return new StepError({ code: 'step_timeout', detail: `The step took longer than ${limitMs / 1_000} s.`, isRetryable: true });
}
