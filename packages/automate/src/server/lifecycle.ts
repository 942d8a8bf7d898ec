import { AppError, errorMessage, type Logger } from '../kernel/index.ts';
import type { RunningFeatures } from '../platform/index.ts';

export type Phase = 'starting' | 'ready' | 'stopping';

export interface Lifecycle {
  phase(): Phase;
  /** Fires when closing begins, with the error `stopping`. */
  readonly closing: AbortSignal;
  /** Resolves when all is prepared and, where work is done here, started; waits for the database as long as it takes. */
  ready(features: RunningFeatures, prepareSchema: () => Promise<void>): Promise<void>;
  /** Brings work to a safe point. */
  stop(features: RunningFeatures): Promise<void>;
}

const RETRY_MS = 1_000;
const SWEEP_MS = 600_000;

export function createLifecycle({ logger, hasWorker }: { logger: Logger; hasWorker: boolean }): Lifecycle {
  const closing = new AbortController();
  let phase: Phase = 'starting';
  let preparing: Promise<void> | undefined;
  let sweeping: NodeJS.Timeout | undefined;

  async function prepare(features: RunningFeatures, prepareSchema: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await prepareSchema();
        await features.prepare();
        if (closing.signal.aborted) throw stopping();
        if (hasWorker) await features.start();
        if (closing.signal.aborted) throw stopping();
        phase = 'ready';
        sweeping = setInterval(() => void features.sweep(), SWEEP_MS).unref();
        return;
      } catch (error) {
        if (closing.signal.aborted) throw stopping();
        if (!AppError.is(error) || error.code !== 'database_unavailable') throw error;
        logger.warn({ reason: errorMessage(error.cause) }, 'the database is not reachable yet, trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  return {
    phase: () => phase,
    closing: closing.signal,
    ready(features, prepareSchema) {
      preparing ??= prepare(features, prepareSchema);
      return preparing;
    },
    async stop(features) {
      phase = 'stopping';
      closing.abort(stopping());
      clearInterval(sweeping);
      await preparing?.catch(() => undefined);
      // Not ready, yet answering, for as long as work is brought to a safe point.
      await features.stop();
    },
  };
}

function stopping(): AppError {
  return new AppError({ status: 503, code: 'stopping', title: 'Stopping', detail: 'It was stopped before this was done.' });
}
