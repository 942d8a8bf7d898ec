import type { Db } from '../../db/index.ts';
import { type ClaimedJob, clearNotified } from '../../jobs/index.ts';
import { createBatcher } from '../../kernel/index.ts';
import { hasBody } from '../graph/body.ts';
import type { Plan } from '../graph/plan.ts';
import { loadExecutions } from '../journal/execution.store.ts';
import { storedBytes, toRecord } from '../journal/step-rows.store.ts';
import type { Ending, LoadedExecution, Signal, StepRecord } from '../records/execution.ts';
import { endingOf, openSignals } from '../signals/signal.store.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { VersionCache } from '../workflows/version-cache.ts';
import { loadHistory } from './history.ts';

/** What is stored of an execution that was claimed. */
export interface Loaded {
  /** Undefined when it has ended already. */
  readonly execution: LoadedExecution | undefined;
  readonly steps: readonly StepRecord[];
  readonly storedBytes: number;
  readonly signals: readonly Signal[];
}

export interface ExecutionLoaderOptions {
  readonly db: Db;
  readonly versions: VersionCache;
  readonly registry: StepRegistry;
}

/** Reads what is stored of executions. */
export class ExecutionLoader {
  readonly #db: Db;
  readonly #versions: VersionCache;
  readonly #loopTypes: readonly string[];
  /** Jobs that were claimed together are loaded together. */
  readonly load = createBatcher<ClaimedJob, Loaded>({ flush: (jobs) => this.#loadAll(jobs) });

  constructor({ db, versions, registry }: ExecutionLoaderOptions) {
    this.#db = db;
    this.#versions = versions;
    this.#loopTypes = [...registry.values()].flatMap((step) => (hasBody(step) ? step.type : []));
  }

  /** All of its steps that it takes to go on. */
  async history(executionId: string, plan: Plan): Promise<readonly StepRecord[]> {
    const stored = await loadHistory(this.#db, new Map([[executionId, plan]]), this.#loopTypes);
    return (stored.get(executionId) ?? []).map(toRecord);
  }

  /** What was said to it since it was loaded. */
  async news(executionId: string): Promise<{ signals: readonly Signal[]; ending: Ending | undefined }> {
    const signals = (await readSignals(this.#db, [executionId])).get(executionId) ?? [];
    return { signals, ending: await endingOf(this.#db, executionId) };
  }

  async #loadAll(jobs: readonly ClaimedJob[]): Promise<Loaded[]> {
    const db = this.#db;
    const executions = await loadExecutions(db, jobs);
    // What an execution did or was sent before it was first claimed, it did nowhere and was sent by nobody.
    const resumed = jobs.flatMap(({ id, lease, isNotified }) => (lease.epoch > 1 || isNotified ? id : []));
    const [steps, bytes, signals] =
      resumed.length > 0
        ? await Promise.all([
            this.#plansOf(resumed, executions).then((plans) => loadHistory(db, plans, this.#loopTypes)),
            storedBytes(db, resumed),
            readSignals(db, resumed),
          ])
        : [];
    return jobs.map(({ id }) => ({
      execution: executions.get(id),
      steps: (steps?.get(id) ?? []).map(toRecord),
      storedBytes: bytes?.get(id) ?? 0,
      signals: signals?.get(id) ?? [],
    }));
  }

  async #plansOf(
    ids: readonly string[],
    executions: ReadonlyMap<string, LoadedExecution>,
  ): Promise<Map<string, Plan | undefined>> {
    const found = ids.map(async (id) => {
      const execution = executions.get(id);
      // A version that cannot be compiled fails its own execution, when that is run.
      const version = execution && (await this.#versions.get(execution.versionId).catch(() => undefined));
      return [id, version?.plan] as const;
    });
    return new Map(await Promise.all(found));
  }
}

/** The mark goes before the read: whatever is sent in between sets it again. */
function readSignals(db: Db, executionIds: readonly string[]): Promise<Map<string, Signal[]>> {
  return db.transaction(async (transaction) => {
    await clearNotified(transaction, executionIds);
    return openSignals(transaction, executionIds);
  });
}
