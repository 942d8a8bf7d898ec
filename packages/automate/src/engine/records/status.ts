// In which states executions and steps are. The database, the wire and the code use the same words, so they are listed here alone.

export const executionStatuses = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/** Of executions that go on. */
export const openExecutions = ['queued', 'running', 'waiting'] as const satisfies readonly ExecutionStatus[];
/** In which nothing of an execution goes on. */
export const endedExecutions = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly ExecutionStatus[];

export const stepStatuses = ['running', 'waiting', 'retrying', 'succeeded', 'failed', 'skipped', 'cancelled'] as const;
export type StepStatus = (typeof stepStatuses)[number];

/** Of steps that have begun and not ended. */
export const openSteps = ['running', 'waiting', 'retrying'] as const satisfies readonly StepStatus[];
/** Of steps that are over, those that were never begun included. */
export const endedSteps = ['succeeded', 'failed', 'skipped', 'cancelled'] as const satisfies readonly StepStatus[];

export const ENDED_EXECUTIONS: ReadonlySet<string> = new Set(endedExecutions);
export const OPEN_STEPS: ReadonlySet<string> = new Set(openSteps);
export const ENDED_STEPS: ReadonlySet<string> = new Set(endedSteps);
