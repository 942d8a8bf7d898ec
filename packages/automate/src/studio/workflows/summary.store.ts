import type { Queryable } from '../../db/index.ts';
import { LATEST, SHOWN } from './schemas.ts';

export interface SummaryRow {
  readonly id: string;
  readonly triggers: readonly { type: string; event_type: string | null; has_filter: boolean; is_active: boolean }[];
  readonly subscription: 'active' | 'pending' | null;
  readonly latest: readonly { id: string; status: string; created_at: string }[];
  readonly succeeded: number;
  readonly failed: number;
  /** Of the latest executions, those that have not begun. */
  readonly queued: readonly string[];
  readonly latest_version_at: string;
}

/** What starts these workflows, and how their latest executions went. Those of others are left out. */
export async function summariesOf(transaction: Queryable, ids: readonly string[]): Promise<SummaryRow[]> {
  const { rows } = await transaction.query<SummaryRow>(
    `select workflows.id, coalesce(triggers, '[]') as triggers, subscription, coalesce(latest, '[]') as latest,
       coalesce(succeeded, 0)::int as succeeded, coalesce(failed, 0)::int as failed,
       coalesce(queued, '[]') as queued, latest_version_at
     from workflows
     cross join lateral (
       select created_at as latest_version_at from workflow_versions where workflow_id = workflows.id and version = latest_version
     ) as version
     cross join lateral (
       select json_agg(json_build_object('type', type, 'event_type', event_type, 'has_filter', filter is not null,
         'is_active', is_active) order by id) as triggers
       from triggers where workflow_id = workflows.id and retired_at is null
     ) as given
     cross join lateral (
       select case when bool_or(state is null) then 'pending' when count(*) > 0 then 'active' end as subscription
       from trigger_subscriptions where workflow_id = workflows.id and exists (
         select from triggers where subscription_id = trigger_subscriptions.id and retired_at is null and is_active
       )
     ) as asked
     cross join lateral (
       select json_agg(json_build_object('id', id, 'status', status, 'created_at',
           to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by id desc)
           filter (where place <= $3) as latest,
         count(*) filter (where status = 'succeeded') as succeeded, count(*) filter (where status = 'failed') as failed,
         json_agg(id) filter (where status = 'queued') as queued
       from (
         select executions.id, status, executions.created_at, row_number() over (order by executions.id desc) as place
         from executions where workflow_id = workflows.id order by executions.id desc limit $2
       ) as runs
     ) as went
     where workflows.id = any($1::uuid[]) order by array_position($1::uuid[], workflows.id)`,
    [ids, LATEST, SHOWN],
  );
  return rows;
}
