import type { Queryable } from '../../db/index.ts';
import type { JsonObject } from '../../kernel/index.ts';

/** Something that is told of a job. */
export interface JobEvent {
  readonly event: string;
  readonly data: JsonObject;
}

export type NumberedEvent = JobEvent & { readonly id: number };

/** Adds events behind the last one. The job is locked. @returns the number of the last */
export async function addEvents(
  transaction: Queryable,
  job: { readonly id: string; readonly tenantId: string },
  events: readonly JobEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await transaction.query(
    `insert into gateway.endpoint_job_events (tenant_id, job_id, id, event, data)
     select $2, $1, (select coalesce(max(id), 0) from gateway.endpoint_job_events where job_id = $1) + told.place, told.event, told.data
     from jsonb_to_recordset($3::jsonb) as told (place int, event text, data jsonb)`,
    [job.id, job.tenantId, JSON.stringify(events.map(({ event, data }, index) => ({ place: index + 1, event, data })))],
  );
}

/** Events behind one, in their order. */
export async function eventsBehind(
  transaction: Queryable,
  jobId: string,
  after: number,
  limit: number,
): Promise<NumberedEvent[]> {
  const { rows } = await transaction.query<NumberedEvent>(
    'select id, event, data from gateway.endpoint_job_events where job_id = $1 and id > $2 order by id limit $3',
    [jobId, after, limit],
  );
  return rows;
}

/** The number of the last event of each. */
export async function lastEvents(db: Queryable, jobIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ job_id: string; last: number }>(
    'select job_id, max(id) as last from gateway.endpoint_job_events where job_id = any($1::uuid[]) group by job_id',
    [jobIds],
  );
  return new Map(rows.map(({ job_id: id, last }) => [id, String(last)]));
}
