import type { Redactor } from '../../kernel/index.ts';
import type { Failure, StepRecord } from '../records/execution.ts';
import type { DryRunCall, DryRunReport } from '../workflows/dry-run-schemas.ts';
import type { MemoryJournal } from './memory-journal.ts';

/** What a dry run came to, redacted. */
export function toReport({
  journal,
  stopped,
  calls,
  redact,
  maximumSteps,
}: {
  readonly journal: MemoryJournal;
  /** Why it was ended before its end, if it was. */
  readonly stopped: Failure | undefined;
  readonly calls: readonly DryRunCall[];
  readonly redact: Redactor;
  readonly maximumSteps: number;
}): DryRunReport {
  const end = journal.last();
  const status = stopped ? 'failed' : end?.status === 'succeeded' || end?.status === 'waiting' ? end.status : 'failed';
  return {
    status,
    output: redact(status === 'succeeded' ? (end?.output ?? null) : null) as DryRunReport['output'],
    error: redact(stopped ?? end?.error ?? null) as DryRunReport['error'],
    steps: journal
      .steps()
      .slice(0, maximumSteps)
      .map((record) => toStep(record, redact)),
    calls: calls.map((call) => ({
      ...call,
      url: redact(call.url) as string,
      headers: redact(call.headers) as DryRunCall['headers'],
      body: redact(call.body) as DryRunCall['body'],
    })),
  };
}

function toStep(record: StepRecord, redact: Redactor): DryRunReport['steps'][number] {
  const iso = (date: Date | null) => date?.toISOString() ?? null;
  return {
    node: record.nodePath,
    iteration: record.iteration,
    seq: record.seq,
    type: record.nodeType,
    status: record.status,
    route: record.route,
    input: redact(record.input) as never,
    output: redact(record.output) as never,
    error: redact(record.error) as never,
    attempts: record.attempts,
    resume_at: iso(record.resumeAt),
    waits_for: record.waitsFor,
    started_at: iso(record.startedAt),
    finished_at: iso(record.finishedAt),
  };
}
