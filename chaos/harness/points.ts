import type { WorkerProcess } from '../../packages/automate/e2e/support/server-process.ts';
import type { Db } from '../../packages/automate/src/db/index.ts';
import type { Installation } from './installation.ts';
import { pause } from './scenario.ts';

/** Moments of a job's life at which its worker can be made to stand still, all of them from outside of the product. */
export const points = ['before_claim', 'after_claim', 'before_effect', 'after_effect', 'before_commit', 'after_commit'] as const;
/** A connection as the owner of the schema, which may lock and watch. */
type Connection = Parameters<Parameters<Db['migrate']>[0]>[0];
export type Point = (typeof points)[number];

export interface PointOptions {
  readonly installation: Installation;
  readonly db: Db;
  readonly workflowId: string;
  /** The only worker that is up. */
  readonly worker: WorkerProcess;
  /** How many executions are started for it. */
  readonly runs: number;
  /** Hits the worker while it stands at the point. */
  hit(): Promise<void>;
}

/** How often each of the two calls happens when the worker is killed at the point and another one goes on. */
export const callsAt: Readonly<Record<Point, { call: number; last: number }>> = {
  before_claim: { call: 1, last: 1 },
  after_claim: { call: 1, last: 1 },
  before_effect: { call: 1, last: 1 },
  after_effect: { call: 2, last: 1 },
  before_commit: { call: 2, last: 1 },
  after_commit: { call: 1, last: 2 },
};

/** Starts executions, brings their worker to the point, and hits it there. Returns the executions. */
export async function hitAt(point: Point, options: PointOptions): Promise<string[]> {
  const { installation, worker, hit } = options;
  const { sink } = installation;
  switch (point) {
    case 'before_claim':
      // A worker makes due jobs claimable before it claims, when it is time for that.
      return frozen('lock table automate.jobs in share mode', 'with (recursive fence|due as)');
    case 'after_claim':
      return frozen('lock table automate.executions in access exclusive mode', 'executions');
    case 'before_effect':
      return holding('/call', 'before');
    case 'after_effect':
      return holding('/call', 'after');
    case 'after_commit':
      return holding('/last', 'after');
    case 'before_commit': {
      await sink.behave('/call', { hold: 'after' });
      const ids = await start();
      await held(ids.length);
      await rested(ids);
      await locking('select 1 from automate.workers for update', [], async (connection) => {
        await sink.behave('/call', {});
        await sink.release();
        await blocked(connection, 'with fence');
        await hit();
      });
      return ids;
    }
  }

  /** The worker is frozen while executions are queued and a lock is taken, and comes to the point when it thaws. */
  async function frozen(lock: string, statement: string): Promise<string[]> {
    worker.process.kill('SIGSTOP');
    const ids = await start();
    await locking(lock, [], async (connection) => {
      worker.process.kill('SIGCONT');
      await blocked(connection, statement);
      await hit();
    });
    return ids;
  }

  async function holding(path: string, hold: 'before' | 'after'): Promise<string[]> {
    await sink.behave(path, { hold });
    const ids = await start();
    await held(ids.length);
    await sink.behave(path, {});
    await hit();
    // Who was killed hangs up; what is let go before that is noticed would count as an effect.
    if (hold === 'before') while ((await sink.heldCount()) > 0) await pause(5);
    await sink.release();
    return ids;
  }

  async function jobsNow(): Promise<object[]> {
    const { rows } = await options.db.query('select id, state, lease_owner, epoch from jobs where finished_at is null');
    return rows;
  }

  async function start(): Promise<string[]> {
    return Promise.all(Array.from({ length: options.runs }, () => installation.run(options.workflowId)));
  }

  /** Looks until it holds. @throws with what is the matter when it does not within 20 s */
  async function until(holds: () => Promise<boolean>, matter: () => Promise<string>): Promise<void> {
    for (const deadline = Date.now() + 20_000; !(await holds()); await pause(5))
      if (Date.now() > deadline) throw new Error(`${point}: ${await matter()}`);
  }

  function held(count: number): Promise<void> {
    return until(
      async () => (await sink.heldCount()) >= count,
      async () => `only ${await sink.heldCount()} of ${count} calls came`,
    );
  }

  /** Resolves once their naps are over: with one still to come, the end of a call would give the job back until then. */
  function rested(ids: readonly string[]): Promise<void> {
    const over = async () => {
      const { rows } = await options.db.query(
        `select from step_runs where execution_id = any($1) and node_path = 'nap' and status = 'succeeded'`,
        [ids],
      );
      return rows.length;
    };
    return until(
      async () => (await over()) === ids.length,
      async () => `only ${await over()} of ${ids.length} naps are over`,
    );
  }

  /** Holds a lock while work goes on, and lets go of it afterwards. */
  function locking(lock: string, values: unknown[], work: (connection: Connection) => Promise<void>): Promise<void> {
    return options.db.migrate(async (connection) => {
      await connection.script('begin');
      await connection.query(lock, values);
      await work(connection);
      await connection.script('rollback');
    });
  }

  /** Resolves once a statement waits for a lock. */
  function blocked(connection: Connection, statement: string): Promise<void> {
    return until(
      async () => {
        // Within a transaction the activity of others is looked at once.
        await connection.query('select pg_stat_clear_snapshot()');
        const { rows } = await connection.query<{ query: string }>(
          `select query from pg_stat_activity where wait_event_type = 'Lock' and query ~ $1 and datname = current_database()`,
          [statement],
        );
        return rows.length > 0;
      },
      async () => `no statement waits; jobs: ${JSON.stringify(await jobsNow())}`,
    );
  }
}
