// The real server on PostgreSQL: lists what is there over HTTP, claims, and drains a backlog.
import type { Automate } from 'automate';
import { createDispatcher } from '../../packages/automate/src/engine/dispatch/dispatcher.ts';
import { createTriggerCache } from '../../packages/automate/src/engine/triggers/trigger-cache.ts';
import { claim } from '../../packages/automate/src/jobs/store/claim.store.ts';
import { createLogger } from '../../packages/automate/src/kernel/index.ts';
import { createWorkflow, newEvent } from '../engine/workload.ts';
import { openProduct, TOKEN } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';

const { automate, tenantId } = await openProduct({ hasWorker: false });
const { db, engine, jobs } = automate;
const statements = record(db);
const base = `${await automate.listen()}/api/v1/executions/`;
const CLAIMED = 50;
const CLAIM = { owner: 'bench', limit: CLAIMED, kinds: ['execution'], afterLane: '' };

export interface Round {
  /** Milliseconds of each request, by what was asked. */
  readonly requests: Readonly<Record<string, readonly number[]>>;
  /** Milliseconds of each claim of fifty jobs. */
  readonly claims: readonly number[];
  readonly drainedPerSecond: number;
  /** The plans of the statements behind a request, and of a claim. */
  readonly plans: Readonly<Record<string, readonly string[]>>;
}

serveRemote(
  {
    async run({ backlog, requests }: { backlog: number; requests: number }): Promise<Round> {
      const urls = await urlsOf();
      const times: Record<string, number[]> = {};
      const plans: Record<string, string[]> = {};
      for (const [name, url] of Object.entries(urls)) {
        await timesOf(url, requests / 4);
        times[name] = await timesOf(url, requests);
        plans[name] = await plansOf(() => timesOf(url, 1));
      }
      await queue(backlog);
      const claims = await timedClaims(40);
      plans.claim = await plansOf(() => timedClaims(1));
      return { requests: times, claims, plans, drainedPerSecond: await drain(backlog) };
    },
  },
  () => automate.close(),
);

async function urlsOf(): Promise<Record<string, string>> {
  const { rows } = await db.query<{ id: string; workflow_id: string }>(
    'select id, workflow_id from executions where tenant_id = $1 order by id offset (select count(*) / 2 from executions where tenant_id = $1) limit 1',
    [tenantId],
  );
  const one = rows[0] ?? { id: '', workflow_id: '' };
  return {
    first_page: base,
    failed: `${base}?status=failed`,
    by_workflow: `${base}?workflow_id=${one.workflow_id}`,
    one: `${base}${one.id}/`,
  };
}

async function timesOf(url: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const began = performance.now();
    const reply = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } });
    await reply.arrayBuffer();
    if (reply.status !== 200) throw new Error(`${url} answered ${reply.status}`);
    times.push(performance.now() - began);
  }
  return times;
}

/** Claims that are taken back, so that each finds the whole backlog. */
async function timedClaims(count: number): Promise<number[]> {
  const times: number[] = [];
  await db.query(`insert into workers (name, lease_until) values ($1, now() + interval '1 hour') on conflict do nothing`, [
    CLAIM.owner,
  ]);
  for (let number = 0; number < count; number += 1) {
    await db
      .transaction(async (transaction) => {
        const began = performance.now();
        const { jobs } = await claim({ transaction: (work) => work(transaction) }, CLAIM);
        times.push(performance.now() - began);
        if (jobs.length !== CLAIMED) throw new Error(`claimed ${jobs.length}`);
        throw TAKEN_BACK;
      })
      .catch((error: unknown) => {
        if (error !== TAKEN_BACK) throw error;
      });
  }
  return times;
}

const TAKEN_BACK = new Error('taken back');

async function queue(count: number): Promise<void> {
  const { rows } = await db.query('select from triggers where tenant_id = $1', [tenantId]);
  if (rows.length === 0) await createWorkflow(automate, tenantId, 'transform');
  for (let start = 0; start < count; start += 1_000)
    await engine.events.accept(
      Array.from({ length: Math.min(1_000, count - start) }, (_, index) => newEvent(tenantId, start + index, 'transform')),
    );
  const triggers = createTriggerCache();
  const logger = createLogger({ level: 'warn' });
  const dispatcher = createDispatcher({ db, triggers, logger, maximumHops: () => 50, onDispatched: () => undefined });
  while ((await dispatcher.round()).count > 0);
  await db.migrate((connection) => connection.script('analyze automate.jobs'));
}

async function drain(count: number): Promise<number> {
  const began = performance.now();
  engine.start();
  await jobs.start();
  for (;;) {
    const { rows } = await db.query('(select from job_leases limit 1) union all (select from job_queue limit 1)');
    if (rows.length === 0) return count / ((performance.now() - began) / 1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly tenantId: string | undefined;
}

/** Notes the statements that go through a database while somebody wants to know. */
function record(target: Automate['db']): { of(work: () => Promise<unknown>): Promise<Statement[]> } {
  let noted: Statement[] | undefined;
  const { asTenant, transaction } = target;
  const noting = (connection: Pick<Automate['db'], 'query'>, tenant?: string): Pick<Automate['db'], 'query'> => ({
    query(text, values = [], name) {
      noted?.push({ text, values, tenantId: tenant });
      return connection.query(text, values, name);
    },
  });
  target.asTenant = (tenant, work) => asTenant(tenant, (connection) => work(noting(connection, tenant)));
  target.transaction = (work) => transaction((connection) => work(noting(connection)));
  return {
    async of(work) {
      noted = [];
      await work();
      const found = noted;
      noted = undefined;
      return found;
    },
  };
}

async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  /** How the statement behind it is to be planned. */
  let settings: string | undefined;
  for (const { text, values, tenantId: tenant } of await statements.of(work)) {
    if (text.includes('set_config(')) settings = text;
    if (!/\b(executions|step_runs|jobs|job_queue|events)\b/.test(text)) continue;
    const explain = async (connection: Pick<Automate['db'], 'query'>) => {
      if (settings) await connection.query(settings);
      const { rows } = await connection.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${text}`, values);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      throw TAKEN_BACK;
    };
    await (tenant ? db.asTenant(tenant, explain) : db.transaction(explain)).catch((error: unknown) => {
      if (error !== TAKEN_BACK) throw error;
    });
  }
  return plans;
}
