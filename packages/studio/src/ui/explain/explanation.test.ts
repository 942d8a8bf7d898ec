import { expect, it } from 'vitest';
import { type Explanation, rowsOf } from './explanation.ts';

const value = (of: unknown): Explanation => ({ operator: 'value', value: of, arguments: [] });
const read = (path: string, found: unknown): Explanation => ({ operator: 'var', value: found, path, arguments: [value(path)] });
const node = (operator: string, of: unknown, ...operands: Explanation[]): Explanation => ({
  operator,
  value: of,
  arguments: operands,
});

const rule = node(
  'and',
  false,
  node('>', true, read('payload.amount', 120), value(100)),
  node('!', false, node('in', true, value('vip'), read('payload.tags', ['vip']))),
  { operator: '==', value: null, arguments: [], skipped: true },
);

it('has a line for what compares, and lines below what joins', () => {
  const lines = rowsOf(rule, () => false).map(({ level, operator, expression, values, result, isSkipped }) => [
    level,
    operator,
    expression,
    values.join(),
    result,
    isSkipped,
  ]);
  expect(lines).toEqual([
    [1, 'and', undefined, '', false, false],
    [2, '>', 'payload.amount > 100', '120', true, false],
    [2, '!', undefined, '', false, false],
    [3, 'in', '"vip" in payload.tags', '["vip"]', true, false],
    [2, '==', '==()', '', null, true],
  ]);
});

it('leaves out what is below one that is closed', () => {
  expect(rowsOf(rule, (key) => key === '0.1').map(({ key }) => key)).toEqual(['0', '0.0', '0.1', '0.2']);
});

it('writes ranges, lists and single values as one reads them, and cuts long ones', () => {
  const first = (explanation: Explanation) => rowsOf(explanation, () => false)[0];
  expect(first(node('<', true, value(0), read('n', 5), value(9)))?.expression).toBe('0 < n < 9');
  expect(first(node('in', true, read('n', 5), node('list', [1, 5], value(1), value(5))))?.expression).toBe('n in [1, 5]');
  expect(first(node('!', true, read('payload.test', null)))?.expression).toBe('!(payload.test)');
  expect(first(value(true))?.expression).toBe('true');
  expect(first(node('==', true, read('', 'x'.repeat(200)), value(1)))?.values[0]).toHaveLength(81);
});
