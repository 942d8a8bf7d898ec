import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { insertVerdicts } from '../triggers/trigger.store.ts';
import type { CompiledTrigger } from '../triggers/trigger-cache.ts';
import { createStrikes } from './isolates.ts';
import { type Head, leaveOutbox, lockInOutbox } from './outbox.store.ts';
import { errorText } from './verdict.ts';

/** With the triggers that fit. */
export type HeadOfOutbox = Head & { readonly deciders: readonly Pick<CompiledTrigger, 'id' | 'workflowId'>[] };

/** Events that cannot be dispatched: each is tried again as long as that may pass, and then its triggers decide with an error. */
export class UndispatchableEvents {
  readonly #db: Db;
  readonly #logger: Logger;
  readonly #isOut = createStrikes();

  constructor({ db, logger }: { readonly db: Db; readonly logger: Logger }) {
    this.#db = db;
    this.#logger = logger;
  }

  async add(event: HeadOfOutbox, cause: unknown): Promise<void> {
    const about = { 'trace.id': event.traceId, event_id: event.id, tenant_id: event.tenantId, reason: errorMessage(cause) };
    if (!this.#isOut(event.id, cause)) {
      this.#logger.warn(about, 'an event could not be dispatched, trying again');
      return;
    }
    this.#logger.error(about, 'an event starts nothing: the database refuses what it would start');
    await this.#end(event, errorText(cause));
  }

  async #end(event: HeadOfOutbox, error: string): Promise<void> {
    await this.#db.transaction(async (transaction) => {
      const places = await lockInOutbox(transaction, [event]);
      if (places.length === 0) return;
      await leaveOutbox(transaction, places);
      await insertVerdicts(
        transaction,
        event.deciders.map(({ id: triggerId, workflowId }) => ({
          eventId: event.id,
          tenantId: event.tenantId,
          triggerId,
          workflowId,
          isMatch: false,
          error,
          executionId: null,
          note: null,
        })),
      );
    });
  }
}
