import type { Db } from '../../db/index.ts';
import { commonErrors, type JsonObject, newTraceId, type Redactor } from '../../kernel/index.ts';
import type { Receipt } from '../events/event.ts';
import type { EventIntake } from '../events/ingest.ts';
import { activeSubscriptions, findSubscription, subscriptionsOf, toSubscription } from './subscription.store.ts';
import type { Subscription } from './trigger-type.ts';

/** An event for the triggers of one subscription. */
export interface AimedEvent {
  readonly subscriptionId: string;
  readonly payload: JsonObject;
  /** An event with a key that was used before in this tenant is a duplicate. */
  readonly idempotencyKey?: string;
  readonly occurredAt?: Date;
  /** Default: a new one. */
  readonly traceId?: string;
}

/** How a trigger of a feature's own type stands. */
export interface SubscriptionStatus {
  readonly id: string;
  readonly type: string;
  readonly status: 'active' | 'pending' | 'ending' | 'paused';
  /** Why it could not be changed the last time; it is tried again. */
  readonly error: string | null;
  readonly activated_at: string | null;
}

/** For features that have trigger types of their own. */
export interface Triggers {
  /**
   * Sends an event to the triggers of a subscription alone; its filter decides as always.
   * @throws AppError `not_found` when it is gone, `policy_*`
   * @example await ctx.services.triggers.fire({ subscriptionId, payload: { contact: 'ada' }, idempotencyKey: delivery });
   */
  fire(event: AimedEvent): Promise<Receipt>;
  /** The subscriptions of a tenant that have been asked for, by their type: for a feature that sends the events itself. */
  activeOf(tenantId: string, type: string): Promise<Subscription[]>;
  /** Those of a workflow. */
  statusOf(tenantId: string, workflowId: string): Promise<SubscriptionStatus[]>;
}

export interface TriggersOptions {
  readonly db: Db;
  readonly intake: Pick<EventIntake, 'accept'>;
  readonly redactFor: (tenantId: string) => Redactor;
}

export function createTriggers({ db, intake, redactFor }: TriggersOptions): Triggers {
  return {
    async fire({ subscriptionId, payload, idempotencyKey = null, occurredAt, traceId = newTraceId() }) {
      const found = await findSubscription(db, subscriptionId);
      if (!found) throw commonErrors.not_found('There is no such subscription of a trigger: nobody needs its events any more.');
      const event = {
        tenantId: found.tenant_id,
        eventType: found.type,
        source: found.type,
        payload,
        idempotencyKey,
        occurredAt: occurredAt?.toISOString() ?? null,
        traceId,
        subscriptionId,
      };
      const [receipt] = await intake.accept([event]);
      return receipt as Receipt;
    },
    async activeOf(tenantId, type) {
      const found = await db.asTenant(tenantId, (transaction) => activeSubscriptions(transaction, type));
      return found.map(toSubscription);
    },
    async statusOf(tenantId, workflowId) {
      const found = await db.asTenant(tenantId, (transaction) => subscriptionsOf(transaction, workflowId));
      const redact = redactFor(tenantId);
      return found.map(({ id, type, error, activated_at, ...rest }) => ({
        id,
        type,
        status: statusOf(rest),
        error: error === null ? null : String(redact(error)),
        activated_at,
      }));
    },
  };
}

function statusOf({ is_wanted, state }: { readonly is_wanted: boolean; readonly state: unknown }) {
  if (is_wanted) return state === null ? 'pending' : 'active';
  return state === null ? 'paused' : 'ending';
}
