/** A process that counts calls in budgets, to be run several times over one database. Does what it is sent, and sends what came of it. */
import { openPostgres } from '../../src/db/index.ts';
import { createLimits } from '../../src/gateway/limits/limits.ts';
import type { Reservation } from '../../src/gateway/limits/reservation.ts';
import { AppError, createLogger } from '../../src/kernel/index.ts';

/** Makes `calls` at once; each is settled with what it needs after a moment, given back, or stays open. */
export interface LimitsWork {
  readonly calls: number;
  readonly tenantId: string;
  readonly tokens: number;
  readonly nanos?: number | null;
  readonly afterwards: 'settle' | 'release' | 'hold';
}

export interface LimitsOutcome {
  readonly passed: number;
  readonly refused: Readonly<Record<string, number>>;
}

const logger = createLogger({ level: 'error' });
const db = openPostgres({ url: process.env.DATABASE_URL ?? '', poolSize: 4, logger });
const lives = Number(process.env.LIVES_SECONDS ?? '30');
const limits = createLimits({ db, logger, lives, events: { emit: async () => ({}) as never, announce() {} } });

async function once({ tenantId, tokens, nanos = 0, afterwards }: LimitsWork): Promise<string> {
  let reservation: Reservation;
  try {
    reservation = await limits.reserve({ tenantId, endpointId: null, apiKeyId: null }, { tokens, nanos });
  } catch (error) {
    return AppError.is(error) ? error.code : String(error);
  }
  if (afterwards === 'hold') return 'passed';
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  if (afterwards === 'settle') reservation.settle({ tokens, nanos });
  else reservation.release();
  return 'passed';
}

process.on('message', async (work: LimitsWork | 'stop') => {
  if (work === 'stop') {
    await limits.close();
    await db.close();
    process.exit(0);
  }
  const outcomes = await Promise.all(Array.from({ length: work.calls }, () => once(work)));
  const { passed = [], ...refused } = Object.groupBy(outcomes, (outcome) => outcome);
  process.send?.({
    passed: passed.length,
    refused: Object.fromEntries(Object.entries(refused).map(([code, list = []]) => [code, list.length])),
  });
});
await limits.start();
process.send?.('ready');
