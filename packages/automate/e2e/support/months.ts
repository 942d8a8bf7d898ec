import { randomBytes } from 'node:crypto';
import type { Db } from '../../src/db/index.ts';
import type { TestServer } from '../../src/testing/index.ts';
import { eventually } from './executions.ts';

/** The first of a month so many months from now, in UTC. */
export function monthFromNow(months: number): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
}

/** What the partition of a month is called behind the name of its table. */
export function suffixOf(month: Date): string {
  return month.toISOString().slice(0, 7).replace('-', '_');
}

/** An id as it would have been made at that time. */
export function idAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Partitions of a table by what follows its name. */
export async function partitionsOf(db: Db, history: string): Promise<string[]> {
  const { rows } = await db.query<{ suffix: string }>(
    'select suffix from history_partitions where history = $1 order by until nulls last',
    [history],
  );
  return rows.map(({ suffix }) => suffix);
}

/** Which partition a row is in. */
export async function partitionOf(db: Db, history: string, key: string, id: string): Promise<string | undefined> {
  const { rows } = await db.query<{ name: string }>(
    `select distinct tableoid::regclass::text as name from ${history} where ${key} = $1`,
    [id],
  );
  return rows[0]?.name;
}

export interface Past {
  readonly executionId: string;
  readonly eventId: string;
}

/** An execution of a workflow as it would be there had it run at that time, with its event, its verdict and three steps. */
export async function past(
  db: Db,
  workflowId: string,
  time: Date,
  { key, status = 'succeeded' }: { key?: string; status?: string } = {},
): Promise<Past> {
  const [executionId, eventId] = [idAt(time), idAt(time)];
  const at = time.toISOString();
  const finishedAt = ['succeeded', 'failed', 'cancelled'].includes(status) ? at : null;
  const trace = randomBytes(16).toString('hex');
  await db.query(
    `insert into events (id, tenant_id, event_type, source, payload, idempotency_key, occurred_at, received_at, trace_id)
     select $1, tenant_id, 'past.event', 'test', '{"n": 1}', $2, $3, $3, $4 from workflows where id = $5`,
    [eventId, key ?? null, at, trace, workflowId],
  );
  if (key)
    await db.query('insert into event_keys select tenant_id, $2, $3 from workflows where id = $1', [workflowId, key, eventId]);
  await db.query(
    `insert into executions (id, tenant_id, workflow_id, workflow_version, version_id, event_id, status, trace_id, created_at, started_at, finished_at)
     select $1, w.tenant_id, w.id, v.version, v.id, $2, $3, $4, $5, $5, $6
     from workflows w join workflow_versions v on v.workflow_id = w.id where w.id = $7`,
    [executionId, eventId, status, trace, at, finishedAt, workflowId],
  );
  await db.query(
    `insert into verdicts (event_id, trigger_id, tenant_id, workflow_id, is_match, execution_id)
     select $1, id, tenant_id, id, true, $2 from workflows where id = $3`,
    [eventId, executionId, workflowId],
  );
  await db.query(
    `insert into step_runs (execution_id, node_path, tenant_id, seq, node_type, status, output, attempts, started_at, finished_at)
     select $1, 'step_' || n, tenant_id, n, 'core.log', 'succeeded', '{"ok": true}', 1, $2, $2
     from workflows, generate_series(1, 3) as n where id = $3`,
    [executionId, at, workflowId],
  );
  return { executionId, eventId };
}

/** Resolves at the end of a sweep that began after now. */
export async function nextSweep({ automate: { db } }: TestServer): Promise<void> {
  const sweep = async () =>
    (await db.query<{ due: string; holder: string | null }>('select due_at as due, holder from sweeps')).rows[0];
  const isAnother = (before: string | undefined) => (now: Awaited<ReturnType<typeof sweep>>) =>
    now?.holder === null && now.due !== before;
  // One may be at it already.
  for (let round = 0; round < 2; round += 1) {
    await db.query(`update sweeps set due_at = now() where holder is null`);
    const before = await sweep();
    await eventually(sweep, isAnother(before?.due));
  }
}
