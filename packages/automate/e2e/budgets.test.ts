import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { shortLived } from '../../../tools/short-lived.ts';
import type { Db } from '../src/db/index.ts';
import { newId } from '../src/kernel/index.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { inherited } from './support/inherited.ts';
import type { LimitsOutcome, LimitsWork } from './support/limits-process.ts';

const SOURCE = fileURLToPath(new URL('./support/limits-process.ts', import.meta.url));
const PROGRAM = (JSON.parse(process.env.AUTOMATE_TEST_PROGRAMS ?? '{}') as Record<string, string>)[SOURCE] ?? SOURCE;

/** Several processes need a server; what one process does is in `gateway/limits/limits.test.ts`, on both drivers. */
describe('budgets over several processes', () => {
  let database: TestDatabase;
  let db: Db;
  let processes: LimitsProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase('postgres');
    db = await database.open();
  });
  afterEach(async () => {
    await Promise.all(processes.map(({ child }) => child.exitCode === null && child.kill('SIGKILL')));
    processes = [];
  });
  afterAll(async () => {
    await db?.close();
    await database?.dispose();
  });

  async function start(count: number, environment: Readonly<Record<string, string>> = {}): Promise<LimitsProcess[]> {
    processes = await Promise.all(Array.from({ length: count }, () => startProcess(database, environment)));
    return processes;
  }

  async function budgetOf(values: Readonly<{ metric: string; amount: string; period?: string }>) {
    const [tenantId, id] = [newId(), newId()];
    await db.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [tenantId, `t-${tenantId}`]);
    await db.query(
      'insert into gateway.budgets (id, tenant_id, name, scope, period, metric, amount) values ($1, $2, $3, $4, $5, $6, $7)',
      [id, tenantId, 'Team', 'tenant', values.period ?? 'total', values.metric, values.amount],
    );
    return { tenantId, id };
  }

  async function standing(id: string) {
    const { rows } = await db.query<{ spent: number; held: number }>(
      `select spent, (select held from gateway.held_by_others(budget_id, starts_at, '')) as held
       from gateway.budget_periods where budget_id = $1`,
      [id],
    );
    return rows[0];
  }

  it.each([1, 7, 50, 190])('lets exactly %i of 200 parallel calls through', async (amount) => {
    const { tenantId, id } = await budgetOf({ metric: 'requests', amount: String(amount) });
    const workers = await start(3);
    const outcomes = await Promise.all(
      workers.map((worker, index) => worker.work({ calls: index === 0 ? 68 : 66, tenantId, tokens: 10, afterwards: 'settle' })),
    );
    expect(outcomes.reduce((sum, { passed }) => sum + passed, 0)).toBe(amount);
    expect(outcomes.reduce((sum, { refused }) => sum + (refused.budget_spent ?? 0), 0)).toBe(200 - amount);
    await eventually(
      () => standing(id),
      (now) => now?.spent === amount && now.held === 0,
    );
  });

  it('gives to one process what another has in hand and does not use', async () => {
    const { tenantId } = await budgetOf({ metric: 'requests', amount: '1000' });
    const [first, second, third] = (await start(3)) as [LimitsProcess, LimitsProcess, LimitsProcess];
    // Each now has a block of what is left.
    for (const worker of [first, second, third])
      expect((await worker.work({ calls: 1, tenantId, tokens: 1, afterwards: 'hold' })).passed).toBe(1);
    expect(await second.work({ calls: 1_010, tenantId, tokens: 1, afterwards: 'hold' })).toEqual({
      passed: 997,
      refused: { budget_spent: 13 },
    });
    expect(await first.work({ calls: 3, tenantId, tokens: 1, afterwards: 'settle' })).toEqual({
      passed: 0,
      refused: { budget_spent: 3 },
    });
  });

  it('loses no token between calls that need much and calls that need little', async () => {
    const { tenantId, id } = await budgetOf({ metric: 'tokens', amount: '10000' });
    const [first, second, third] = (await start(3)) as [LimitsProcess, LimitsProcess, LimitsProcess];
    const outcomes = await Promise.all([
      first.work({ calls: 60, tenantId, tokens: 100, afterwards: 'settle' }),
      second.work({ calls: 60, tenantId, tokens: 100, afterwards: 'settle' }),
      third.work({ calls: 60, tenantId, tokens: 100, afterwards: 'release' }),
    ]);
    const used = ((outcomes[0]?.passed ?? 0) + (outcomes[1]?.passed ?? 0)) * 100;
    expect(used).toBeLessThanOrEqual(10_000);
    await eventually(
      () => standing(id),
      (now) => now?.spent === used && now.held === 0,
    );
    // The rest is there for one call, wherever it was held.
    if (used < 10_000)
      expect((await first.work({ calls: 1, tenantId, tokens: 10_000 - used, afterwards: 'settle' })).passed).toBe(1);
    expect((await second.work({ calls: 1, tenantId, tokens: 1, afterwards: 'settle' })).passed).toBe(0);
  });

  it('has all of it again when a process died with calls open', async () => {
    const { tenantId, id } = await budgetOf({ metric: 'usd', amount: '1' });
    const [dying, other] = (await start(2, { LIVES_SECONDS: '3' })) as [LimitsProcess, LimitsProcess];
    expect((await dying.work({ calls: 40, tenantId, tokens: 1, nanos: 20_000_000, afterwards: 'hold' })).passed).toBe(40);
    dying.child.kill('SIGKILL');
    await once(dying.child, 'exit');
    const whole: LimitsWork = { calls: 1, tenantId, tokens: 1, nanos: 1_000_000_000, afterwards: 'settle' };
    expect(await other.work(whole)).toEqual({ passed: 0, refused: { budget_spent: 1 } });
    await eventually(
      () => standing(id),
      (now) => now?.held === 0,
    );
    expect((await other.work(whole)).passed).toBe(1);
    expect((await other.work({ ...whole, nanos: 1 })).passed).toBe(0);
  });
});

interface LimitsProcess {
  readonly child: ChildProcess;
  work(work: LimitsWork): Promise<LimitsOutcome>;
}

async function startProcess(database: TestDatabase, environment: Readonly<Record<string, string>>): Promise<LimitsProcess> {
  const child = spawn(process.execPath, [...shortLived, PROGRAM], {
    env: { ...inherited, ...database.environment, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const answer = async () => (await once(child, 'message'))[0];
  await answer();
  return {
    child,
    work(work) {
      const outcome = answer();
      child.send(work);
      return outcome as Promise<LimitsOutcome>;
    },
  };
}
