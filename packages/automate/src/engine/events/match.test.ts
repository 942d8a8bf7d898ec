import { describe, expect, it } from 'vitest';
import type { Json } from '../../kernel/index.ts';
import { compileMatch, eventHash, isMatch, matchIssues } from './match.ts';

const scope = {
  event: { payload: { order_id: 42, customer: 'Ada' } },
  steps: { charge: { output: { id: 'ch_1', lines: [7, 8] } } },
  execution: { id: 'x', trace_id: 't' },
};
const event = (payload: Json) => ({
  id: 'e',
  type: 'payment.received',
  source: 'api',
  payload,
  occurred_at: '2026-01-01T00:00:00Z',
});

/** As the delivery goes: by the hash first, then by the rule. */
function finds(rule: Json | undefined, payload: Json): boolean {
  const match = compileMatch(rule)(scope);
  return eventHash(match.paths, event(payload)) === match.hash && isMatch(match, event(payload));
}

describe('a match', () => {
  it('compares the event that came with the execution that waits', () => {
    const rule = { '==': [{ var: 'payload.order' }, { var: 'event.payload.order_id' }] };
    expect(finds(rule, { order: 42 })).toBe(true);
    expect(finds(rule, { order: '42' })).toBe(true);
    expect(finds(rule, { order: 43 })).toBe(false);
    expect(finds(rule, {})).toBe(false);
  });

  it('without a rule is any event', () => {
    expect(finds(undefined, null)).toBe(true);
  });

  it('finds by its equalities, in whatever order they are written', () => {
    const rule = (first: Json, second: Json) => ({ and: [first, { and: [second, { '>': [{ var: 'payload.amount' }, 10] }] }] });
    const order = { '===': [{ var: 'event.payload.order_id' }, { var: 'payload.order' }] };
    const charge = { '==': [{ var: 'payload.charge' }, { var: 'steps.charge.output.id' }] };
    const one = compileMatch(rule(order, charge))(scope);
    const other = compileMatch(rule(charge, order))(scope);
    expect(one.paths).toEqual(['payload.charge', 'payload.order']);
    expect(one.hash).toBe(other.hash);
    expect(finds(rule(order, charge), { order: 42, charge: 'ch_1', amount: 11 })).toBe(true);
    expect(finds(rule(order, charge), { order: 42, charge: 'ch_1', amount: 10 })).toBe(false);
    expect(finds(rule(order, charge), { order: 42, charge: 'ch_2', amount: 11 })).toBe(false);
  });

  it.each<[Json, Json]>([
    [5, '5'],
    [5, '5.0'],
    [0, ''],
    [0, false],
    [1, true],
    [null, null],
    ['a', 'a'],
    ['1e2', 100],
    [' 7 ', 7],
  ])('misses nobody whom the rule would find: %j and %j', (own, given) => {
    const match = compileMatch({ '==': [{ var: 'payload.v' }, { var: 'event.payload.v' }] })({ event: { payload: { v: own } } });
    expect(isMatch(match, event({ v: given }))).toBe(true);
    expect(eventHash(match.paths, event({ v: given }))).toBe(match.hash);
  });

  it('keeps no more of the execution than the rule reads', () => {
    const rule = {
      and: [
        { in: [{ var: 'payload.line' }, { var: 'steps.charge.output.lines' }] },
        { some: [{ var: 'payload.tags' }, { '==': [{ var: 'name' }, 'vip'] }] },
      ],
    };
    const match = compileMatch(rule)(scope);
    expect(match.values).toEqual({ steps: { charge: { output: { lines: [7, 8] } } } });
    expect(match.paths).toEqual([]);
    expect(isMatch(match, event({ line: 8, tags: [{ name: 'vip' }] }))).toBe(true);
    expect(isMatch(match, event({ line: 9, tags: [{ name: 'vip' }] }))).toBe(false);
  });

  it('reads a list by its places', () => {
    expect(finds({ '==': [{ var: 'payload.line' }, { var: 'steps.charge.output.lines.1' }] }, { line: 8 })).toBe(true);
  });

  it('two conditions of one path leave the rule to decide', () => {
    const rule = { and: [{ '==': [{ var: 'payload.a' }, 1] }, { '==': [{ var: 'payload.a' }, 2] }] };
    expect(finds(rule, { a: 1 })).toBe(false);
  });

  it('refuses what it could not keep', () => {
    expect(matchIssues({ '==': [{ var: { cat: ['payload', '.x'] } }, 1] })).toMatchObject([
      { code: 'computed_path', pointer: '/==/0' },
    ]);
    expect(matchIssues({ var: '' })).toMatchObject([{ code: 'computed_path' }]);
    expect(matchIssues({ missing: ['payload.x'] })).toMatchObject([{ code: 'unsupported_operator' }]);
    expect(matchIssues({ some: [{ var: 'payload.l' }, { var: '' }] })).toEqual([]);
    expect(matchIssues({ regex: 1 })).toMatchObject([{ code: 'unknown_operator' }]);
  });
});
