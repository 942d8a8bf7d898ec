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

/** The latest event: one at a time, as payloads may be large. @param type only of this type; @param before only what came before the event with this id */
export async function latestEvent(
  transaction: Queryable,
  { type, before }: { type: string | undefined; before: string | undefined },
): Promise<RecentEvent | undefined> {
  const { rows } = await transaction.query<RecentEvent>(
    `select id, event_type, source, payload, occurred_at, received_at from events
     where ($1::text is null or event_type = $1) and ($2::uuid is null or id < $2) order by id desc limit 1`,
    [type ?? null, before ?? null],
  );
  return rows[0];
}
