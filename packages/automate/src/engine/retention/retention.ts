import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import { DeletedCounts } from './deleted.ts';
import { endSweep, holdSweep, takeSweep } from './retention.store.ts';
import { Sweep } from './sweep.ts';

export interface RetentionOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly policies: Pick<ExecutionPolicy, 'retention'>;
  /** Names this process. */
  readonly name: string;
  /** How often history is looked through. */
  readonly sweepSeconds: number;
  /** How long steps of deleted executions may wait for their month to be dropped. */
  readonly graceDays: number;
}

/** Deletes history that is past its time. */
export interface Retention {
  /** What this process has deleted since it started, by kind. */
  readonly deleted: ReadonlyMap<string, number>;
  start(): void;
  stop(): Promise<void>;
}

const NAME = 'retention';
/** After so long without a sign of life another process goes on. */
const HOLD_SECONDS = 60;
const LOOK_EVERY_SECONDS = 60;

/** In all processes together there is one sweep at a time. */
export function createRetention(options: RetentionOptions): Retention {
  const { db, logger, policies, name: holder, sweepSeconds, graceDays } = options;
  const hold = { name: NAME, holder, seconds: HOLD_SECONDS };
  const deleted = new DeletedCounts();
  let isStopping = false;
  let sweeping: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const mayGoOn = async () => !isStopping && (await holdSweep(db, hold));
  const sweep = new Sweep({ db, logger, policies, graceDays, deleted, mayGoOn, isStopping: () => isStopping });

  async function sweepWhenDue(): Promise<void> {
    if (!(await takeSweep(db, hold))) return;
    const before = deleted.total;
    if (!(await sweep.run())) return;
    await endSweep(db, { name: NAME, holder, dueInSeconds: sweepSeconds });
    const count = deleted.total - before;
    if (count === 0) return;
    logger.info({ deleted: count }, 'deleted history past its time');
    await sweep.vacuum();
  }

  function look(): void {
    sweeping ??= sweepWhenDue()
      .catch((error: unknown) => logger.warn({ reason: errorMessage(error) }, 'history past its time not deleted, trying again'))
      .finally(() => {
        sweeping = undefined;
      });
  }

  return {
    deleted: deleted.byKind,
    start() {
      timer = setInterval(look, Math.min(sweepSeconds, LOOK_EVERY_SECONDS) * 1_000).unref();
      look();
    },
    async stop() {
      isStopping = true;
      clearInterval(timer);
      await sweeping;
    },
  };
}
