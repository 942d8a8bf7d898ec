import type { Queryable } from '../../db/index.ts';

/** Which executions a batch is about, as the wire names it. */
export interface ExecutionFilter {
  readonly ids?: readonly string[] | undefined;
  readonly status?: string | undefined;
  readonly workflow_id?: string | undefined;
  readonly workflow_version?: number | undefined;
  readonly trigger_id?: string | undefined;
  readonly trace_id?: string | undefined;
  readonly replay_of?: string | undefined;
  readonly error_code?: string | undefined;
  readonly created_after?: string | undefined;
  readonly created_before?: string | undefined;
}

const CONDITION = `id > $1 and id < $2 and ($3::uuid[] is null or id = any($3)) and ($4::text is null or status = $4)
  and ($5::uuid is null or workflow_id = $5) and ($6::int is null or workflow_version = $6)
  and ($7::timestamptz is null or created_at >= $7) and ($8::timestamptz is null or created_at < $8)
  and ($9::uuid is null or trigger_id = $9) and ($10::text is null or trace_id = $10) and ($11::uuid is null or replay_of = $11)
  and ($12::text is null or (error ->> 'code') = $12)`;

function valuesOf(filter: ExecutionFilter, after: string, until: string): unknown[] {
  return [
    after,
    until,
    filter.ids ?? null,
    filter.status ?? null,
    filter.workflow_id ?? null,
    filter.workflow_version ?? null,
    filter.created_after ?? null,
    filter.created_before ?? null,
    filter.trigger_id ?? null,
    filter.trace_id ?? null,
    filter.replay_of ?? null,
    filter.error_code ?? null,
  ];
}

/** Ids of executions behind one and up to another, in order. */
export async function matching(
  transaction: Queryable,
  { filter, after, until, limit }: { filter: ExecutionFilter; after: string; until: string; limit: number },
): Promise<string[]> {
  const { rows } = await transaction.query<{ id: string }>(`select id from executions where ${CONDITION} order by id limit $13`, [
    ...valuesOf(filter, after, until),
    limit,
  ]);
  return rows.map(({ id }) => id);
}

export async function countMatching(
  transaction: Queryable,
  { filter, until }: { filter: ExecutionFilter; until: string },
): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    `select count(*) as count from executions where ${CONDITION}`,
    valuesOf(filter, '00000000-0000-0000-0000-000000000000', until),
  );
  return Number(rows[0]?.count);
}
