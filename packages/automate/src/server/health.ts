import type { HealthCheck, HealthService } from '../api/index.ts';
import type { Db } from '../db/index.ts';
import type { Engine } from '../engine/index.ts';
import type { JobSystem } from '../jobs/index.ts';

export interface HealthOptions {
  readonly db: Db;
  readonly engine: Engine;
  readonly jobs: JobSystem;
  /** What the process is doing: `starting` and `stopping` are not ready. */
  phase(): 'starting' | 'ready' | 'stopping';
}

const PING_TIMEOUT_MS = 3_000;

/** What `/health/ready/` looks at: the process itself, the database and, where one runs here, the worker with what it has to get on with. */
export function createHealth({ db, engine, jobs, phase }: HealthOptions): HealthService {
  return {
    async check() {
      const worker = jobs.health();
      const [parts, database] = await Promise.all([progressOf(engine), ping(db)]);
      return {
        server: phase() === 'ready' ? { ok: true, detail: 'ready' } : { ok: false, detail: phase() },
        database,
        ...(worker && { worker }),
        ...parts,
      };
    },
  };
}

/** Where the database does not answer, its own check says so. */
async function progressOf(engine: Engine): Promise<Record<string, HealthCheck>> {
  const asked = engine.progress();
  if (!asked) return {};
  const progress = await withTimeout(asked).catch(() => undefined);
  if (!progress) return {};
  const { dispatch, journal } = progress;
  return { dispatch: { ok: dispatch.ok, detail: dispatch.detail }, journal };
}

async function ping(db: Db): Promise<HealthCheck> {
  try {
    await withTimeout(db.query('select 1'));
    return { ok: true, detail: db.driver };
  } catch {
    return { ok: false, detail: 'the database does not answer' };
  }
}

async function withTimeout<T>(asked: Promise<T>): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('timeout')), PING_TIMEOUT_MS);
  try {
    return await Promise.race([asked, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
