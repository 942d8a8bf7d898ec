import type { Db } from '../db/index.ts';
import type { Logger } from '../kernel/index.ts';
import type { NewEvent, Receipt } from './events/event.ts';
import { createIngest, type EventIntake } from './events/ingest.ts';
import { requireOpenTypes } from './events/reserved.ts';
import { createEmittedEvents } from './hooks/emitted.ts';
import type { HookEvents } from './hooks/hook-events.ts';
import type { HookCaller } from './hooks/hooks.ts';
import type { ExecutionPolicy } from './policy/execution-policy.ts';

export interface IntakeOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly policy: Pick<ExecutionPolicy, 'requireEvents'>;
  readonly hooks: Pick<HookCaller, 'has'>;
  readonly hookEvents: Pick<HookEvents, 'received'>;
  /** Called with what was stored here, once it is committed. */
  onReceipts(receipts: readonly Receipt[]): void;
  /** Called when there are events to dispatch. */
  announce(): void;
}

/** The way in for events, for the API and for hosts. */
export interface Intake extends EventIntake {
  /** Hooks are called with events that steps have sent, and that were stored with them. */
  sent(events: readonly (NewEvent & { readonly id: string })[]): void;
  /** Looks for the last time whether hosts have committed what they emitted. */
  close(): Promise<void>;
}

/** What is allowed of events is asked before they are stored; hooks are called once they are committed. */
export function createIntake(options: IntakeOptions): Intake {
  const { db, logger, policy, hooks, hookEvents, onReceipts, announce } = options;
  const received = (receipts: readonly Receipt[], events: readonly NewEvent[]): void => {
    onReceipts(receipts);
    hookEvents.received(receipts, events);
  };
  const emitted = createEmittedEvents({ db, logger, onCommitted: hookEvents.received });
  const ingest = createIngest({
    db,
    onStored(receipts, events) {
      received(receipts, events);
      announce();
    },
  });
  return {
    accept(events) {
      requireOpenTypes(events.map(({ eventType }) => eventType));
      const pending = policy.requireEvents(events);
      return pending ? pending.then(() => ingest.accept(events)) : ingest.accept(events);
    },
    async emit(transaction, event) {
      requireOpenTypes([event.eventType]);
      const receipt = await ingest.emit(transaction, event);
      if (receipt.status === 'accepted' && hooks.has('event_received')) await emitted.watch(transaction, receipt, event);
      return receipt;
    },
    sent(events) {
      if (events.length === 0) return;
      const receipts = events.map(({ id, traceId }) => ({ eventId: id, status: 'accepted', traceId }) as const);
      received(receipts, events);
    },
    close: emitted.close,
  };
}
