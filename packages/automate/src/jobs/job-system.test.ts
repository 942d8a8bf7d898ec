import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Db } from '../db/index.ts';
import { createLogger, newId } from '../kernel/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../testing/index.ts';
import type { JobHandler } from './job.ts';
import { JOB_BATCH } from './job-batch.ts';
import { createJobControl } from './job-control.ts';
import { createJobSystem, type JobSystem } from './job-system.ts';
import { enqueue, notifyJobs } from './store/job.store.ts';

const logger = createLogger({ level: 'silent' });
const done: JobHandler = { kind: 'done', run: async () => ({ type: 'succeeded' }) };
const job = (kind: string) => ({ tenantId: newId(), kind });

describe.each(databaseKinds)('the jobs of a process on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  const systems: JobSystem[] = [];

  beforeEach(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
  });
  afterEach(async () => {
    for (const system of systems.splice(0)) await system.stop();
    await db?.close();
    await database?.dispose();
  });

  async function create(name: string, { kinds = [] }: { kinds?: string[] } = {}): Promise<JobSystem> {
    const settings = { name, kinds, concurrency: 10, leaseSeconds: 30, shutdownSeconds: 1 };
    const system = await createJobSystem({ db, logger, settings });
    systems.push(system);
    return system;
  }
  const stateOf = async (id: string) =>
    (await db.query<{ state: string }>('select state from jobs where id = $1', [id])).rows[0]?.state;

  it('are run once they have started, by the handlers that were registered', async () => {
    const system = await create('one');
    system.register(done);
    const [id = ''] = await enqueue(db, [job('done')]);
    expect(system.health()).toBeUndefined();
    await system.start();
    expect(system.health()).toEqual({ ok: true, detail: 'claiming jobs' });
    await vi.waitFor(async () => expect(await stateOf(id)).toBe('succeeded'), { timeout: 10_000 });
  });

  it('are told to end by a batch that cancels, and never by one that tries again what may run already', async () => {
    const system = await create('one');
    const told: string[] = [];
    const hopeless: JobHandler = {
      kind: 'hopeless',
      run: async () => ({ type: 'failed', error: { code: 'hopeless', message: 'Not today.' } }),
    };
    const handlers = new Map([hopeless, done].map((handler) => [handler.kind, handler]));
    const { live, reads } = system;
    const onCancelled = (ids: readonly string[]) => void told.push(...ids);
    const control = createJobControl({
      db,
      live,
      reads,
      handlers,
      onCancelled,
      onQueued: () => undefined,
      notify: () => undefined,
    });
    system.register(hopeless, done, control.batchHandler);
    await system.start();
    const tenantId = newId();
    const runAt = new Date(Date.now() + 3_600_000);
    const ids = await enqueue(db, [
      { tenantId, kind: 'hopeless' },
      { tenantId, kind: 'done', runAt },
    ]);
    const [dead = '', later = ''] = ids;
    await vi.waitFor(async () => expect(await stateOf(dead)).toBe('failed'), { timeout: 10_000 });
    const batch = async (action: string, id: string) => {
      const payload = { action, filter: { ids: [id] } };
      const job = await control.startBatch({ kind: JOB_BATCH, tenantId, traceId: 'trace', payload });
      system.announce();
      await vi.waitFor(async () => expect(await stateOf(job)).toBe('succeeded'), { timeout: 10_000 });
    };
    await batch('redrive', dead);
    expect(told).toEqual([]);
    await batch('cancel', later);
    expect([told, await stateOf(later)]).toEqual([[later], 'cancelled']);
  });

  it('have one handler a kind, registered before the start, for each kind that the settings name', async () => {
    const system = await create('one');
    system.register(done);
    expect(() => system.register({ ...done })).toThrow('has two handlers');
    await system.start();
    expect(() => system.register({ ...done, kind: 'late' })).toThrow('registered after the start');
    const other = await create('two', { kinds: ['done', 'lost'] });
    other.register(done);
    await expect(other.start()).rejects.toMatchObject({
      code: 'invalid_settings',
      message: expect.stringContaining('"lost", which is no kind of job here; known are done'),
    });
  });

  it('call a job that is notified, and one that waits for that goes on', async () => {
    const system = await create('one');
    const called = vi.fn();
    let turn = 0;
    system.register({
      kind: 'waiting',
      async run(_job, context) {
        turn += 1;
        if (turn === 1) return { type: 'scheduled', runAt: undefined };
        await new Promise<void>((resolve) => context.onNotified(() => resolve(called())));
        return { type: 'succeeded' };
      },
    });
    const [id = ''] = await enqueue(db, [job('waiting')]);
    await system.start();
    await vi.waitFor(async () => expect(await stateOf(id)).toBe('scheduled'), { timeout: 10_000 });
    expect(await notifyJobs(db, [id])).toEqual([id]);
    system.notify([id]);
    // It may have been claimed before that, and have heard it already.
    await vi.waitFor(() => expect(turn).toBe(2), { timeout: 10_000 });
    system.notify([id]);
    await vi.waitFor(async () => expect(await stateOf(id)).toBe('succeeded'), { timeout: 10_000 });
    expect(called).toHaveBeenCalled();
  });

  it.runIf(kind === 'postgres')('hear of what others announce, and not of what they announce themselves', async () => {
    const [one, two] = [await create('one'), await create('two')];
    const heard = { one: vi.fn(), two: vi.fn() };
    one.onAnnounced(heard.one);
    const stop = two.onAnnounced(heard.two);
    await one.start();
    await two.start();
    one.announce(['lane']);
    await vi.waitFor(() => expect(heard.two).toHaveBeenCalledOnce(), { timeout: 5_000 });
    expect(heard.one).not.toHaveBeenCalled();
    stop();
    two.announce();
    one.announce();
    await vi.waitFor(() => expect(heard.one).toHaveBeenCalledOnce(), { timeout: 5_000 });
    expect(heard.two).toHaveBeenCalledOnce();
  });

  it.runIf(kind === 'postgres')('are ended and notified in whichever process has them', async () => {
    const [worker, other] = [await create('worker'), await create('other')];
    const called = vi.fn();
    worker.register({
      kind: 'long',
      async run(_job, context) {
        context.onNotified(called);
        await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
        return { type: 'succeeded' };
      },
    });
    await worker.start();
    const long = job('long');
    const [id = ''] = await enqueue(db, [long]);
    other.announce();
    await vi.waitFor(() => expect(worker.inFlight()).toBe(1), { timeout: 5_000 });
    other.notify([id]);
    await vi.waitFor(() => expect(called).toHaveBeenCalled(), { timeout: 5_000 });
    await other.control.cancel({ tenantId: long.tenantId, id: 'test' }, id);
    await vi.waitFor(async () => expect(await stateOf(id)).toBe('cancelled'), { timeout: 5_000 });
  });
});
