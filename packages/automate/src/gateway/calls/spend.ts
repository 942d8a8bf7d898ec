import type { z } from 'zod';
import type { Db } from '../../db/index.ts';
import { findSpend, namesOf, type SpendRow } from './spend.store.ts';
import type { Spend, SpendQuery } from './spend-schemas.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DEFAULT_DAYS = 30;
const MOST_DAYS = 366;
/** Up to here by the hour. */
const HOURLY_DAYS = 3;

type Told = z.input<typeof Spend>;

/**
 * What the calls of a tenant cost.
 * @throws AppError `invalid_input` for a time that ends before it begins, or is longer than a year
 */
export async function spendOf(db: Db, tenantId: string, query: z.output<typeof SpendQuery>): Promise<Told> {
  const { by, limit } = query;
  const { since, until } = timesOf(query);
  const step = until - since <= HOURLY_DAYS * DAY ? 'hour' : 'day';
  const [from, to] = [new Date(since).toISOString(), new Date(until).toISOString()];
  const { rows, names } = await db.asTenant(tenantId, async (transaction) => {
    const found = await findSpend(transaction, tenantId, { since: from, until: to, by, step, limit });
    const keys = new Set(found.flatMap(({ place, key }) => (place <= limit && key !== null ? [key] : [])));
    return { rows: found, names: await namesOf(transaction, by, [...keys]) };
  });
  const steps = stepsOf(since, until, step === 'hour' ? HOUR : DAY);
  const groups = [...Map.groupBy(rows, ({ place }) => place).values()].map((own) => groupOf(own, steps));
  const told = groups.filter(({ place }) => place <= limit);
  const [rest] = groups.filter(({ place }) => place > limit);
  return {
    since: from,
    until: to,
    by,
    step,
    steps: steps.map((at) => new Date(at).toISOString()),
    total: figuresOf(rows),
    groups: told.map(({ key, figures, costs }) => ({
      key,
      name: key === null ? null : (names.get(key) ?? null),
      ...figures,
      costs,
    })),
    rest: rest ? { groups: (rows[0]?.groups ?? 0) - told.length, ...rest.figures, costs: rest.costs } : null,
  };
}

function groupOf(rows: readonly SpendRow[], steps: readonly number[]) {
  const [first] = rows as readonly [SpendRow, ...SpendRow[]];
  const byStep = new Map(rows.map(({ at, cost_nanos }) => [Date.parse(at), Number(cost_nanos)]));
  return { place: first.place, key: first.key, figures: figuresOf(rows), costs: steps.map((at) => byStep.get(at) ?? 0) };
}

function figuresOf(rows: readonly SpendRow[]) {
  const sum = (of: (row: SpendRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    calls: sum(({ calls }) => calls),
    tokens: sum(({ tokens }) => Number(tokens)),
    cost_nanos: sum(({ cost_nanos }) => Number(cost_nanos)),
    unpriced_calls: sum(({ unpriced }) => unpriced),
  };
}

/** Beginnings of hours or days in UTC, the one that runs at `since` first. */
function stepsOf(since: number, until: number, length: number): readonly number[] {
  const first = Math.floor(since / length) * length;
  return Array.from({ length: Math.ceil((until - first) / length) }, (_, index) => first + index * length);
}

function timesOf(query: z.output<typeof SpendQuery>): { since: number; until: number } {
  const until = query.until ? Date.parse(query.until) : Date.now();
  const asked = query.since ? Date.parse(query.since) : until - DEFAULT_DAYS * DAY;
  const since = Math.min(Math.max(asked, until - MOST_DAYS * DAY), until - HOUR);
  return { since, until };
}
