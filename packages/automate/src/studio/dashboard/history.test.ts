import { describe, expect, it } from 'vitest';
import { QueryError } from '../../db/index.ts';
import { firstIdOf, timeOfId } from '../../kernel/index.ts';
import { CountedHistory, type HistorySource } from './history.ts';
import { barsOf, partsOf } from './periods.ts';

const PART = 1_000;
const NOW = 1_000_000;

/** Rows by their ids, each open or over. */
function tableOf(rows: Map<string, boolean>, limit: number) {
  const reads: string[] = [];
  const source: HistorySource<{ rows: number; isOpen: boolean }> = {
    partMs: PART,
    limit,
    async read({ from, to }) {
      reads.push(`${timeOfId(from)}-${timeOfId(to)}`);
      const found = [...rows]
        .filter(([id]) => id >= from && id < to)
        .sort(([left], [right]) => (left < right ? 1 : -1))
        .slice(0, limit);
      const tallies = new Map<number, { rows: number; isOpen: boolean }>();
      for (const [id, isOpen] of found) {
        const part = Math.floor(timeOfId(id) / PART);
        const tally = tallies.get(part) ?? { rows: 0, isOpen: false };
        tallies.set(part, { rows: tally.rows + 1, isOpen: tally.isOpen || isOpen });
      }
      return { tallies, rows: found.length, lastId: found.at(-1)?.[0] };
    },
    empty: () => ({ rows: 0, isOpen: false }),
    add(sum, more) {
      sum.rows += more.rows;
      sum.isOpen ||= more.isOpen;
    },
    isFinal: ({ isOpen }) => !isOpen,
  };
  return { source, reads };
}

function id(time: number, place = 0): string {
  return firstIdOf(time).slice(0, -12) + place.toString(16).padStart(12, '0');
}

const countsOf = (history: CountedHistory<{ rows: number }>) =>
  new Map([...history.parts].map(([part, { tally }]) => [part, tally.rows]));

describe('counted history', () => {
  it.each([
    ['57014', 4],
    ['57P01', 8],
  ])('after %s it reads %i rows at a time', async (code, expected) => {
    const limits: number[] = [];
    const { source } = tableOf(new Map([[id(NOW - 1), false]]), 8);
    const history = new CountedHistory({
      ...source,
      async read(range) {
        limits.push(range.limit);
        if (limits.length === 1) throw new QueryError({ code, message: 'stopped', constraint: undefined, columns: [] });
        return source.read(range);
      },
    });
    const range = { first: NOW / PART - 1, end: NOW / PART };
    await expect(history.advance(range, NOW, 1_000)).rejects.toThrow('stopped');
    await history.advance(range, NOW, 1_000);
    expect(limits.slice(0, 2)).toEqual([8, expected]);
  });

  it.each([1, 2, 3, 7, 1_000])('counts each row once, %i at a time', async (limit) => {
    const rows = new Map<string, boolean>();
    const expected = new Map<number, number>();
    for (let index = 0; index < 200; index += 1) {
      // Many in one millisecond, and at the very beginning and end of parts.
      const time = NOW - 1 - ((index * 37) % 20_000) + (index % 3 === 0 ? 0 : ((index * 37) % 20_000) % 1_000);
      rows.set(id(Math.min(time, NOW - 1), index), false);
    }
    for (const key of rows.keys()) {
      const part = Math.floor(timeOfId(key) / PART);
      expected.set(part, (expected.get(part) ?? 0) + 1);
    }
    const { source } = tableOf(rows, limit);
    const history = new CountedHistory(source);
    const range = { first: NOW / PART - 25, end: NOW / PART };
    for (let turn = 0; history.parts.size < 25 && turn < 500; turn += 1) await history.advance(range, NOW, 5);
    const counts = countsOf(history);
    for (let part = range.first; part < range.end; part += 1)
      expect([part, counts.get(part)]).toEqual([part, expected.get(part) ?? 0]);
  });

  it('does no more than its time allows, and goes on from there', async () => {
    const rows = new Map(Array.from({ length: 100 }, (_, index) => [id(NOW - 100 * (index + 1)), false] as const));
    const { source, reads } = tableOf(rows, 10);
    const slow = {
      ...source,
      async read(range: Parameters<typeof source.read>[0]) {
        await new Promise((done) => setTimeout(done, 15));
        return source.read(range);
      },
    };
    const history = new CountedHistory(slow);
    const range = { first: NOW / PART - 11, end: NOW / PART };
    // A read is not begun when the time is over, so there are two of them at most in each turn.
    for (let turn = 1; history.parts.size === 0; turn += 1) {
      await history.advance(range, NOW, 20);
      expect(reads.length).toBeLessThanOrEqual(2 * turn);
    }
    expect(history.parts.size).toBeLessThan(11);
    expect(history.parts.has(range.end - 1)).toBe(true);
    for (let turn = 0; turn < 20 && history.parts.size < 11; turn += 1) await history.advance(range, NOW, 20);
    expect([...countsOf(history).values()].reduce((sum, count) => sum + count)).toBe(100);
    expect(reads.length).toBeLessThan(40);
  });

  it('reads again only what may have changed', async () => {
    const rows = new Map([
      [id(NOW - 200_500), true],
      [id(NOW - 100_500), false],
      [id(NOW - 500), false],
    ]);
    const { source, reads } = tableOf(rows, 100);
    const history = new CountedHistory(source);
    const at = (now: number) => history.advance({ first: 700, end: Math.floor(now / PART) + 1 }, now, 100);
    await at(NOW);
    expect(reads).toHaveLength(1);
    rows.set(id(NOW - 200_500), false);
    rows.set(id(NOW + 1_500), false);
    reads.length = 0;
    await at(NOW + 70_000);
    // What was new then and is new now, and what had not ended.
    expect(reads).toEqual(['939000-1071000', '799000-800000']);
    expect(countsOf(history).get(1_001)).toBe(1);
    reads.length = 0;
    await at(NOW + 140_000);
    expect(reads).toHaveLength(1);
    expect(reads[0]).toMatch(/-1141000$/);
  });
});

describe('periods', () => {
  it('are cut into whole parts and bars, whatever time it is', () => {
    for (const now of [Date.UTC(2026, 10, 1, 9, 42, 17), Date.UTC(2026, 10, 1)]) {
      for (const within of ['hour', 'day', 'week'] as const) {
        const parts = partsOf(within, now);
        const bars = barsOf(within, parts);
        expect(bars[0]?.first).toBe(parts.first);
        expect(bars.at(-1)?.end).toBe(parts.end);
        expect(parts.first - parts.before).toBeGreaterThanOrEqual(60);
        expect(bars.slice(1).map(({ first }) => first)).toEqual(bars.slice(0, -1).map(({ end }) => end));
        expect(bars.length).toBeLessThanOrEqual(31);
      }
    }
    expect(timeOfId(firstIdOf(1_790_000_000_123))).toBe(1_790_000_000_123);
  });
});
