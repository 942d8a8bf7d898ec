import type { Db, Queryable } from '../../db/index.ts';

/** What a process tells of a budget in a period, and what more it asks for. All amounts are whole units. */
export interface Told {
  readonly budget: string;
  /** Begin of the period that `spent` and `keep` are of; null: nothing is told. */
  readonly started: number | null;
  readonly spent: number;
  readonly keep: number;
  /** Whether nothing of it is unused. */
  readonly answers: boolean;
  /** The least that is of use, what all who wait need, and what would be good to have beside. `needed` 0: nothing is asked for. */
  readonly least: number;
  readonly needed: number;
  readonly spare: number;
}

/** What came of it. */
export interface Exchanged {
  /** Null: the budget is gone. */
  readonly starts_ms: number | null;
  readonly ends_in_ms: number | null;
  readonly granted: number;
  readonly remaining: number;
  /** Whether others may still give something back. */
  readonly is_awaited: boolean;
  readonly is_scarce: boolean;
  /** Whether a threshold was passed that nobody was told of. */
  readonly is_due: boolean;
  readonly own_spent: number;
}

/** Tells and asks in one statement. @param lives after so many seconds without a word, what the holder holds is free again */
export async function exchange(
  db: Queryable,
  holder: string,
  lives: number,
  told: readonly Told[],
): Promise<readonly (Exchanged | undefined)[]> {
  const { rows } = await db.query<Exchanged & { readonly place: number }>(
    'select * from gateway.exchange_allowances($1, make_interval(secs => $2), $3)',
    [holder, lives, JSON.stringify(told.map((entry, place) => ({ ...entry, place })))],
    'gateway_exchange_allowances',
  );
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  return told.map((_, place) => byPlace.get(place));
}

/** Frees what a process holds that ends. */
export async function removeHolder(db: Queryable, holder: string): Promise<void> {
  await db.query('delete from gateway.limit_holders where name = $1', [holder]);
}

/** Removes what nobody asks for again. */
export async function removeEnded(db: Db): Promise<void> {
  await db.query(`delete from gateway.budget_periods where ends_at < now() - interval '1 hour'`);
  await db.query(`delete from gateway.limit_holders where expires_at < now() - interval '1 day'`);
  await db.query(
    `delete from gateway.budget_holds hold
     where not exists (select from gateway.limit_holders holder where holder.name = hold.holder)`,
  );
}

export interface ReachedThreshold {
  readonly spent: number;
  readonly reached: readonly number[];
  readonly starts_at: string;
  readonly ends_at: string | null;
}

/** Notes that the thresholds which were passed are told of, and returns them: to one who asks only. */
export async function claimThresholds(
  transaction: Queryable,
  budgetId: string,
  startsMs: number,
): Promise<ReachedThreshold | undefined> {
  const { rows } = await transaction.query<ReachedThreshold>(
    `with due as (
       select period.budget_id, period.starts_at, period.spent, period.ends_at, array(
         select distinct threshold from unnest(budget.thresholds) as threshold
         where threshold > period.reached and period.spent::numeric * 100 >= budget.units::numeric * threshold order by 1
       ) as reached
       from gateway.budget_periods period join gateway.budgets budget on budget.id = period.budget_id
       where period.budget_id = $1 and period.starts_at = to_timestamp($2::float8 / 1000)
       for update of period
     )
     update gateway.budget_periods period set reached = due.reached[cardinality(due.reached)]
     from due where period.budget_id = due.budget_id and period.starts_at = due.starts_at and cardinality(due.reached) > 0
     returning due.spent, due.reached, due.starts_at, due.ends_at`,
    [budgetId, startsMs],
  );
  return rows[0];
}
