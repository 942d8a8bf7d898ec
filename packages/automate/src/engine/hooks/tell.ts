import type { Clock, Json, Redactor } from '../../kernel/index.ts';
import type { NewEvent, Receipt } from '../events/event.ts';
import type { Failure, LoadedExecution, StepRecord } from '../executions/execution.ts';
import type { JournalEntry } from '../executions/journal.ts';
import type { VersionedWorkflow } from '../workflows/version-cache.ts';
import type { HookCaller } from './hooks.ts';
import type { HookExecution, HookTimes } from './payloads.ts';

/** Turns what was committed into calls of hooks. */
export interface HookTeller {
  /** An execution is in hand from now on. Returns how to forget it. */
  follow(execution: LoadedExecution, workflow: VersionedWorkflow, isNew: boolean): () => void;
  stored(entries: readonly JournalEntry[]): void;
  received(receipts: readonly Receipt[], events: readonly NewEvent[]): void;
}

interface InHand {
  readonly about: HookExecution;
  readonly startedAt: Date;
}

export function createHookTeller({
  hooks,
  clock,
  redactFor,
}: {
  hooks: HookCaller;
  clock: Clock;
  redactFor: (tenantId: string) => Redactor;
}): HookTeller {
  const inHand = new Map<string, InHand>();
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
    const { nodePath: node, iteration, nodeType: type, attempts, status, output, error, route } = record;
    const told = () => ({
      ...about,
      ...times(record.startedAt ?? startedAt, record.finishedAt ?? clock.now()),
      step: { node, iteration, type, attempts },
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

function times(startedAt: Date, finishedAt: Date): HookTimes {
  return { startedAt, finishedAt, durationMs: Math.max(finishedAt.getTime() - startedAt.getTime(), 0) };
}
