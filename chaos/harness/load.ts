import type { ServerProcess } from '../../packages/automate/e2e/support/server-process.ts';
import type { Fleet } from './fleet.ts';
import { pause } from './scenario.ts';

export const EVENT_TYPE = 'chaos.test';

/** What was acknowledged: the product has promised to bring it to an end. */
export interface Ledger {
  /** Ids of events by idempotency key. */
  readonly events: Map<string, string>;
  /** Ids of executions that were started by hand. */
  readonly runs: Set<string>;
}

export function createLedger(): Ledger {
  return { events: new Map(), runs: new Set() };
}

export interface Load {
  /** Stops posting; resolves once the last answer is in. */
  stop(): Promise<void>;
  /** Answers by status; 0: no answer. */
  readonly answers: ReadonlyMap<number, number>;
}

export interface LoadOptions {
  readonly fleet: Pick<Fleet, 'servers'>;
  readonly ledger: Ledger;
  readonly perSecond: number;
  /** Events of one request. Default 5. */
  readonly batch?: number;
  readonly eventType?: string;
  /** Told of each answer. */
  onAnswer?(answer: { status: number; headers: Headers; milliseconds: number }): void;
}

/** Sends events at a steady rate to the servers that are up, in turn, and writes down which were acknowledged. */
export function startLoad(options: LoadOptions): Load {
  const { fleet, ledger, perSecond, batch = 5, eventType = EVENT_TYPE, onAnswer } = options;
  const answers = new Map<number, number>();
  const pending = new Set<Promise<void>>();
  const prefix = `${eventType}-${process.pid}-${loads++}`;
  let sent = 0;
  let isStopped = false;

  async function post(server: ServerProcess): Promise<void> {
    const keys = Array.from({ length: batch }, () => `${prefix}-${sent++}`);
    const began = performance.now();
    let status = 0;
    try {
      const events = keys.map((key) => ({ event_type: eventType, payload: { key }, idempotency_key: key }));
      const reply = await server.call<{ event_id: string }[]>('POST', '/api/v1/events/', events);
      status = reply.status;
      if (status === 202)
        for (const [index, { event_id }] of reply.body.entries()) ledger.events.set(keys[index] as string, event_id);
      onAnswer?.({ status, headers: reply.headers, milliseconds: performance.now() - began });
    } catch {
      // The server was killed meanwhile: nothing is promised.
    }
    answers.set(status, (answers.get(status) ?? 0) + 1);
  }

  async function keepPosting(): Promise<void> {
    const began = performance.now();
    for (let number = 0; !isStopped; number += 1) {
      const wait = began + (number * batch * 1_000) / perSecond - performance.now();
      if (wait > 0) await pause(wait);
      const server = fleet.servers[number % Math.max(fleet.servers.length, 1)];
      if (!server || pending.size >= MOST_PENDING) {
        await pause(20);
        continue;
      }
      const sending: Promise<void> = post(server).finally(() => pending.delete(sending));
      pending.add(sending);
    }
    await Promise.all(pending);
  }

  const done = keepPosting();
  return {
    answers,
    stop() {
      isStopped = true;
      return done;
    },
  };
}

const MOST_PENDING = 50;
let loads = 0;
