import type { HealthCheck, HealthService } from '../api/index.ts';
import type { Db } from '../db/index.ts';
import type { Engine } from '../engine/index.ts';

export interface HealthOptions {
  readonly db: Db;
  readonly engine: Engine;
  /** What the process is doing: `starting` and `stopping` are not ready. */
  phase(): 'starting' | 'ready' | 'stopping';
}

const PING_TIMEOUT_MS = 3_000;

/** What `/health/ready/` looks at: the process itself, the database and, where one runs here, the worker. */
export function createHealth({ db, engine, phase }: HealthOptions): HealthService {
  return {
    async check() {
      const worker = engine.isWorkerHealthy();
      return {
        server: phase() === 'ready' ? { ok: true, detail: 'ready' } : { ok: false, detail: phase() },
        database: await ping(db),
        ...(worker === undefined ? {} : { worker: { ok: worker, detail: worker ? 'claiming jobs' : 'cannot claim jobs' } }),
      };
    },
  };
}

async function ping(db: Db): Promise<HealthCheck> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('timeout')), PING_TIMEOUT_MS);
  try {
    await Promise.race([db.query('select 1'), timeout]);
    return { ok: true, detail: db.driver };
  } catch {
    return { ok: false, detail: 'the database does not answer' };
  } finally {
    clearTimeout(timer);
  }
}
