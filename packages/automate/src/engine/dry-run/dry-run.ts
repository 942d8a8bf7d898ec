import type { Secrets } from '../../governance/index.ts';
import { createLogger, type Json, newId, type Redactor, systemClock } from '../../kernel/index.ts';
import { endExecution } from '../interpreter/end.ts';
import { interpret } from '../interpreter/interpret.ts';
import type { StepLimits } from '../interpreter/limits.ts';
import { refusingEmitter } from '../journal/emitter.ts';
import type { Failure, LoadedExecution } from '../records/execution.ts';
import type { DryRun, DryRunCall } from '../workflows/dry-run-schemas.ts';
import type { DryRunner } from '../workflows/dry-runner.ts';
import { dryEffects } from './dry-effects.ts';
import { type DryGraphOptions, planRequest } from './dry-graph.ts';
import { dryPlan } from './dry-plan.ts';
import { toReport } from './dry-report.ts';
import { createMemoryJournal, type MemoryJournal } from './memory-journal.ts';

export interface DryRunOptions extends DryGraphOptions {
  readonly limits: StepLimits;
  readonly redactFor: (tenantId: string) => Redactor;
}

const MAXIMUM_MS = 10_000;
const MAXIMUM_STEPS = 1_000;
const MAXIMUM_CALLS = 200;
const SILENT = createLogger({ level: 'silent', name: 'dry-run' });

/**
 * Runs a graph with nothing stored and nothing sent: the interpreter and the steps as they are, before a journal in memory, and with
 * effects that are only noted.
 * @throws AppError `invalid_input`, `workflow_version_not_found`, `policy_*`
 */
export function createDryRunner(options: DryRunOptions): DryRunner {
  const { registry, policies, limits } = options;
  return async ({ tenantId }, workflowId, request) => {
    const planned = await planRequest(options, { tenantId, workflowId, request });
    const plan = dryPlan(planned, { pins: request.pins, step: request.step });
    const calls: DryRunCall[] = [];
    const stop = new AbortController();
    let stopped: Failure | undefined;
    const halt = (code: string, message: string) => {
      stopped ??= { code, message };
      stop.abort(new Error(message));
    };
    const effects = dryEffects({
      checkUrl: registry.checkUrl,
      policies,
      onCall(call) {
        if (calls.length < MAXIMUM_CALLS) calls.push(call);
        else halt('dry_run_too_long', `A dry run makes at most ${MAXIMUM_CALLS} calls.`);
      },
    });
    const journal = createMemoryJournal({
      onStep(count) {
        if (count > MAXIMUM_STEPS) halt('dry_run_too_long', `A dry run has at most ${MAXIMUM_STEPS} steps.`);
      },
    });
    const timer = setTimeout(() => halt('dry_run_timeout', `The dry run took longer than ${MAXIMUM_MS / 1_000} s.`), MAXIMUM_MS);
    try {
      const common = { ...apart(tenantId, request, stop.signal), plan, journal, limits, policies, effects };
      await runThrough(common, () => stopped !== undefined);
    } finally {
      clearTimeout(timer);
    }
    return toReport({ journal, stopped, calls, redact: options.redactFor(tenantId), maximumSteps: MAXIMUM_STEPS });
  };
}

type Common = Omit<Parameters<typeof endExecution>[0], 'ending' | 'stored' | 'journal'> & { readonly journal: MemoryJournal };

/** To its end, and, when that is no success, what has to be undone. */
async function runThrough(common: Common, isStopped: () => boolean): Promise<void> {
  const { journal, execution } = common;
  await interpret({
    ...common,
    stored: [],
    storedBytes: 0,
    signals: [],
    children: {
      prepare: async () => {
        throw new Error('a dry run starts no other workflow');
      },
    },
    emitter: refusingEmitter,
    news: async () => ({ signals: [], ending: undefined }),
    history: async () => journal.steps(),
  });
  const { ending, error = null } = journal.last() ?? {};
  if (ending && !isStopped())
    await endExecution({ ...common, execution: { ...execution, error }, ending, stored: journal.steps() });
}

/** What an execution has around it that stands for itself. */
function apart(tenantId: string, request: DryRun & { readonly traceId: string }, signal: AbortSignal) {
  return {
    job: { lease: { jobId: newId(), owner: 'dry-run', epoch: 1 }, attempts: 1 },
    context: {
      signal,
      isDraining: () => false,
      onNotified: () => () => undefined,
      progress: () => undefined,
      publish: () => undefined,
      logger: SILENT,
    },
    execution: executionOf(tenantId, request.traceId, request.input),
    settings: {},
    secrets: placeholders,
    clock: systemClock,
    // Nobody waits behind it.
    linkOf: () => 'https://approvals.invalid/',
    onStep: () => undefined,
    onParked: () => undefined,
  };
}

function executionOf(tenantId: string, traceId: string, payload: Json): LoadedExecution {
  const id = newId();
  const now = new Date();
  return {
    id,
    tenantId,
    versionId: id,
    traceId,
    event: { id: newId(), type: 'workflow.run', source: 'api', payload, occurred_at: now.toISOString() },
    parentId: null,
    ending: undefined,
    error: null,
    startedAt: now,
    hops: 0,
    isErrorWorkflow: false,
    depth: 0,
    rootId: id,
    statusSeq: 0,
  };
}

/** Nobody's secret is opened for a dry run. */
const placeholders = {
  resolve: async (_tenantId: string, names: readonly string[]) =>
    names.map((name) => ({ name, value: `[secret ${name}]`, hosts: [] })),
} as unknown as Secrets;
