import { expect, test } from 'vitest';
import { type Moment, openWindow, type Rate } from './rate-window.ts';

/** Jobs that ask at these times, each again when it is told to, and what the database would have stored in between. */
function simulate(rate: Rate, arrivals: readonly number[], lateness = () => 0): number[] {
  const asking = arrivals.map((at) => ({ at, hasTurn: false, since: at }));
  const starts: number[] = [];
  let moments: readonly Moment[] = [];
  let nextAt = 0;
  for (let rounds = 0; asking.length > 0; rounds += 1) {
    if (rounds > 100_000) throw new Error('somebody asks for ever');
    asking.sort((left, right) => left.at - right.at || left.since - right.since);
    const job = asking.shift() as (typeof asking)[number];
    const window = openWindow(rate, { now: job.at, nextAt, moments });
    const taken = window.take(job.hasTurn);
    nextAt = window.nextAt();
    const changed = window.changed();
    moments = [...moments.filter(({ moment }) => !changed.some((other) => other.moment === moment)), ...changed];
    if (taken.isGranted) starts.push(job.at);
    else asking.push({ ...job, hasTurn: true, at: taken.askAt + lateness() });
  }
  return starts;
}

function mostWithin(starts: readonly number[], periodMs: number): number {
  return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + periodMs).length));
}

const rates: Rate[] = [
  { limit: 1, periodMs: 1_000 },
  { limit: 5, periodMs: 5_000 },
  { limit: 3, periodMs: 50 },
  { limit: 100, periodMs: 1_000 },
  { limit: 2_500, periodMs: 1_000 },
];

test.each(rates)('$limit in $periodMs ms hold in any time of this length', (rate) => {
  const { limit, periodMs } = rate;
  const count = Math.min(limit * 4, 400);
  const patterns: number[][] = [
    Array.from({ length: count }, () => 1_000_000),
    Array.from({ length: count }, (_, n) => 1_000_000 + (n * periodMs) / limit),
    Array.from({ length: count }, (_, n) => 1_000_000 + ((n * 7_919) % (periodMs * 3))),
  ];
  let seed = 1;
  const jitter = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed % 40;
  };
  for (const arrivals of patterns)
    for (const lateness of [() => 0, jitter]) {
      const starts = simulate(rate, arrivals, lateness);
      expect(starts.length).toBe(count);
      expect(mostWithin(starts, periodMs)).toBeLessThanOrEqual(limit);
      // It is a limit and no brake: nobody waits much longer than the rate asks for.
      const least = Math.max(arrivals.at(-1) ?? 0, 1_000_000 + ((count - limit) * periodMs) / limit);
      expect(Math.max(...starts)).toBeLessThanOrEqual(least + periodMs * 2.5 + (count * 45) / limit);
    }
});

test('starts as many as it may at once, and the others evenly', () => {
  const starts = simulate({ limit: 2, periodMs: 1_000 }, [0, 0, 0, 0, 0, 0]);
  expect(starts.slice(0, 2)).toEqual([0, 0]);
  expect(starts.slice(2).map((at) => Math.round(at / 100))).toEqual([10, 15, 20, 25]);
});

test('lets a newcomer go behind those that wait', () => {
  const rate = { limit: 2, periodMs: 1_000 };
  const window = openWindow(rate, { now: 1_100, nextAt: 2_000, moments: [{ moment: 100, count: 2, lastAt: 0 }] });
  expect(window.take(false)).toEqual({ isGranted: false, askAt: 2_000 });
  expect(window.take(true)).toEqual({ isGranted: true });
});
