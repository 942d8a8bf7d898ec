import type { Db } from '../../db/index.ts';
import type { Secrets } from '../../governance/index.ts';
import { type Clock, errorMessage, type Json, type Logger, type Redactor } from '../../kernel/index.ts';
import type { NewEvent, Receipt } from '../events/event.ts';
import type { ExecutionListener } from '../executions/execution-handler.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Failure, StepRecord } from '../records/execution.ts';
import { findFailures } from './failures.store.ts';
import type { HookCaller } from './hooks.ts';
import type { HookExecution, HookStep, HookTimes } from './payloads.ts';

/** Turns what was committed into calls of hooks. */
export interface HookEvents extends ExecutionListener {
  stored(entries: readonly JournalEntry[]): void;
  received(receipts: readonly Receipt[], events: readonly NewEvent[]): void;
}

export interface HookEventsOptions {
  readonly db: Db;
  readonly hooks: HookCaller;
  readonly clock: Clock;
  readonly redactFor: (tenantId: string) => Redactor;
  /** Before anything is shown of a tenant, redaction knows its secrets. */
  readonly secrets: Pick<Secrets, 'learn'>;
  readonly logger: Logger;
}

/** An execution that a worker here has. */
interface InFlight {
  readonly about: HookExecution;
  readonly startedAt: Date;
}

export function createHookEvents(options: HookEventsOptions): HookEvents {
  const { hooks, clock, logger } = options;
  const inFlight = new Map<string, InFlight>();
  return {
    follow(execution, workflow, isNew) {
      const { id, tenantId, traceId, startedAt } = execution;
      const about = { executionId: id, tenantId, workflow, traceId, eventId: String(execution.event.id) };
      const entry: InFlight = { about, startedAt };
      inFlight.set(id, entry);
      if (isNew) hooks.call('workflow_started', () => ({ ...about, startedAt }));
      return () => {
        if (inFlight.get(id) === entry) inFlight.delete(id);
      };
    },
    begun(record) {
      if (!hooks.has('step_started')) return;
      const known = inFlight.get(record.executionId);
      if (!known) return;
      const startedAt = record.startedAt ?? clock.now();
      hooks.call('step_started', () => ({ ...known.about, startedAt, step: toStep(record) }));
    },
    givenUp(executionIds) {
      if (!hooks.has('workflow_failed')) return;
      failuresFound(options, executionIds).catch((cause: unknown) =>
        logger.warn({ reason: errorMessage(cause) }, 'no hook was called with executions that were given up'),
      );
    },
    stored(entries) {
      const hasSteps = hooks.has('step_completed') || hooks.has('step_failed');
      for (const { lease, steps, execution } of entries) {
        const known = inFlight.get(lease.jobId);
        if (!known) continue;
        if (hasSteps) for (const step of steps) stepEnded(options, known, step);
        if (execution) executionEnded(options, known, execution);
      }
    },
    received(receipts, events) {
      if (!hooks.has('event_received')) return;
      receipts.forEach(({ eventId, status, traceId }, index) => {
        const { tenantId, eventType: type, source } = events[index] as NewEvent;
        if (status === 'accepted') hooks.call('event_received', () => ({ eventId, tenantId, type, source, traceId }));
      });
    },
  };
}

/** Of executions that no worker has any more, what is stored is asked for. */
async function failuresFound({ db, hooks, secrets, redactFor }: HookEventsOptions, ids: readonly string[]): Promise<void> {
  const failures = await findFailures(db, ids);
  for (const tenantId of new Set(failures.map(({ about }) => about.tenantId))) await secrets.learn(tenantId);
  for (const { about, startedAt, finishedAt, error } of failures)
    hooks.call('workflow_failed', () => ({
      ...about,
      ...times(startedAt, finishedAt),
      error: redactFor(about.tenantId)(error) as Failure | null,
    }));
}

function stepEnded({ hooks, clock, redactFor }: HookEventsOptions, { about, startedAt }: InFlight, record: StepRecord): void {
  const { status, output, error, route } = record;
  const payload = () => ({
    ...about,
    ...times(record.startedAt ?? startedAt, record.finishedAt ?? clock.now()),
    step: toStep(record),
  });
  const redact = redactFor(about.tenantId);
  if (status === 'succeeded') hooks.call('step_completed', () => ({ ...payload(), output: redact(output) as Json }));
  if (status === 'failed')
    hooks.call('step_failed', () => ({ ...payload(), error: redact(error) as Failure | null, isHandled: route !== null }));
}

function executionEnded(
  { hooks, clock, redactFor }: HookEventsOptions,
  { about, startedAt }: InFlight,
  { status, output = null, error = null }: NonNullable<JournalEntry['execution']>,
): void {
  const finishedAt = clock.now();
  const payload = () => ({ ...about, ...times(startedAt, finishedAt) });
  const redact = redactFor(about.tenantId);
  if (status === 'succeeded') hooks.call('workflow_completed', () => ({ ...payload(), output: redact(output) as Json }));
  if (status === 'failed') hooks.call('workflow_failed', () => ({ ...payload(), error: redact(error) as Failure | null }));
  if (status === 'cancelled') hooks.call('workflow_cancelled', payload);
}

function toStep({ nodePath: node, iteration, nodeType: type, attempts }: StepRecord): HookStep {
  return { node, iteration, type, attempts };
}

function times(startedAt: Date, finishedAt: Date): HookTimes {
  return { startedAt, finishedAt, durationMs: Math.max(finishedAt.getTime() - startedAt.getTime(), 0) };
}
