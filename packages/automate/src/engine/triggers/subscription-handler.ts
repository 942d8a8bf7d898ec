import type { Db } from '../../db/index.ts';
import type { JobContext, JobHandler, NewJob } from '../../jobs/index.ts';
import { errorMessage, storableText } from '../../kernel/index.ts';
import { noteActive, noteError, noteInactive, type StoredSubscription, subscriptionsOf } from './subscription.store.ts';
import type { Subscription, TriggerTypes } from './trigger-type.ts';

export const TRIGGER_SUBSCRIPTIONS = 'trigger_subscriptions';

const LONGEST_ERROR = 1_000;

/** Work that makes the subscriptions of a workflow what its live version says, one change after the other. */
export function subscriptionJob(workflow: { tenantId: string; workflowId: string }): NewJob {
  const { tenantId, workflowId } = workflow;
  return {
    kind: TRIGGER_SUBSCRIPTIONS,
    tenantId,
    payload: { workflow_id: workflowId },
    slot: { name: `trigger_subscriptions:${workflowId}`, capacity: 1 },
    maxAttempts: 50,
  };
}

/** Each is tried whatever becomes of the others; the job is tried again until all are as they are wanted. */
export function subscriptionHandler({ db, types }: { db: Db; types: TriggerTypes }): JobHandler {
  return {
    kind: TRIGGER_SUBSCRIPTIONS,
    async run({ payload }, context) {
      const failures: unknown[] = [];
      for (const stored of await subscriptionsOf(db, String(payload.workflow_id))) {
        if (context.signal.aborted || context.isDraining()) return { type: 'released' };
        await change(stored, context).catch(async (error: unknown) => {
          await noteError(db, stored.id, storableText(errorMessage(error)).slice(0, LONGEST_ERROR));
          failures.push(error);
        });
      }
      if (failures.length > 0) throw failures[0];
      return { type: 'succeeded' };
    },
  };

  async function change(stored: StoredSubscription, { signal, logger }: JobContext): Promise<void> {
    const type = types.get(stored.type);
    const subscription = toSubscription(stored);
    if (stored.is_wanted && stored.state === null) {
      if (!type) throw new TypeError(`No feature here has triggers of the type "${stored.type}".`);
      await noteActive(db, stored.id, (await type.activate?.(subscription, { signal, logger })) ?? {});
    } else if (!stored.is_wanted) {
      if (stored.state !== null) await type?.deactivate?.({ ...subscription, state: stored.state }, { signal, logger });
      await noteInactive(db, stored);
    }
  }
}

function toSubscription(stored: StoredSubscription): Subscription {
  return { id: stored.id, tenantId: stored.tenant_id, workflowId: stored.workflow_id, config: stored.config };
}
