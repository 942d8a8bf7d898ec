import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';

export interface RecentEvent {
  readonly id: string;
  readonly event_type: string;
  readonly source: string;
  readonly payload: Json;
  readonly occurred_at: string;
  readonly received_at: string;
}

/** The latest events, newest first. @param type only those of this type */
export async function recentEvents(
  transaction: Queryable,
  { type, limit }: { type: string | undefined; limit: number },
): Promise<RecentEvent[]> {
  const { rows } = await transaction.query<RecentEvent>(
    `select id, event_type, source, payload, occurred_at, received_at from events
     where $1::text is null or event_type = $1 order by id desc limit $2`,
    [type ?? null, limit],
  );
  return rows;
}
