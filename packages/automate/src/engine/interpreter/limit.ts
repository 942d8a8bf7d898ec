import type { PlanNode } from '../graph/plan.ts';
import type { StepRecord } from '../records/execution.ts';
import { StepError } from '../steps/step-error.ts';
import type { StepResult } from '../steps/step-result.ts';
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

/** What a step fails with that has taken too long. */
export function tookTooLong({ limitMs = 0 }: PlanNode): StepError {
  return new StepError({ code: 'step_timeout', detail: `The step took longer than ${limitMs / 1_000} s.`, isRetryable: true });
}

/** The same for one that was over at once, and so could not be stopped; undefined when it was in time. @param since in milliseconds */
export function lateness(node: PlanNode, { waitsFor, resumeAt, starts }: StepResult, since: number): StepError | undefined {
  const goesOn = waitsFor !== undefined || resumeAt !== undefined || starts !== undefined || node.body !== undefined;
  if (node.limitMs === undefined || goesOn || performance.now() - since <= node.limitMs) return undefined;
  return tookTooLong(node);
}
