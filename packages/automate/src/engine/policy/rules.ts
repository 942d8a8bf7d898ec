import { z } from 'zod';
import type { LimitRule, ListRule } from '../../governance/index.ts';
import type { FeatureSettings } from '../../platform/index.ts';
import { coversStepType, STEP_PATTERN } from './step-patterns.ts';

const StepPattern = z
  .string()
  .max(100)
  .regex(STEP_PATTERN, 'must be a step type such as "http.request", a prefix such as "core.*", or "*"');

const limit = <const Name extends string>(
  name: Name,
  description: string,
  [minimum, maximum]: readonly [number, number],
  more: Partial<LimitRule> = {},
): LimitRule => ({ kind: 'limit', name, description, minimum, maximum, ...more });

const stepTypes = (kind: ListRule['kind'], name: string, description: string): ListRule => ({
  kind,
  name,
  description,
  item: StepPattern,
  maximumItems: 100,
  covers: coversStepType,
});

const days = (of: string, what: string): LimitRule =>
  limit(`retention_days_${of}`, `Days after which ${what} is deleted`, [1, 36_500], {
    fallback: (settings: FeatureSettings) => (settings.of('engine').retentionDays as number) || null,
  });

/** What the policy of a tenant can say about its workflows, events and executions. */
export const engineRules = {
  allowedStepTypes: stepTypes('allow', 'allowed_step_types', 'Steps of these types only; `[]` is none at all'),
  deniedStepTypes: stepTypes('deny', 'denied_step_types', 'No steps of these types'),
  retentionDaysEvents: days('events', 'an event whose executions are all gone'),
  retentionDaysSucceeded: days('succeeded', 'an execution that succeeded'),
  retentionDaysFailed: days('failed', 'an execution that failed'),
  retentionDaysCancelled: days('cancelled', 'an execution that was cancelled'),
  maxWorkflows: limit('max_workflows', 'Workflows that are not archived', [0, 1_000_000], { noun: 'workflows' }),
  maxStepsPerWorkflow: limit('max_steps_per_workflow', 'Steps of one workflow', [1, 2_000]),
  maxActiveExecutions: limit(
    'max_active_executions',
    'Executions that are queued or running; those that wait do not count',
    [0, 10_000_000],
  ),
  maxDescendants: limit(
    'max_descendants',
    'Executions that one may start, directly and through those that it started; 10,000 where nobody set anything',
    [0, 1_000_000],
    { ceiling: 10_000 },
  ),
  maxEventPayloadBytes: limit(
    'max_event_payload_bytes',
    'Bytes of the payload of an event, or of the input of a run, as JSON',
    [1, 8_388_608],
  ),
  maxEventsPerMinute: limit('max_events_per_minute', 'Events taken in a minute, in all processes together', [0, 100_000_000]),
  maxEventHops: limit(
    'max_event_hops',
    'Executions in a row by which an event may have come about and still start something',
    [1, 1_000],
    // More than any chain of workflows has that was meant.
    { fallback: 50 },
  ),
} as const;
