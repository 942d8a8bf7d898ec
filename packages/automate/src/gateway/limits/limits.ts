import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import { createTenantCache } from '../prices/tenant-cache.ts';
import { type AlertOptions, createAlerts } from './alerts.ts';
import { findBudgets } from './budget.store.ts';
import type { Budget, LimitSubject, Need } from './budget.ts';
import { type Claim, claimsOf, createSelection } from './claims.ts';
import { Desk } from './desk.ts';
import { removeEnded } from './limit.store.ts';
import { createReservation, type Reservation, type Share, UNLIMITED } from './reservation.ts';

export type { Reservation } from './reservation.ts';

/** Budgets and limits of rates: what may be used, and by whom. */
export interface Limits {
  /**
   * Room for one call in every budget that it counts in, or in none: at once where this process has it in hand.
   * @throws AppError `limit_reached`, `budget_spent`, `price_unknown`
   */
  reserve(subject: LimitSubject, need: Need): Reservation | Promise<Reservation>;
  /** Says that the budgets of a tenant have changed, to every process. */
  announce(tenantId: string): Promise<void>;
  /** Resolves when the database knows what was settled. */
  flush(): Promise<void>;
  start(): Promise<void>;
  /** Removes periods that are long over. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface LimitsOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly events: AlertOptions['events'];
  /** Seconds after which what a silent process holds is free again. Default 30. */
  readonly lives?: number;
}

const CHANNEL = 'automate_gateway_limits';
const BUDGETS = 'automate_gateway_budgets';
const TICK_MS = 200;
const LIVES_SECONDS = 30;

export function createLimits({ db, logger, events, lives = LIVES_SECONDS }: LimitsOptions): Limits {
  const alerts = createAlerts({ db, events, logger });
  const desk = new Desk({
    db,
    logger,
    lives,
    callBack(budgetIds) {
      db.notify(CHANNEL, `${desk.name} ${budgetIds.slice(0, MOST_CALLED).join(',')}`).catch((error: unknown) =>
        logger.debug({ reason: errorMessage(error) }, 'a recall was not sent; whoever waits for it asks again'),
      );
    },
    onDue: alerts.tell,
  });
  const cache = createTenantCache<readonly Budget[]>({
    db,
    logger,
    channel: BUDGETS,
    what: 'budgets',
    load: (tenantIds) => findBudgets(db, tenantIds),
    nothing: [],
    isSame: (before, after) => JSON.stringify(before) === JSON.stringify(after),
    onChanged: (tenantId) => desk.callBack((budget) => tenantId === '' || budget.tenantId === tenantId),
  });
  const select = createSelection();
  const settled = desk.settled.bind(desk);
  const reservationOf = (shares: readonly Share[]) => createReservation(shares, settled);
  let ticking: NodeJS.Timeout | undefined;
  let stopListening: (() => Promise<void>) | undefined;

  function claim(claims: readonly Claim[]): Reservation | Promise<Reservation> {
    const shares = desk.take(claims);
    return shares ? reservationOf(shares) : desk.wait(claims).then(reservationOf);
  }

  function reserve(subject: LimitSubject, need: Need): Reservation | Promise<Reservation> {
    const budgets = cache.current(subject.tenantId);
    if (!budgets) return Promise.resolve(cache.warm(subject.tenantId)).then((warm) => from(warm, subject, need));
    return from(budgets, subject, need);
  }

  function from(budgets: readonly Budget[], subject: LimitSubject, need: Need): Reservation | Promise<Reservation> {
    const selected = select(budgets, subject);
    return selected.length === 0 ? UNLIMITED : claim(claimsOf(selected, need));
  }

  return {
    reserve,
    announce: cache.announce,
    async flush() {
      desk.kick();
      await desk.idle();
      await alerts.idle();
    },
    async start() {
      await cache.start();
      stopListening = await db.listen(CHANNEL, (payload) => {
        const [caller, ids = ''] = payload.split(' ');
        // After a reconnect any may have been called back.
        if (payload === '') desk.callBack(() => true);
        else if (caller !== desk.name) desk.callBack(({ id }) => ids.includes(id));
      });
      ticking = setInterval(() => desk.tick((lives * 1_000) / 3), TICK_MS).unref();
    },
    sweep: () => removeEnded(db),
    async close() {
      clearInterval(ticking);
      await cache.close();
      await stopListening?.();
      await desk.close();
      await alerts.idle();
    },
  };
}

/** A notification holds 8,000 bytes. */
const MOST_CALLED = 200;
