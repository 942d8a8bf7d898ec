import { errorMessage } from '../../kernel/index.ts';
import type { Plan, PlanNode } from '../graph/plan.ts';
import { childSignal } from '../journal/children.ts';
import { errorWorkflowJobs } from '../journal/error-workflow-jobs.ts';
import { isRefusal, type JournalEntry, weightOf } from '../journal/journal.ts';
import type { StartedExecution } from '../journal/start.ts';
import type { StepRecord } from '../records/execution.ts';
import { StepError } from '../steps/step-error.ts';
import { reasonOf } from './attempt.ts';
import { failureRoute } from './routes.ts';
import type { Run } from './run.ts';
import { ended } from './step-records.ts';

/** Why a step fails of which the database takes no record. */
export function refusedStep(error: unknown): StepError {
  const detail = `What the step made cannot be stored: ${errorMessage(error)}`;
  return new StepError({ code: 'not_storable', detail, isRetryable: false, cause: error });
}

/**
 * Stores what the database takes of an entry that it has refused as a whole: a step at fault is stored as failed, without what it
 * made, and what followed from it is left out. The execution is given back, and the next claim goes on from what is stored. Where
 * no step is at fault, the execution fails.
 * @throws what the journal throws when the database is away
 */
export async function failRefused(run: Run, entry: JournalEntry, error: unknown): Promise<void> {
  const { journal, plan, settings } = run.options;
  const { lease, isRecovery } = entry;
  const { id, parentId, startedAt } = run.options.execution;
  run.options.context.logger.warn({ error }, 'the database refuses what a step made; that step fails');
  let isAnyAtFault = false;
  for (const record of entry.steps) {
    // What is skipped is found again by whoever goes on.
    if (record.status === 'skipped') continue;
    const node = nodeAt(plan, record.nodePath);
    if (isAnyAtFault && (node?.runner.isPure || node?.body)) continue;
    const taken = (entry.taken ?? []).filter(({ by }) => by === `${record.nodePath}:${record.iteration}`);
    const children = (entry.children ?? []).filter((child) => isStartOf(record, child));
    const eventWaits = (entry.eventWaits ?? []).filter(({ step }) => step === `${record.nodePath}:${record.iteration}`);
    const emitted = (entry.emitted ?? []).filter(({ id }) => (record.output as { event_id?: unknown } | null)?.event_id === id);
    try {
      if (!(await journal.append({ lease, isRecovery, steps: [record], taken, children, eventWaits, emitted }))) return;
    } catch (cause) {
      if (!isRefusal(cause, weightOf(record))) throw cause;
      isAnyAtFault = true;
      if (!(await journal.append({ lease, isRecovery, steps: [failed(record, node, cause)], taken }))) return;
    }
  }
  const seq = run.nextSeq();
  if (isAnyAtFault) {
    await journal.append({
      lease,
      isRecovery,
      steps: [],
      ...(entry.closes && { closes: entry.closes }),
      execution: { id, startedAt, status: 'queued', seq },
      job: { type: 'released' },
    });
    return;
  }
  const reason = reasonOf(refusedStep(error));
  const ending = {
    execution: { id, startedAt, status: 'running', seq, ending: 'failed', error: reason },
    job: { type: 'released' },
  } as const;
  const end = {
    execution: { id, startedAt, status: 'failed', error: reason },
    parentId,
    cancelsChildren: run.hasChildren,
    endsWaits: settings.cancel_on !== undefined,
    job: { type: 'succeeded' },
    jobs: errorWorkflowJobs(run.options.execution, settings),
  } as const;
  await journal.append({ lease, isRecovery, steps: [], ...(plan.hasCompensation ? ending : end) });

  function failed(record: StepRecord, node: PlanNode | undefined, cause: unknown): StepRecord {
    const refused = withoutContent(record, cause);
    return ended(run, refused, { status: 'failed', route: failureRoute(node?.onError ?? 'fail'), error: refused.error });
  }
}

/** A step that has failed since the database refuses what it made; that is left out. */
export function withoutContent(record: StepRecord, cause: unknown): StepRecord {
  return {
    ...record,
    input: null,
    output: null,
    bytes: 0,
    seen: null,
    status: 'failed',
    route: null,
    error: reasonOf(refusedStep(cause)),
  };
}

function isStartOf({ output, waitsFor }: StepRecord, child: StartedExecution): boolean {
  const { execution_id: id } = (output ?? {}) as { execution_id?: unknown };
  return id === child.id || (child.parentStep != null && waitsFor === childSignal(child.parentStep));
}

/** A loop within another has the iteration it stands in behind its id. */
function nodeAt(plan: Plan, path: string): PlanNode | undefined {
  let at: Plan | undefined = plan;
  let node: PlanNode | undefined;
  for (const segment of path.split('/')) {
    node = at?.nodes.get(segment.replace(/:\d+$/, ''));
    at = node?.body;
  }
  return node;
}
