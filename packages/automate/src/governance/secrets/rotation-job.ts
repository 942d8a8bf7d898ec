import type { Db } from '../../db/index.ts';
import type { JobHandler, NewJob } from '../../jobs/index.ts';
import type { Keyring } from '../keyring/keyring.ts';
import { rotateMasterKey } from './master-key-rotation.ts';

export const ROTATION_KIND = 'master_key_rotation';
/** Twenty times as long as a process may go on wrapping with a key that was replaced. */
const GRACE_SECONDS = 600;

export function rotationJob({ tenantId, traceId }: { tenantId: string; traceId: string }): NewJob {
  return { tenantId, traceId, kind: ROTATION_KIND, priority: 10, maxAttempts: 100 };
}

/** Wraps everything with the newest master key. Whatever stops it, another claim goes on with what is left. */
export function rotationHandler({ db, keyring }: { db: Db; keyring: Keyring }): JobHandler {
  return {
    kind: ROTATION_KIND,
    async run(_job, context) {
      const shouldStop = () => context.signal.aborted || context.isDraining();
      const rest = await rotateMasterKey({ db, keyring, graceSeconds: GRACE_SECONDS, shouldStop });
      if (rest === 'stopped') return { type: 'released' };
      return rest === null ? { type: 'succeeded' } : { type: 'scheduled', runAt: rest };
    },
    async onDead() {},
  };
}
