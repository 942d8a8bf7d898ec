import type { Queryable } from '../../db/index.ts';
import { firstIdOf } from '../../kernel/index.ts';

/** Calls of one endpoint since a moment. */
export interface EndpointFigures {
  readonly endpoint_id: string;
  readonly calls: number;
  readonly failed: number;
  /** Of those whose price is known, in nano-dollars. */
  readonly cost_nanos: number;
  /** Those that were answered, and whose price is not known. */
  readonly unpriced: number;
}

export async function figuresSince(transaction: Queryable, tenantId: string, since: Date): Promise<EndpointFigures[]> {
  const { rows } = await transaction.query<Record<keyof EndpointFigures, string>>(
    `select endpoint_id, count(*) as calls, count(*) filter (where status in ('failed', 'blocked')) as failed,
       coalesce(sum(cost_nanos), 0) as cost_nanos, count(*) filter (where cost_nanos is null and status = 'succeeded') as unpriced
     from gateway.calls where tenant_id = $1 and id >= $2 and endpoint_id is not null group by endpoint_id`,
    [tenantId, firstIdOf(since.getTime())],
  );
  return rows.map(({ endpoint_id, calls, failed, cost_nanos, unpriced }) => ({
    endpoint_id,
    calls: Number(calls),
    failed: Number(failed),
    cost_nanos: Number(cost_nanos),
    unpriced: Number(unpriced),
  }));
}
