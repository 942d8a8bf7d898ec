import type { StepRecord } from '../records/execution.ts';
import type { Run } from './run.ts';

/** Whether the time has come that a step waits for. */
export function isDue(run: Run, { resumeAt }: Pick<StepRecord, 'resumeAt'>): boolean {
  return resumeAt !== null && resumeAt.getTime() <= run.options.clock.now().getTime();
}

/** When the next parked step or loop is due, or the execution out of time. */
export function nextDue(run: Run): Date | undefined {
  const times = [...run.parked.values()].flatMap(({ before }) => before.resumeAt?.getTime() ?? []);
  for (const { record, failure } of run.loops.keys()) if (record.resumeAt && !failure) times.push(record.resumeAt.getTime());
  if (run.deadline) times.push(run.deadline.getTime());
  return times.length > 0 ? new Date(Math.min(...times)) : undefined;
}
