import type { z } from 'zod';
import type { Db } from '../../db/index.ts';
import { type CallFigures, figuresByDay, figuresByVersion, recentFailures } from './metrics.store.ts';
import type { PromptMetrics } from './metrics-schemas.ts';
import { usdOf } from './usd.ts';

type Metrics = z.input<typeof PromptMetrics>;

/** How the calls of a prompt went in the last days, today included. */
export async function metricsOf(
  db: Pick<Db, 'asTenant'>,
  asked: { tenantId: string; promptId: string; days: number; version?: number | undefined },
): Promise<Metrics> {
  return db.asTenant(asked.tenantId, async (transaction) => {
    const days = await figuresByDay(transaction, asked);
    const versions = await figuresByVersion(transaction, asked);
    return {
      daily_stats: days.map((row) => ({ date: row.of, ...shown(row) })),
      versions: versions.map((row) => ({ version: Number(row.of), ...shown(row) })),
      recent_failures: await recentFailures(transaction, asked),
    };
  });
}

function shown({ calls, succeeded, latency_ms: latency, cost_nanos: nanos, unpriced, input_tokens, output_tokens }: CallFigures) {
  return {
    calls,
    input_tokens,
    output_tokens,
    avg_latency_ms: latency,
    success_rate: calls === 0 ? null : succeeded / calls,
    cost: usdOf(nanos === null ? null : BigInt(nanos)),
    unpriced_calls: unpriced,
  };
}
