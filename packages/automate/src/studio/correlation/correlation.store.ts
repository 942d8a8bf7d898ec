import type { Queryable } from '../../db/index.ts';
import type { VerdictNote } from '../../engine/index.ts';
import type { Json } from '../../kernel/index.ts';

/** Most events, and most executions, of one trace that are shown. */
export const MAXIMUM_ROWS = 200;
/** Verdicts of all events together. */
export const MAXIMUM_VERDICTS = 2_000;

export interface EventRow {
  readonly id: string;
  readonly event_type: string;
  readonly source: string;
  readonly payload: Json;
  readonly occurred_at: string;
  readonly received_at: string;
  readonly trace_id: string;
  readonly is_dispatched: boolean;
}

export async function eventsOf(transaction: Queryable, traceId: string): Promise<EventRow[]> {
  const { rows } = await transaction.query<EventRow>(
    `select events.*, not exists (select from outbox where outbox.tenant_id = events.tenant_id and event_id = events.id) as is_dispatched
     from events where trace_id = $1 order by id limit $2`,
    [traceId, MAXIMUM_ROWS],
  );
  return rows;
}

export interface VerdictRow {
  readonly event_id: string;
  readonly trigger_id: string;
  readonly workflow_id: string;
  readonly workflow_name: string;
  readonly event_type: string | null;
  readonly filter: Json;
  readonly is_match: boolean;
  readonly error: string | null;
  readonly execution_id: string | null;
  readonly note: VerdictNote | null;
  readonly decided_at: string;
}

export async function verdictsOf(transaction: Queryable, eventIds: readonly string[]): Promise<VerdictRow[]> {
  const { rows } = await transaction.query<VerdictRow>(
    `select verdicts.*, workflows.name as workflow_name, triggers.event_type, triggers.filter
     from verdicts join workflows on workflows.id = verdicts.workflow_id join triggers on triggers.id = trigger_id
     where event_id = any($1) order by event_id, trigger_id limit $2`,
    [eventIds, MAXIMUM_VERDICTS],
  );
  return rows;
}

/** Rows of `executions` with the workflow's name. */
export async function executionsOf(transaction: Queryable, traceId: string): Promise<(Record<string, Json> & { id: string })[]> {
  const { rows } = await transaction.query<Record<string, Json> & { id: string }>(
    `select executions.*, workflows.name as workflow_name from executions join workflows on workflows.id = workflow_id
     where trace_id = $1 order by executions.id limit $2`,
    [traceId, MAXIMUM_ROWS],
  );
  return rows;
}
