import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db } from '../../db/index.ts';
import type { Secrets } from '../../governance/index.ts';
import { createLogger, newId, type Redactor, systemClock } from '../../kernel/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import { engineErrors } from '../errors.ts';
import { planGraph, planStored } from '../graph/plan.ts';
import { endExecution } from '../interpreter/end.ts';
import { interpret } from '../interpreter/interpret.ts';
import type { StepLimits } from '../interpreter/limits.ts';
import { refusingEmitter } from '../journal/emitter.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Failure, LoadedExecution, StepRecord } from '../records/execution.ts';
import type { Graph } from '../schemas.ts';
import type { CodePool } from '../steps/core-code/code-pool.ts';
import { builtInSteps, createStepRegistry, type StepRegistry } from '../steps/registry.ts';
import type { StepType } from '../steps/step-type.ts';
import { withinCheck } from '../workflows/check-budget.ts';
import type { DryRunCall, DryRunReport } from '../workflows/dry-run-schemas.ts';
import type { DryRunner } from '../workflows/dry-runner.ts';
import { requireChecks } from '../workflows/graph-checks.ts';
import { requirePolicy } from '../workflows/graph-policy.ts';
import { requireSecrets } from '../workflows/graph-secrets.ts';
import { findVersion, findWorkflow } from '../workflows/workflow.store.ts';
import { dryPlan } from './dry-plan.ts';
import { createMemoryJournal } from './memory-journal.ts';
import { recordingOutbound } from './recording-outbound.ts';

export interface DryRunOptions {
  readonly db: Db;
  readonly registry: StepRegistry;
  readonly outbound: Outbound;
  readonly codePool: CodePool | undefined;
  readonly policies: ExecutionPolicy;
  readonly limits: StepLimits;
  /** The host's own step types: they run only when they say that they have no effect. */
  readonly steps: readonly StepType[];
  readonly redactFor: (tenantId: string) => Redactor;
}

const MAXIMUM_MS = 10_000;
const MAXIMUM_STEPS = 1_000;
const MAXIMUM_CALLS = 200;
const SILENT = createLogger({ level: 'silent', name: 'dry-run' });

/**
 * Runs a graph with nothing stored and nothing sent: the interpreter as it is, before a journal in memory.
 * @throws AppError `invalid_input`, `workflow_version_not_found`, `policy_*`
 */
export function createDryRunner(options: DryRunOptions): DryRunner {
  const { db, registry, outbound, policies } = options;
  return async (actor, workflowId, request) => {
    const { tenantId } = actor;
    if (request.graph) await requireChecks(request.graph, registry);
    const graph = await db.asTenant(tenantId, async (transaction): Promise<Graph> => {
      const wanted = request.graph ?? (await stored(workflowId, request.version));
      await requirePolicy(transaction, { policies, registry, tenantId, graph: wanted });
      if (request.graph) await requireSecrets(transaction, { tenantId, graph: wanted, registry });
      return wanted;

      async function stored(id: string, version: number | undefined): Promise<Graph> {
        const workflow = await findWorkflow(transaction, id, 'read');
        const found = workflow && (await findVersion(transaction, id, version ?? workflow.workflow_version));
        if (!found) throw engineErrors.workflow_version_not_found(`The workflow has no version ${version}.`);
        return found.graph;
      }
    });

    const calls: DryRunCall[] = [];
    const stop = new AbortController();
    const at = new AsyncLocalStorage<string>();
    let stopped: Failure | undefined;
    const halt = (code: string, message: string) => {
      stopped ??= { code, message };
      stop.abort(new Error(message));
    };
    const recording = recordingOutbound({
      outbound,
      policies,
      tenantId,
      step: () => at.getStore() ?? '',
      onCall(call) {
        if (calls.length < MAXIMUM_CALLS) calls.push(call);
        else halt('dry_run_too_long', `A dry run makes at most ${MAXIMUM_CALLS} calls.`);
      },
    });
    const dry = { outbound: recording, codePool: options.codePool };
    const harmless = new Set(builtInSteps(dry).map(({ type }) => type));
    for (const { type, isHarmless } of options.steps)
      if (isHarmless) harmless.add(type);
      else harmless.delete(type);
    const steps = createStepRegistry({ ...dry, steps: options.steps });
    const { graph: given } = request;
    const planned = given ? withinCheck('/graph', () => planGraph(given, steps)) : planStored(graph, steps);
    const plan = dryPlan(planned, {
      pins: request.pins,
      step: request.step,
      isHarmless: (type) => harmless.has(type),
      within: (path, work) => at.run(path, work),
    });
    const journal = createMemoryJournal({
      onStep(count) {
        if (count > MAXIMUM_STEPS) halt('dry_run_too_long', `A dry run has at most ${MAXIMUM_STEPS} steps.`);
      },
    });

    const id = newId();
    const now = new Date();
    const execution: LoadedExecution = {
      id,
      tenantId,
      versionId: id,
      traceId: request.traceId,
      event: { id: newId(), type: 'workflow.run', source: 'api', payload: request.input, occurred_at: now.toISOString() },
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
    const common = {
      job: { lease: { jobId: id, owner: 'dry-run', epoch: 1 }, attempts: 1 },
      context: {
        signal: stop.signal,
        isDraining: () => false,
        onNotified: () => () => undefined,
        progress: () => undefined,
        publish: () => undefined,
        logger: SILENT,
      },
      execution,
      plan,
      settings: {},
      journal,
      limits: options.limits,
      secrets: placeholders,
      policies,
      clock: systemClock,
      // Nobody waits behind it.
      linkOf: () => 'https://approvals.invalid/',
      onStep: () => undefined,
      onParked: () => undefined,
    };
    const timer = setTimeout(() => halt('dry_run_timeout', `The dry run took longer than ${MAXIMUM_MS / 1_000} s.`), MAXIMUM_MS);
    try {
      const news = async () => ({ signals: [], ending: undefined });
      const children = {
        prepare: async () => {
          throw new Error('a dry run starts no other workflow');
        },
      };
      await interpret({
        ...common,
        stored: [],
        storedBytes: 0,
        signals: [],
        children,
        emitter: refusingEmitter,
        news,
        history: async () => journal.steps(),
      });
      const ending = journal.last()?.ending;
      const error = journal.last()?.error ?? null;
      if (ending && !stopped)
        await endExecution({ ...common, execution: { ...execution, error }, ending, stored: journal.steps() });
    } finally {
      clearTimeout(timer);
    }
    const redact = options.redactFor(tenantId);
    const end = journal.last();
    const status = stopped ? 'failed' : end?.status === 'succeeded' || end?.status === 'waiting' ? end.status : 'failed';
    return {
      status,
      output: redact(status === 'succeeded' ? (end?.output ?? null) : null) as DryRunReport['output'],
      error: redact(stopped ?? end?.error ?? null) as DryRunReport['error'],
      steps: journal
        .steps()
        .slice(0, MAXIMUM_STEPS)
        .map((record) => toStep(record, redact)),
      calls: calls.map((call) => ({
        ...call,
        url: redact(call.url) as string,
        headers: redact(call.headers) as DryRunCall['headers'],
        body: redact(call.body) as DryRunCall['body'],
      })),
    };
  };
}

/** Nobody's secret is opened for a dry run. */
const placeholders = {
  resolve: async (_tenantId: string, names: readonly string[]) =>
    names.map((name) => ({ name, value: `[secret ${name}]`, hosts: [] })),
} as unknown as Secrets;

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
