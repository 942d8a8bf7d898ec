import type { Db } from '../../db/index.ts';
import { within } from './executions.store.ts';

/** What is counted no further than this. */
const ENOUGH = 10_000;

/** How things stand in a tenant at this moment. */
export interface Standing {
  readonly workflows_live: number;
  readonly workflows_paused: number;
  readonly approvals: number;
  readonly oldest_approval: string | null;
  /** Events whose triggers are not decided yet. */
  readonly undecided: number;
  readonly starts: number;
}

const STANDING = `select
    (select count(*) from workflows where tenant_id = $1 and archived_at is null and is_live)::int as workflows_live,
    (select count(*) from workflows where tenant_id = $1 and archived_at is null and not is_live)::int as workflows_paused,
    (select count(*) from (select from approvals where tenant_id = $1 limit ${ENOUGH}) as found)::int as approvals,
    (select since from approvals where tenant_id = $1 order by since limit 1) as oldest_approval,
    (select count(*) from (select from outbox where tenant_id = $1 limit ${ENOUGH}) as found)::int as undecided,
    (select count(*) from executions where tenant_id = $1 and id >= $2)::int as starts`;

/** @param startsFrom the smallest id of the executions that count as starts */
export async function standingOf(db: Db, tenantId: string, startsFrom: string): Promise<Standing> {
  const { rows } = await within(db, tenantId, (transaction) => transaction.query<Standing>(STANDING, [tenantId, startsFrom]));
  return rows[0] as Standing;
}

export interface NamedWorkflow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

export async function workflowsNamed(
  db: Db,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, NamedWorkflow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await within(db, tenantId, (transaction) =>
    transaction.query<NamedWorkflow>('select id, slug, name from workflows where id = any($1)', [ids]),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Size of the database, and its version. */
export async function databaseFacts(db: Db): Promise<{ readonly bytes: number; readonly version: string }> {
  const { rows } = await db.query<{ bytes: string; version: string }>(
    `select pg_database_size(current_database())::text as bytes, current_setting('server_version') as version`,
  );
  const [row] = rows;
  return { bytes: Number(row?.bytes ?? 0), version: row?.version.split(' ')[0] ?? '' };
}
