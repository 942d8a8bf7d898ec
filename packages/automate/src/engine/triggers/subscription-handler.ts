import type { Db } from '../../db/index.ts';
import type { JobContext, JobHandler } from '../../jobs/index.ts';
import { errorMessage, storableText } from '../../kernel/index.ts';
import {
  noteActive,
  noteError,
  noteInactive,
  type StoredSubscription,
  subscriptionsOf,
  toSubscription,
} from './subscription.store.ts';
import { isPause, lineUp, TRIGGER_SUBSCRIPTIONS, tryLater } from './subscription-jobs.ts';
import type { SubscriptionContext, TriggerTypes } from './trigger-type.ts';

const LONGEST_ERROR = 1_000;
/** Of one change of one subscription. */
const LONGEST_MS = 60_000;

/** All are tried at once, so that none waits for another that hangs; the job is tried again until all are as they are wanted. */
export function subscriptionHandler({ db, types }: { db: Db; types: TriggerTypes }): JobHandler {
  return {
    kind: TRIGGER_SUBSCRIPTIONS,
    async run(job, context) {
      if (context.isDraining()) return { type: 'released' };
      if (isPause(job)) return lineUp(db, job);
      const failures: unknown[] = [];
      const changing = (await subscriptionsOf(db, String(job.payload.workflow_id))).map((stored) =>
        change(stored, context).catch(async (error: unknown) => {
          failures.push(error);
          await noteError(db, stored.id, storableText(errorMessage(error)).slice(0, LONGEST_ERROR));
        }),
      );
      await Promise.all(changing);
      if (context.signal.aborted) return { type: 'released' };
      if (failures.length === 0) return { type: 'succeeded' };
      context.logger.warn({ error: failures[0] }, 'subscriptions of a workflow are not as they should be, trying again');
      return tryLater(db, job, failures[0]);
    },
  };

  async function change(stored: StoredSubscription, context: JobContext): Promise<void> {
    const type = types.get(stored.type);
    const subscription = toSubscription(stored);
    const { state } = stored;
    if (stored.is_wanted && state === null) {
      if (!type) throw new TypeError(`No feature here has triggers of the type "${stored.type}".`);
      await noteActive(db, stored.id, (await inTime(context, (given) => type.activate?.(subscription, given))) ?? {});
    } else if (!stored.is_wanted) {
      if (state !== null) await inTime(context, (given) => type?.deactivate?.({ ...subscription, state }, given));
      await noteInactive(db, stored);
    }
  }
}

/** Whoever takes no notice of the signal is left alone, so that the other triggers of the workflow have their turn. */
async function inTime<T>(
  { signal: ending, logger }: JobContext,
  work: (context: SubscriptionContext) => Promise<T> | undefined,
): Promise<T | undefined> {
  const signal = AbortSignal.any([ending, AbortSignal.timeout(LONGEST_MS)]);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const onLate = () => reject(ending.aborted ? signal.reason : new Error(`it took longer than ${LONGEST_MS / 1_000} s`));
  signal.addEventListener('abort', onLate, { once: true });
  try {
    return await Promise.race([work({ signal, logger }), late]);
  } finally {
    signal.removeEventListener('abort', onLate);
  }
}
