import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../db/index.ts';
import { errorMessage } from '../../kernel/index.ts';
import { processorMs } from '../budget.ts';
import type { CompiledTrigger, TriggerCache } from '../triggers/trigger-cache.ts';
import { type Decided, type DecideOptions, decideStepwise } from './decide.ts';
import { type OutboxEvent, peekOutbox } from './outbox.store.ts';

/** Decides about the events of tenants whose rules take long, one tenant after the other, without holding up anybody else. */
export interface SlowLane {
  /** Tenants that are decided about here, and so are nobody else's. */
  readonly tenants: ReadonlySet<string>;
  add(tenantIds: Iterable<string>): void;
  stop(): Promise<void>;
}

export interface SlowLaneOptions extends Pick<DecideOptions, 'logger'> {
  readonly db: Db;
  readonly triggers: TriggerCache;
  /** Most executions in a row that an event of a tenant may have come about by. */
  maximumHops(tenantId: string): number | Promise<number>;
  /** Stores what was decided about those of the events that nobody else has dispatched meanwhile. */
  store(decided: readonly Decided[]): Promise<void>;
}

/** Events of a tenant that are read at once. */
const EVENTS = 50;
const BYTES = 8 * 1_048_576;
/** How long a tenant is decided about before it is the next one's turn. */
const TURN_MS = 250;
/** After so long others get to run, and as long again. */
const SLICE_MS = 10;
/** A tenant that needed less for a full turn is as fast as any. */
const FAST_MS = 25;
const RETRY_MS = 1_000;

export function createSlowLane(options: SlowLaneOptions): SlowLane {
  return new TenantsInTurn(options);
}

class TenantsInTurn implements SlowLane {
  readonly tenants = new Set<string>();
  readonly #options: SlowLaneOptions;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: SlowLaneOptions) {
    this.#options = options;
  }

  add(tenantIds: Iterable<string>): void {
    for (const tenantId of tenantIds) this.tenants.add(tenantId);
    this.#go();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  #go(): void {
    if (this.tenants.size === 0 || this.#isStopped) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      this.#go(); // who was added at the very end
    });
  }

  async #run(): Promise<void> {
    while (this.tenants.size > 0 && !this.#isStopped) {
      for (const tenantId of [...this.tenants]) {
        try {
          if (!(await this.#decideSome(tenantId))) this.tenants.delete(tenantId);
        } catch (error) {
          const about = { tenant_id: tenantId, reason: errorMessage(error) };
          this.#options.logger.warn(about, 'cannot dispatch events, trying again');
          await sleep(RETRY_MS);
        }
        if (this.#isStopped) return;
      }
    }
  }

  /** False when the tenant needs this no longer. */
  async #decideSome(tenantId: string): Promise<boolean> {
    const { db, triggers, logger, maximumHops, store } = this.#options;
    const events = await peekOutbox(db, { tenantId, limit: EVENTS, bytes: BYTES });
    if (events.length === 0) return false;
    const options = { logger, maximumHops: await maximumHops(tenantId), now: processorMs };
    const known = (await triggers.get(db, [tenantId])).get(tenantId) ?? [];
    const began = processorMs();
    const decided = await this.#decideInSlices(events, known, options);
    if (!decided) return true;
    const spent = processorMs() - began;
    await store(decided);
    return spent > FAST_MS || decided.length < events.length;
  }

  /** As many as there is time for in one turn; undefined when it has to end. */
  async #decideInSlices(
    events: readonly OutboxEvent[],
    known: readonly CompiledTrigger[],
    options: DecideOptions,
  ): Promise<Decided[] | undefined> {
    const decided: Decided[] = [];
    const began = processorMs();
    let slice = began;
    for (const event of events) {
      const steps = decideStepwise(event, known, options);
      for (let step = steps.next(); ; step = steps.next()) {
        if (step.done) {
          decided.push(step.value);
          break;
        }
        if (processorMs() - slice > SLICE_MS) {
          await letOthersRun();
          slice = processorMs();
        }
        if (this.#isStopped) return undefined;
      }
      if (processorMs() - began > TURN_MS) break;
    }
    return decided;
  }
}

/** Everything that came in meanwhile is served, and what follows from it too. */
async function letOthersRun(): Promise<void> {
  await sleep(SLICE_MS);
  await nextTurn();
}
