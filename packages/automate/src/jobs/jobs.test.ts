import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Db, Queryable } from '../db/index.ts';
import { createLogger, newId } from '../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../testing/index.ts';
import { backoffMs, type ClaimedJob, type DeadJob, type JobHandler, leaseKey } from './job.ts';
import { type ClaimOptions, claim } from './store/claim.store.ts';
import { enqueue, noteProgress, promoteDue, settle } from './store/job.store.ts';
import { fence, holdingOf, lockLeases, reclaim } from './store/lease.store.ts';
import { createWorker, type Worker } from './worker/worker.ts';

const logger = createLogger({ level: 'silent' });
const job = (tenantId: string, extra: object = {}) => ({ tenantId, kind: 'test', traceId: 'trace', ...extra });

describe.each(databaseKinds)('jobs on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  let worker: Worker | undefined;
  const tenant = newId();

  beforeEach(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
  });
  afterEach(async () => {
    await worker?.stop(1_000);
    worker = undefined;
    await db.close();
    await database.dispose();
  });

  /** As the worker of this name. */
  const take = async (owner: string, limit = 10, afterLane = '', more: Partial<ClaimOptions> = {}) => {
    await db.query(`insert into workers (name, lease_until) values ($1, now() + interval '30 seconds') on conflict do nothing`, [
      owner,
    ]);
    return claim(db, { owner, limit, kinds: ['test'], afterLane, ...more });
  };
  /** Another worker finds that the lease of this one has run out. */
  const outlive = async (owner: string) => {
    await db.query(`update workers set lease_until = now() - interval '1 second' where name = $1`, [owner]);
    return db.transaction((transaction) => reclaim(transaction));
  };
  const stateOf = async (id: string) =>
    (
      await db.query<{ state: string; attempts: number; error: { code: string } | null }>(
        'select state, attempts, error from jobs where id = $1',
        [id],
      )
    ).rows[0];

  async function startWorker(handler: Pick<JobHandler, 'run'> & Partial<JobHandler>, workerDb = db): Promise<void> {
    const complete: JobHandler = { kind: 'test', ...handler };
    worker = createWorker({
      db: workerDb,
      logger,
      handlers: new Map([[complete.kind, complete]]),
      live: { publish: () => undefined },
      name: 'worker',
      concurrency: 50,
      leaseSeconds: 30,
      isAlone: false,
    });
    await worker.start();
  }

  it('claims each job once, by priority and age within a lane', async () => {
    const ids = await enqueue(db, [job(tenant), job(tenant, { priority: 5 }), job(tenant)]);
    const first = await take('a', 2);
    const second = await take('b', 2);
    expect(first.jobs.map(({ id }) => id).sort()).toEqual([ids[0], ids[1]].sort());
    expect(second.jobs.map(({ id }) => id)).toEqual([ids[2]]);
    expect((await take('c')).jobs).toEqual([]);
  });

  it('takes from every lane, however long one of them is', async () => {
    const small = [newId(), newId(), newId()];
    await enqueue(
      db,
      Array.from({ length: 500 }, () => job(tenant)),
    );
    const others = await enqueue(
      db,
      small.map((id) => job(id)),
    );
    const { jobs } = await take('a', 40);
    const ids = jobs.map(({ id }) => id);
    for (const id of others) expect(ids).toContain(id);
    expect(jobs.length).toBeGreaterThan(10);
  });

  it('goes on behind the last lane it looked at, and comes round again', async () => {
    const lanes = Array.from({ length: 100 }, (_, index) => `lane-${String(index).padStart(3, '0')}`);
    await enqueue(
      db,
      lanes.map((lane) => job(tenant, { lane })),
    );
    const first = await take('a', 250);
    expect(first.jobs).toHaveLength(64);
    expect(first.nextLane).toBe(lanes[63]);
    const second = await take('a', 250, first.nextLane);
    expect(second.jobs).toHaveLength(36);
    expect(second.nextLane).toBe('');
  });

  it('finds the kinds and lanes it is asked for behind any number of others', async () => {
    await enqueue(
      db,
      Array.from({ length: 100 }, (_, index) =>
        job(tenant, { lane: `lane-${String(index).padStart(3, '0')}`, kind: 'many', isBulk: true }),
      ),
    );
    const [rare] = await enqueue(db, [job(tenant, { lane: 'lane-099', kind: 'rare' })]);
    const rarely = await take('a', 10, '', { kinds: ['rare'], wanted: 'no bulk' });
    expect(rarely.jobs.map(({ id }) => id)).toEqual([rare]);
    const own = await take('a', 10, '', { kinds: ['many', 'rare'], lanes: ['lane-070', 'lane-none', 'lane-007'] });
    expect(own.jobs).toHaveLength(2);
    const both = await take('a', 10, '', { kinds: ['many'], wanted: 'some kinds', lanes: ['lane-099'] });
    expect(both.jobs).toHaveLength(1);
  });

  it('claims jobs that workers do not survive one at a time, and others beside them', async () => {
    const ids = await enqueue(db, [job(tenant), job(tenant), job(tenant)]);
    for (let crash = 0; crash < 3; crash += 1) {
      expect((await take(`dead-${crash}`)).jobs.map(({ isSuspect }) => isSuspect)).toEqual([false, false, false]);
      await outlive(`dead-${crash}`);
    }
    const [fresh] = await enqueue(db, [job(tenant)]);
    const first = await take('a');
    expect(first.jobs.map(({ id, isSuspect }) => [id, isSuspect]).sort()).toEqual(
      [
        [ids[0], true],
        [fresh, false],
      ].sort(),
    );
    const none = await take('a', 10, '', { takesSuspect: false });
    expect(none.jobs).toEqual([]);
    expect((await take('b')).jobs.map(({ id }) => id)).toEqual([ids[1]]);
    await db.transaction((transaction) => noteProgress(transaction, [ids[1] as string]));
    await outlive('b');
    expect((await take('c')).jobs.map(({ id, isSuspect }) => [id, isSuspect]).sort()).toEqual(
      [
        [ids[1], false],
        [ids[2], true],
      ].sort(),
    );
  });

  it('gives every lane its turn, also when a claim takes fewer jobs than there are lanes', async () => {
    const lanes = Array.from({ length: 40 }, (_, index) => `lane-${String(index).padStart(3, '0')}`);
    await enqueue(
      db,
      lanes.flatMap((lane) => Array.from({ length: 10 }, () => job(tenant, { lane }))),
    );
    const ids: string[] = [];
    for (let turn = 0, lane = ''; turn < 4; turn += 1) {
      const { jobs, nextLane } = await take('a', 10, lane);
      ids.push(...jobs.map(({ id }) => id));
      lane = nextLane;
    }
    const { rows } = await db.query<{ lanes: number }>('select count(distinct lane) as lanes from jobs where id = any($1)', [
      ids,
    ]);
    expect(rows[0]?.lanes).toBe(40);
  });

  it('keeps what is for later out of the way until it is due', async () => {
    const [id = ''] = await enqueue(db, [job(tenant, { runAt: new Date(Date.now() + 60_000) })]);
    expect((await take('a')).jobs).toEqual([]);
    const { promoted, nextInMs } = await promoteDue(db);
    expect(promoted).toBe(0);
    expect(nextInMs).toBeGreaterThan(0);
    await db.query(`update jobs set run_at = now() - interval '1 second' where id = $1`, [id]);
    expect((await promoteDue(db)).promoted).toBe(1);
    expect((await take('a')).jobs.map((found) => found.id)).toEqual([id]);
  });

  it('refuses outcomes and locks under a lease that was lost', async () => {
    await enqueue(db, [job(tenant)]);
    const old = (await take('a')).jobs[0] as ClaimedJob;
    await outlive('a');
    const current = (await take('b')).jobs[0] as ClaimedJob;
    expect(current.lease.epoch).toBe(old.lease.epoch + 1);
    expect(await settle(db, [{ lease: old.lease, outcome: { type: 'succeeded' } }])).toEqual(new Set());
    for (const refused of [lockLeases, fence])
      expect(await db.transaction((transaction) => refused(transaction, [old.lease]))).toEqual(new Set());
    expect(await db.transaction((transaction) => fence(transaction, [current.lease]))).toEqual(
      new Set([leaseKey(current.lease)]),
    );
    expect(await settle(db, [{ lease: current.lease, outcome: { type: 'succeeded' } }])).toEqual(
      new Set([leaseKey(current.lease)]),
    );
    expect(await stateOf(current.id)).toMatchObject({ state: 'succeeded' });
  });

  it('refuses an outcome of before from a worker that has given the job back and claimed it again', async () => {
    await enqueue(db, [job(tenant)]);
    const old = (await take('a')).jobs[0] as ClaimedJob;
    await settle(db, [{ lease: old.lease, outcome: { type: 'released' } }]);
    const current = (await take('a')).jobs[0] as ClaimedJob;
    expect(await settle(db, [{ lease: old.lease, outcome: { type: 'succeeded' } }])).toEqual(new Set());
    expect(await stateOf(current.id)).toMatchObject({ state: 'running' });
  });

  it('claims nothing for a worker whose lease was taken from it, and gives back what one knows nothing of', async () => {
    const [id = ''] = await enqueue(db, [job(tenant)]);
    await take('a', 0);
    await db.query('delete from workers');
    expect((await claim(db, { owner: 'a', limit: 10, kinds: ['test'], afterLane: '' })).jobs).toEqual([]);
    expect((await take('b')).jobs).toHaveLength(1);
    expect(await holdingOf(db, 'b')).toEqual({ held: new Set([id]), notified: [], cancelled: [] });
    await db.transaction((transaction) => reclaim(transaction));
    expect(await stateOf(id)).toMatchObject({ state: 'running' });
    await db.transaction((transaction) => reclaim(transaction, { orphaned: { owner: 'b', jobIds: [id] } }));
    expect(await stateOf(id)).toMatchObject({ state: 'queued' });
    expect((await holdingOf(db, 'b')).held).toEqual(new Set());
  });

  it('holds a worker while its writes are under way: nobody takes its jobs back meanwhile', async () => {
    await enqueue(db, [job(tenant)]);
    const { lease } = (await take('a')).jobs[0] as ClaimedJob;
    await db.transaction(async (transaction) => {
      await fence(transaction, [lease]);
      // The embedded database has one session, so nobody else can come in between.
      if (kind === 'postgres') expect(await outlive('a')).toEqual({ requeued: 0, dead: [] });
    });
    expect(await outlive('a')).toEqual({ requeued: 1, dead: [] });
  });

  it('files a job that keeps killing its workers with the dead letters', async () => {
    const [id = ''] = await enqueue(db, [job(tenant, { maxAttempts: 3 })]);
    for (let death = 1; death <= 3; death += 1) {
      expect((await take(`worker-${death}`)).jobs).toHaveLength(1);
      const { dead } = await outlive(`worker-${death}`);
      expect(dead.length).toBe(death === 3 ? 1 : 0);
    }
    expect(await stateOf(id)).toMatchObject({ state: 'failed', attempts: 3, error: { code: 'worker_died' } });
  });

  it('tries a failing job again and tells its feature when it gives up', async () => {
    const dead: DeadJob[] = [];
    const run = vi.fn(async () => {
      throw new Error('no luck');
    });
    const onDead = async (_transaction: unknown, jobs: readonly DeadJob[]) => void dead.push(...jobs);
    const [id = ''] = await enqueue(db, [job(tenant, { maxAttempts: 2 })]);
    await startWorker({ run, onDead });
    await vi.waitFor(
      () => expect(dead).toEqual([{ id, error: { code: 'job_error', message: 'no luck' }, startedAt: expect.any(Date) }]),
      { timeout: 10_000 },
    );
    expect(run).toHaveBeenCalledTimes(2);
    expect(await stateOf(id)).toMatchObject({ state: 'failed' });
  });

  it('ends a job and lets the next into its slot, or neither', async () => {
    const slot = { name: 'door', capacity: 1 };
    const [first = '', second = ''] = await enqueue(db, [job(tenant, { slot }), job(tenant, { slot })]);
    const refused = vi.fn(async () => Promise.reject(new Error('died in between')));
    const orDie = (queryable: Queryable): Queryable => ({
      query: (text, ...rest) => (text.includes('next.job_id') ? refused() : queryable.query(text, ...rest)),
    });
    const dying = {
      ...db,
      ...orDie(db),
      transaction: <T>(work: (transaction: Queryable) => Promise<T>) => db.transaction((transaction) => work(orDie(transaction))),
    };
    await startWorker({ run: async () => ({ type: 'succeeded' }) }, dying);
    await vi.waitFor(() => expect(refused).toHaveBeenCalled());
    expect(await stateOf(first)).toMatchObject({ state: 'running' });
    expect(await stateOf(second)).toMatchObject({ state: 'blocked' });
  });

  it('gives back what is not done when it stops', async () => {
    const [id = ''] = await enqueue(db, [job(tenant)]);
    let isStarted = false;
    await startWorker({
      run: (_job, { signal }) =>
        new Promise((resolve) => {
          isStarted = true;
          signal.addEventListener('abort', () => resolve({ type: 'succeeded' }));
        }),
    });
    await vi.waitFor(() => expect(isStarted).toBe(true));
    await worker?.stop(100);
    worker = undefined;
    expect(await stateOf(id)).toMatchObject({ state: 'queued', attempts: 0 });
  });
});

describe('backoff', () => {
  it('doubles from one second to five minutes and takes off up to half', () => {
    expect([1, 2, 3].map((attempt) => backoffMs(attempt, () => 1))).toEqual([1_000, 2_000, 4_000]);
    expect(backoffMs(1, () => 0)).toBe(500);
    expect(backoffMs(40, () => 1)).toBe(300_000);
  });
});
