import type { AdminModelDetail } from 'automate-client';
import { expect, it } from 'vitest';
import { readListSearch, toCountQuery, toListQuery } from './search.ts';

const model = {
  filters: [{ parameter: 'status' }, { parameter: 'is_gift' }],
  ordering: { columns: ['number', 'placed_at'], default: '-placed_at' },
  search: { columns: ['number'], hint: null },
  date: { column: 'placed_at', after: 'placed_after', before: 'placed_before', is_counted: true },
} as unknown as AdminModelDetail;

it('asks for what the model knows, and for nothing else of an address', () => {
  const search = readListSearch({
    status: 'paid',
    is_gift: true,
    search: 'HP',
    ordering: '-number',
    nonsense: '1',
    deep: { a: 1 },
  });
  expect(toListQuery(model, search)).toEqual({ status: 'paid', is_gift: 'true', search: 'HP', ordering: '-number' });
  expect(toListQuery(model, readListSearch({ ordering: 'secret', _date: "2026' or" }))).toEqual({});
});

it('takes a month or a day from midnight to midnight of who looks', () => {
  const at = (date: string) => {
    const { placed_after = '', placed_before = '' } = toListQuery(model, readListSearch({ _date: date }));
    return [new Date(placed_after), new Date(placed_before)];
  };
  expect(at('2026-12')).toEqual([new Date(2026, 11, 1), new Date(2027, 0, 1)]);
  expect(at('2026-12-31')).toEqual([new Date(2026, 11, 31), new Date(2027, 0, 1)]);
  expect(at('2026')).toEqual([new Date(2026, 0, 1), new Date(2027, 0, 1)]);
});

it('counts without the date and the order', () => {
  expect(toCountQuery(model, readListSearch({ status: 'paid', _date: '2026', ordering: 'number' }))).toBe('status=paid');
});
