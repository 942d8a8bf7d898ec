import type { Queryable } from '../../db/index.ts';
import { type Moment, openWindow, type Rate, type RateWindow } from './rate-window.ts';

/** A limit, under the name that it is counted by. */
export interface NamedRate extends Rate {
  readonly name: string;
  readonly tenantId: string;
}

/** The windows of limits, held until the transaction ends: nobody else starts anything under them meanwhile. */
export async function lockWindows(
  transaction: Queryable,
  rates: readonly NamedRate[],
): Promise<{ readonly now: number; readonly windows: ReadonlyMap<string, RateWindow> }> {
  const distinct = [...new Map(rates.map((rate) => [rate.name, rate])).values()];
  const names = distinct.map(({ name }) => name);
  await transaction.query(
    `insert into automate.start_rates (name, tenant_id, next_at)
     select name, tenant_id, now() from unnest($1::text[], $2::uuid[]) as rate(name, tenant_id) order by name on conflict do nothing`,
    [names, distinct.map(({ tenantId }) => tenantId)],
  );
  await transaction.query('select 1 from automate.start_rates where name = any($1) order by name for update', [names]);
  // What time it is, and who has started, is asked once they are locked.
  const [locked, started] = await Promise.all([
    transaction.query<{ name: string; next_ms: number; now_ms: number }>(
      `select name, (extract(epoch from next_at) * 1000)::float8 as next_ms, (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
       from automate.start_rates where name = any($1)`,
      [names],
    ),
    transaction.query<{ name: string; moment: number; count: number; last_ms: number }>(
      `select name, moment::float8, count, (extract(epoch from last_at) * 1000)::float8 as last_ms
       from automate.rate_starts where name = any($1)`,
      [names],
    ),
  ]);
  const now = Math.max(...locked.rows.map(({ now_ms }) => now_ms));
  const moments = Map.groupBy(started.rows, ({ name }) => name);
  const nextAt = new Map(locked.rows.map(({ name, next_ms }) => [name, next_ms]));
  const windows = distinct.map((rate) => {
    const known = (moments.get(rate.name) ?? []).map(
      ({ moment, count, last_ms }): Moment => ({ moment, count, lastAt: last_ms }),
    );
    return [rate.name, openWindow(rate, { now, nextAt: nextAt.get(rate.name) ?? now, moments: known })] as const;
  });
  return { now, windows: new Map(windows) };
}

/** Stores what was taken from windows; what counts no longer goes. */
export async function storeWindows(
  transaction: Queryable,
  rates: readonly NamedRate[],
  { now, windows }: { now: number; windows: ReadonlyMap<string, RateWindow> },
): Promise<void> {
  const distinct = [...new Map(rates.map((rate) => [rate.name, rate])).values()];
  const column = <Value>(pick: (rate: NamedRate, window: RateWindow) => Value) =>
    distinct.map((rate) => pick(rate, windows.get(rate.name) as RateWindow));
  const changed = distinct.flatMap(({ name, tenantId }) =>
    (windows.get(name) as RateWindow).changed().map((moment) => ({ ...moment, name, tenantId })),
  );
  const names = column(({ name }) => name);
  await Promise.all([
    transaction.query(
      `update automate.start_rates set next_at = to_timestamp(rate.next_ms / 1000),
         forget_at = to_timestamp(greatest(rate.next_ms, $4) / 1000 + rate.period_ms / 500)
       from unnest($1::text[], $2::float8[], $3::float8[]) as rate(rate_name, next_ms, period_ms) where name = rate_name`,
      [names, column((_rate, window) => window.nextAt()), column(({ periodMs }) => periodMs), now],
    ),
    transaction.query(
      `delete from automate.rate_starts using unnest($1::text[], $2::float8[]) as rate(rate_name, period_ms)
       where name = rate_name and last_at < to_timestamp(($3 - period_ms - 1000) / 1000)`,
      [names, column(({ periodMs }) => periodMs), now],
    ),
    transaction.query(
      `insert into automate.rate_starts (name, moment, tenant_id, count, last_at)
       select name, moment, tenant_id, count, to_timestamp(last_ms / 1000)
       from unnest($1::text[], $2::bigint[], $3::uuid[], $4::int[], $5::float8[]) as start(name, moment, tenant_id, count, last_ms)
       on conflict (name, moment) do update set count = excluded.count, last_at = excluded.last_at`,
      [
        changed.map(({ name }) => name),
        changed.map(({ moment }) => moment),
        changed.map(({ tenantId }) => tenantId),
        changed.map(({ count }) => count),
        changed.map(({ lastAt }) => lastAt),
      ],
    ),
  ]);
}

/** Forgets limits of which nothing counts any more: their keys are what events said. */
export async function forgetRates(db: Queryable, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `with gone as (
       delete from start_rates where name = any(array(
         select name from start_rates where forget_at < now() and next_at < now() order by forget_at limit $1 for update skip locked))
       returning name
     ), starts as (delete from rate_starts where name = any(array(select name from gone)))
     select name from gone`,
    [limit],
  );
  return rowCount;
}
