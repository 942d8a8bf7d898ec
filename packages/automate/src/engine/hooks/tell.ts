import { type Clock, errorMessage, type Json, type Logger, type Redactor, TransientMap } from '../../kernel/index.ts';
import type { NewEvent, Receipt } from '../events/event.ts';
import type { ExecutionListener } from '../executions/execution-handler.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Failure, StepRecord } from '../records/execution.ts';
import type { HookCaller } from './hooks.ts';
import type { HookExecution, HookStep, HookTimes } from './payloads.ts';

/** Turns what was committed into calls of hooks. */
export interface HookTeller extends ExecutionListener {
  stored(entries: readonly JournalEntry[]): void;
  received(receipts: readonly Receipt[], events: readonly NewEvent[]): void;
}

/** An execution that has failed, as it is stored. */
export interface ExecutionFailure {
  readonly about: HookExecution;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly error: Failure | null;
}

interface InHand {
  readonly about: HookExecution;
  readonly startedAt: Date;
}

export function createHookTeller({
  hooks,
  clock,
  redactFor,
  findFailures,
  logger,
}: {
  hooks: HookCaller;
  clock: Clock;
  redactFor: (tenantId: string) => Redactor;
  /** What is told of executions that no worker has in hand. */
  findFailures: (executionIds: readonly string[]) => Promise<readonly ExecutionFailure[]>;
  logger: Logger;
}): HookTeller {
  const inHand = new TransientMap<InHand>();
  return {
    follow(execution, workflow, isNew) {
      const { id, tenantId, traceId, startedAt } = execution;
      const about = { executionId: id, tenantId, workflow, traceId, eventId: String(execution.event.id) };
      const entry: InHand = { about, startedAt };
      inHand.set(id, entry);
      if (isNew) hooks.call('workflow_started', () => ({ ...about, startedAt }));
      return () => {
        if (inHand.get(id) === entry) inHand.delete(id);
      };
    },
    begun(record) {
      if (!hooks.has('step_started')) return;
      const known = inHand.get(record.executionId);
      if (!known) return;
      const startedAt = record.startedAt ?? clock.now();
      hooks.call('step_started', () => ({ ...known.about, startedAt, step: toStep(record) }));
    },
    givenUp(executionIds) {
      if (!hooks.has('workflow_failed')) return;
      findFailures(executionIds)
        .then((failures) => {
          for (const { about, startedAt, finishedAt, error } of failures)
            hooks.call('workflow_failed', () => ({
              ...about,
              ...times(startedAt, finishedAt),
              error: redactFor(about.tenantId)(error) as Failure | null,
            }));
        })
        .catch((cause: unknown) =>
          logger.warn({ reason: errorMessage(cause) }, 'no hook was told of executions that were given up'),
        );
    },
    stored(entries) {
      const hasSteps = hooks.has('step_completed') || hooks.has('step_failed');
      for (const { lease, steps, execution } of entries) {
        const known = inHand.get(lease.jobId);
        if (!known) continue;
        if (hasSteps) for (const step of steps) tellStep(known, step);
        if (execution) tellEnd(known, execution);
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

  function tellStep({ about, startedAt }: InHand, record: StepRecord): void {
    const { status, output, error, route } = record;
    const told = () => ({
      ...about,
      ...times(record.startedAt ?? startedAt, record.finishedAt ?? clock.now()),
      step: toStep(record),
    });
    const redact = redactFor(about.tenantId);
    if (status === 'succeeded') hooks.call('step_completed', () => ({ ...told(), output: redact(output) as Json }));
    if (status === 'failed')
      hooks.call('step_failed', () => ({ ...told(), error: redact(error) as Failure | null, isHandled: route !== null }));
  }

  function tellEnd(
    { about, startedAt }: InHand,
    { status, output = null, error = null }: NonNullable<JournalEntry['execution']>,
  ): void {
    const finishedAt = clock.now();
    const told = () => ({ ...about, ...times(startedAt, finishedAt) });
    const redact = redactFor(about.tenantId);
    if (status === 'succeeded') hooks.call('workflow_completed', () => ({ ...told(), output: redact(output) as Json }));
    if (status === 'failed') hooks.call('workflow_failed', () => ({ ...told(), error: redact(error) as Failure | null }));
    if (status === 'cancelled') hooks.call('workflow_cancelled', told);
  }
}

function toStep({ nodePath: node, iteration, nodeType: type, attempts }: StepRecord): HookStep {
  return { node, iteration, type, attempts };
}

function times(startedAt: Date, finishedAt: Date): HookTimes {
  return { startedAt, finishedAt, durationMs: Math.max(finishedAt.getTime() - startedAt.getTime(), 0) };
}
