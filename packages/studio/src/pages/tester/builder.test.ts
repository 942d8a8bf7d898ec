import { describe, expect, it } from 'vitest';
import { type Group, parsedList, parsedValue, shownValue, toGroup, toRule } from './builder.ts';

const over = { '>': [{ var: 'payload.amount' }, 100] };

describe('the builder', () => {
  it.each([
    over,
    true,
    false,
    null,
    7,
    'text',
    [over],
    { and: [over] },
    { and: [] },
    { or: [over, { in: ['vip', { var: 'payload.tags' }] }] },
    { '!': [{ or: [over, over] }] },
    { '!': { or: [over] } },
    { '!': [{ and: [over] }] },
    { '!': [{ var: 'payload.test' }] },
    { '!!': [{ var: 'payload.test' }] },
    { '!': [{ in: [{ var: 'payload.x' }, ['a', 'b']] }] },
    { in: [{ var: 'a' }, { var: 'b' }] },
    { in: [{ var: 'a' }, 'text'] },
    { '==': [{ var: ['a', 1] }, 2] },
    { '==': [{ var: 'a' }, { var: 'b' }] },
    { '==': [2, { var: 'a' }] },
    { '<': [1, { var: 'a' }, 3] },
    { '>': [{ reduce: [{ var: 'payload.lines' }, { '+': [{ var: 'accumulator' }, 1] }, 0] }, 2] },
    { '>': [{ reduce: [{ var: 'payload.lines' }, { '+': [{ var: 'accumulator' }, 2] }, 0] }, 2] },
    { if: [over, true, false] },
    { unknown: [] },
    { and: [over, { or: [{ '!': [{ or: [{ cat: ['x'] }] }] }] }] },
    { '==': [{ var: 'a' }, '5'] },
  ])('loses nothing of %j', (rule) => {
    expect(toRule(toGroup(rule))).toEqual(rule);
  });

  it('shows what it can, and keeps the rest', () => {
    const group = toGroup({ and: [over, { or: [{ in: ['vip', { var: 'tags' }] }, { if: [true, true, false] }] }] });
    expect(group).toMatchObject({
      mode: 'all',
      parts: [
        { kind: 'condition', path: 'payload.amount', operator: 'more', value: 100 },
        { kind: 'group', mode: 'any', parts: [{ operator: 'has', value: 'vip' }, { kind: 'other' }] },
      ],
    });
  });

  it('adds a condition to a rule that was none of a group', () => {
    const group = toGroup(over);
    const more: Group = { ...group, parts: [...group.parts, { kind: 'condition', path: 'type', operator: 'is', value: 'x' }] };
    expect(toRule(more)).toEqual({ and: [over, { '==': [{ var: 'type' }, 'x'] }] });
    expect(toRule({ ...group, mode: 'none' })).toEqual({ '!': [{ or: [over] }] });
    expect(toRule({ ...group, parts: [] })).toBe(true);
  });

  it.each([
    [5],
    ['5'],
    ['vip'],
    [true],
    ['true'],
    [null],
    [''],
    ['"quoted"'],
    [{ a: 1 }],
    [1.5],
    ['a, b'],
    [['a', 'b']],
    [['a, b', 'c']],
  ])('shows %j as what it reads again', (value) => {
    const read = Array.isArray(value) ? parsedList(shownValue(value)) : parsedValue(shownValue(value));
    expect(read).toEqual(value);
  });

  it('takes what is typed for a text where the event has one', () => {
    expect([parsedValue('5'), parsedValue('5', 'abc'), parsedValue('vip', 1)]).toEqual([5, '5', 'vip']);
    expect(parsedList('a, 2,', 'x')).toEqual(['a', '2']);
  });
});
