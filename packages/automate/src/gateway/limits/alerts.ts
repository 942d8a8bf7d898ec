import type { Db } from '../../db/index.ts';
import type { InProcess } from '../../engine/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { amountOf, type Budget } from './budget.ts';
import { claimThresholds } from './limit.store.ts';

/** Type of the event that tells of a threshold. */
export const THRESHOLD_EVENT = 'gateway.budget_threshold';

export interface AlertOptions {
  readonly db: Db;
  readonly events: Pick<InProcess, 'emit' | 'announce'>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Tells automations of thresholds that were passed: once for each budget, period and threshold, whoever notices it first. */
export function createAlerts({ db, events, logger }: AlertOptions) {
  const running = new Map<string, Promise<void>>();

  async function tell(budget: Budget, startsMs: number): Promise<void> {
    const isTold = await db.transaction(async (transaction) => {
      const due = await claimThresholds(transaction, budget.id, startsMs);
      for (const threshold of due?.reached ?? []) {
        await events.emit(transaction, {
          type: THRESHOLD_EVENT,
          source: 'gateway',
          tenant: budget.tenantId,
          idempotencyKey: `${THRESHOLD_EVENT} ${budget.id} ${startsMs} ${threshold}`,
          payload: {
            budget: { id: budget.id, name: budget.name, scope: budget.scope, subject_id: budget.subjectId },
            metric: budget.metric,
            spent: amountOf(budget.metric, Number(due?.spent)),
            amount: budget.amount,
            threshold,
            period: budget.period,
            period_starts_at: due?.starts_at ?? null,
            period_ends_at: due?.ends_at ?? null,
          },
        });
      }
      return due !== undefined;
    });
    if (isTold) events.announce();
  }

  return {
    tell(budget: Budget, startsMs: number): void {
      const key = `${budget.id} ${startsMs}`;
      if (running.has(key)) return;
      const telling = tell(budget, startsMs)
        // It is still due: whoever reports next tries again.
        .catch((error: unknown) => logger.warn({ reason: errorMessage(error), budget: budget.id }, 'a threshold was not told of'))
        .finally(() => running.delete(key));
      running.set(key, telling);
    },
    async idle(): Promise<void> {
      await Promise.all(running.values());
    },
  };
}
