import { describe, expect, it } from 'vitest';
import type { Json } from '../../kernel/index.ts';
import { explainRule } from './explain.ts';
import { operators } from './operators.ts';
import { compileRule } from './rules.ts';

describe('explainRule', () => {
  it('shows every operand with its value', () => {
    const rule = { and: [{ '>': [{ var: 'payload.amount' }, 100] }, { '==': [{ var: 'type' }, 'x'] }] };
    const constant = (value: Json) => ({ operator: 'value', value, arguments: [] });
    expect(explainRule({ rule, event: { type: 'y', payload: { amount: 120 } } })).toEqual({
      match: false,
      explain: {
        operator: 'and',
        value: false,
        arguments: [
          {
            operator: '>',
            value: true,
            arguments: [
              { operator: 'var', value: 120, path: 'payload.amount', arguments: [constant('payload.amount')] },
              constant(100),
            ],
          },
          {
            operator: '==',
            value: false,
            arguments: [{ operator: 'var', value: 'y', path: 'type', arguments: [constant('type')] }, constant('x')],
          },
        ],
      },
    });
  });

  it('marks what did not need to run', () => {
    const { explain } = explainRule({ rule: { if: [true, 1, { var: 'x' }] }, event: {} });
    expect(explain.arguments[2]).toEqual({ operator: 'var', value: null, arguments: [], skipped: true });
  });

  it('bounds what it shows of a large event, but not the result', () => {
    const event = { big: 'x'.repeat(400_000) };
    const { explain } = explainRule({ rule: { cat: [{ var: 'big' }, { var: 'big' }] }, event });
    expect(explain.value).toHaveLength(800_000);
    expect(JSON.stringify(explain).length).toBeLessThan(1_400_000);
  });

  it('agrees with the compiled rule on random rules', () => {
    const random = seeded(7);
    let compared = 0;
    for (let round = 0; round < 3_000; round++) {
      const rule = randomRule(random, 4);
      const event = randomData(random, 3);
      const explained = attempt(() => {
        const { match, explain } = explainRule({ rule, event });
        return { match, value: explain.value };
      });
      const compiled = attempt(() => ({ match: compileRule(rule).matches(event), value: compileRule(rule).evaluate(event) }));
      expect(explained, JSON.stringify({ rule, event })).toEqual(compiled);
      compared += 1;
    }
    expect(compared).toBe(3_000);
  });
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

/** mulberry32: small, and the same on every machine. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const scalars: Json[] = [null, true, false, 0, 1, -2, 3.5, '', '0', '7', 'a', 'abc'];
const paths: Json[] = ['', 'a', 'b', 'a.b', 'a.0', 'list', 'current', 'accumulator', 0, 'nothing'];

function randomRule(random: (below: number) => number, depth: number): Json {
  if (depth === 0 || random(4) === 0)
    return random(2) ? (scalars[random(scalars.length)] as Json) : { var: paths[random(paths.length)] as Json };
  if (random(8) === 0) return Array.from({ length: random(4) }, () => randomRule(random, depth - 1));
  const names = [...operators.keys()];
  const name = names[random(names.length)] as string;
  const [minimum, maximum] = operators.get(name)?.arity ?? [1, 1];
  const count = minimum + random(Math.min(maximum, minimum + 3) - minimum + 1);
  return { [name]: Array.from({ length: count }, () => randomRule(random, depth - 1)) };
}

function randomData(random: (below: number) => number, depth: number): Json {
  if (depth === 0 || random(3) === 0) return scalars[random(scalars.length)] as Json;
  if (random(2)) return Array.from({ length: random(4) }, () => randomData(random, depth - 1));
  return { a: randomData(random, depth - 1), b: randomData(random, depth - 1), list: [1, 2, randomData(random, depth - 1)] };
}
