import type { ServerProcess } from '../../packages/automate/e2e/support/server-process.ts';
import type { Db } from '../../packages/automate/src/db/index.ts';
import type { Fault } from './faults.ts';
import { EVENT_TYPE, type Ledger } from './load.ts';
import type { Effect } from './sink.ts';
import { EFFECTS, NODES } from './workload.ts';

export interface Evidence {
  readonly db: Db;
  readonly ledger: Ledger;
  readonly effects: readonly Effect[];
  readonly faults: readonly Fault[];
  /** Jobs that were taken from a living worker, since it did not renew their leases in time: they may be repeated too. */
  readonly lapsed: ReadonlySet<string>;
  readonly leaseSeconds: number;
  /** Executions of these only. Default: all. */
  readonly workflowIds?: readonly string[];
  /** How many steps each execution stores; null: it differs. Default: those of the usual graph. */
  readonly nodes?: number | null;
  /** Keys under which an execution calls the sink. Default: those of the usual graph. */
  keysOf?(execution: { id: string; workflow_id: string }): readonly string[];
}

export interface Verdict {
  readonly acknowledged: number;
  readonly executions: number;
  readonly lost: number;
  readonly reRun: number;
  readonly duplicates: number;
  readonly problems: string[];
}

interface ExecutionRow {
  readonly id: string;
  readonly status: string;
  readonly workflow_id: string;
  readonly event_id: string;
  readonly key: string | null;
  readonly steps: number;
  readonly ended: number;
}

/** How long after its lease a job may be taken up at the latest, however busy the machine is: one whose worker dies again and again waits for its turn. */
const SLACK_MS = 90_000;

/**
 * What has to hold whatever was broken: what was acknowledged has ended, each effect happened, under the keys expected, again only where a
 * fault allows it and never for a step that was stored as finished, and nobody dead holds anything.
 */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const { db, ledger, effects, workflowIds, nodes = NODES, keysOf = usualKeys } = evidence;
  const { rows } = await db.query<ExecutionRow>(
    `select executions.id, executions.status, executions.workflow_id, executions.event_id, event_keys.key,
       (select count(*)::int from step_runs where execution_id = executions.id) as steps,
       (select count(*)::int from step_runs where execution_id = executions.id and status in ('succeeded', 'skipped')) as ended
     from executions left join event_keys on event_keys.event_id = executions.event_id
     where $1::uuid[] is null or workflow_id = any($1)`,
    [workflowIds ?? null],
  );
  const problems: string[] = [];
  const say = (found: readonly unknown[], what: string) => {
    if (found.length > 0) problems.push(`${found.length} ${what}, for example ${JSON.stringify(found[0])}`);
  };

  const isFine = (row: ExecutionRow | undefined) =>
    row?.status === 'succeeded' && row.steps === row.ended && (nodes ?? row.steps) === row.steps;
  const byEvent = new Map(rows.map((row) => [row.event_id, row]));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lost = [
    ...[...ledger.events].flatMap(([key, id]) => (isFine(byEvent.get(id)) ? [] : { key, id, found: byEvent.get(id) })),
    ...[...ledger.runs].flatMap((id) => (isFine(byId.get(id)) ? [] : { id, found: byId.get(id) })),
  ];
  say(lost, 'acknowledged and not ended as they should have');
  say(
    rows.filter((row) => !isFine(row)),
    'executions that did not succeed with all their steps',
  );
  say(rows.length - byEvent.size > 0 ? rows : [], 'executions, more than events');
  const eventsByKey = Map.groupBy(
    rows.filter(({ key }) => key !== null),
    ({ key }) => key,
  );
  say(
    [...eventsByKey].filter(([, events]) => events.length > 1),
    'keys that more than one event has',
  );

  const expected = new Set(rows.flatMap(keysOf));
  const mine = effects.filter(({ key }) => expected.has(key) || workflowIds === undefined);
  const byKey = Map.groupBy(mine, ({ key }) => key);
  say(
    [...expected].filter((key) => !byKey.has(key)),
    'effects that never happened',
  );
  say(
    [...byKey.keys()].filter((key) => !expected.has(key)),
    'effects under a key that nobody should have',
  );
  const repeated = [...byKey].flatMap(([key, calls]) =>
    calls.slice(1).map((call, index) => ({ key, before: calls[index] as Effect, call })),
  );
  say(
    repeated.filter(({ before, call }) => before.hash !== call.hash),
    'effects repeated with another body',
  );
  say(
    repeated.filter((repetition) => !evidence.faults.some((fault) => allows(fault, repetition, evidence.leaseSeconds))),
    'effects repeated outside of any fault',
  );
  const late = (await reRunOf(db, mine)).filter((effect) => !evidence.lapsed.has(executionOf(effect)));
  say(late, 'effects of steps that had finished before');
  problems.push(...(await leftovers(db, workflowIds)));
  return {
    acknowledged: ledger.events.size + ledger.runs.size,
    executions: rows.length,
    lost: lost.length,
    reRun: late.length,
    duplicates: repeated.length,
    problems,
  };
}

function usualKeys({ id }: { id: string }): string[] {
  return EFFECTS.map((node) => `${id}:${node}:0`);
}

/** Whether a fault explains that a call was made again: it came in between, and its job was in the hands of who was hit. */
function allows(
  { at, until, held }: Fault,
  { key, before, call }: { key: string; before: Effect; call: Effect },
  leaseSeconds: number,
) {
  const isBetween = before.at <= until && call.at >= at && call.at <= until + leaseSeconds * 1_000 + SLACK_MS;
  return isBetween && (held?.has(executionOf({ key })) ?? true);
}

function executionOf({ key }: { key: string }): string {
  return key.split(':')[0] as string;
}

async function reRunOf(db: Db, effects: readonly Effect[]): Promise<Effect[]> {
  const { rows } = await db.query<{ key: string; finished: number }>(
    `select execution_id || ':' || node_path || ':' || iteration as key, extract(epoch from finished_at) * 1000 as finished
     from step_runs where node_type = 'http.request' and status = 'succeeded'`,
  );
  const finished = new Map(rows.map((row) => [row.key, Number(row.finished)]));
  // Clocks of processes tick in milliseconds.
  return effects.filter(({ key, at }) => at > (finished.get(key) ?? Number.POSITIVE_INFINITY) + 1);
}

async function leftovers(db: Db, workflowIds: readonly string[] | undefined): Promise<string[]> {
  const { rows } = await db.query<Record<'leased' | 'open' | 'undispatched' | 'ignored', number>>(
    `select (select count(*)::int from jobs where lease_owner is not null) + (select count(*)::int from job_leases) as leased,
       (select count(*)::int from jobs where state <> 'succeeded' and ($1::uuid[] is null
         or id in (select id from executions where workflow_id = any($1)))) as open,
       (select count(*)::int from outbox) as undispatched,
       (select count(*)::int from events where event_type = $2
         and not exists (select from executions where event_id = events.id)) as ignored`,
    [workflowIds ?? null, EVENT_TYPE],
  );
  const { leased = 0, open = 0, undispatched = 0, ignored = 0 } = rows[0] ?? {};
  return [
    ...(leased > 0 ? [`${leased} leases are held by the dead`] : []),
    ...(open > 0 ? [`${open} jobs have not succeeded`] : []),
    ...(undispatched > 0 ? [`${undispatched} events were not dispatched`] : []),
    ...(ignored > 0 ? [`${ignored} events have started nothing`] : []),
  ];
}

/** Whether the record of what was done is unbroken. */
export async function auditProblems(server: Pick<ServerProcess, 'call'>): Promise<string[]> {
  const { body } = await server.call<{ valid: boolean; checked: number; breaks: unknown[] }>(
    'GET',
    '/api/v1/audit/verify/?all=true',
  );
  if (body.valid && body.checked > 0) return [];
  return [`the audit chain is not valid: ${JSON.stringify(body).slice(0, 300)}`];
}
