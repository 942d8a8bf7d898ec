import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../kernel/index.ts';
import { explainRule } from './explain.ts';
import { compileRule } from './rules.ts';
import { validateRule } from './validate.ts';

const run = (rule: Json, data: Json = null) => compileRule(rule).evaluate(data);

// The examples of https://jsonlogic.com/operations.html and of its test suite.
const examples: [rule: Json, data: Json, expected: Json][] = [
  [true, null, true],
  ['apple', null, 'apple'],
  [[1, { '+': [1, 1] }], null, [1, 2]],
  [{ '==': [1, 1] }, null, true],
  [{ '==': [1, '1'] }, null, true],
  [{ '==': [0, false] }, null, true],
  [{ '===': [1, '1'] }, null, false],
  [{ '!=': [1, 2] }, null, true],
  [{ '!==': [1, '1'] }, null, true],
  [{ '>': [2, 1] }, null, true],
  [{ '>': ['2', 1] }, null, true],
  [{ '>=': [1, 1] }, null, true],
  [{ '<': [1, 2, 3] }, null, true],
  [{ '<': [1, 1, 3] }, null, false],
  [{ '<': [1, 4, 3] }, null, false],
  [{ '<=': [1, 1, 3] }, null, true],
  [{ '<': ['a', 1] }, null, false],
  [{ '<': ['apple', 'banana'] }, null, true],
  [{ '!': [[]] }, null, true],
  [{ '!': [0] }, null, true],
  [{ '!': true }, null, false],
  [{ '!!': [[]] }, null, false],
  [{ '!!': ['0'] }, null, true],
  [{ '!!': { var: 'o' } }, { o: {} }, true],
  [{ or: [false, 0, 'a'] }, null, 'a'],
  [{ or: [false, 0] }, null, 0],
  [{ and: [true, '', 3] }, null, ''],
  [{ and: [1, 3] }, null, 3],
  [{ if: [true, 'yes', 'no'] }, null, 'yes'],
  [{ if: [{ '<': [{ var: 't' }, 0] }, 'ice', { '<': [{ var: 't' }, 100] }, 'water', 'gas'] }, { t: 55 }, 'water'],
  [{ if: [false, 1] }, null, null],
  [{ if: ['apple'] }, null, 'apple'],
  [{ '?:': [false, 1, 2] }, null, 2],
  [{ '+': [1, 2, 3] }, null, 6],
  [{ '+': '3.14' }, null, 3.14],
  [{ '*': [2, 3, '2'] }, null, 12],
  [{ '-': [2, 3] }, null, -1],
  [{ '-': [3] }, null, -3],
  [{ '/': [4, 2] }, null, 2],
  [{ '%': [101, 2] }, null, 1],
  [{ '+': ['a', 1] }, null, null],
  [{ max: [1, 3, 2] }, null, 3],
  [{ min: { var: 'prices' } }, { prices: [3, 1, 2] }, 1],
  [{ cat: ['I love ', { var: 'filling' }, ' pie'] }, { filling: 'apple' }, 'I love apple pie'],
  [{ substr: ['jsonlogic', 4] }, null, 'logic'],
  [{ substr: ['jsonlogic', -5] }, null, 'logic'],
  [{ substr: ['jsonlogic', 1, 3] }, null, 'son'],
  [{ substr: ['jsonlogic', 4, -2] }, null, 'log'],
  [{ in: ['Ringo', ['John', 'Paul', 'George', 'Ringo']] }, null, true],
  [{ in: ['Spring', 'Springfield'] }, null, true],
  [{ in: ['i', null] }, null, false],
  [{ merge: [[1, 2], [3, 4], 5] }, null, [1, 2, 3, 4, 5]],
  [{ var: ['a'] }, { a: 1, b: 2 }, 1],
  [{ var: 'a.b.c' }, { a: { b: { c: 3 } } }, 3],
  [{ var: ['z', 26] }, { a: 1 }, 26],
  [{ var: 'z' }, { a: 1 }, null],
  [{ var: 'a.b' }, { a: null }, null],
  [{ var: 1 }, ['apple', 'banana'], 'banana'],
  [{ var: '' }, 1, 1],
  [{ var: [] }, 1, 1],
  [{ var: 'champ.name' }, null, null],
  [{ missing: ['a', 'b'] }, { a: 'apple', c: '' }, ['b']],
  [{ missing: { merge: ['c', ['d']] } }, { c: '' }, ['c', 'd']],
  [{ missing_some: [1, ['a', 'b', 'c']] }, { a: 'apple' }, []],
  [{ missing_some: [2, ['a', 'b', 'c']] }, { a: 'apple' }, ['b', 'c']],
  [{ map: [{ var: 'integers' }, { '*': [{ var: '' }, 2] }] }, { integers: [1, 2, 3] }, [2, 4, 6]],
  [{ map: [{ var: 'none' }, { var: '' }] }, {}, []],
  [{ filter: [{ var: 'integers' }, { '%': [{ var: '' }, 2] }] }, { integers: [1, 2, 3] }, [1, 3]],
  [{ reduce: [{ var: 'i' }, { '+': [{ var: 'current' }, { var: 'accumulator' }] }, 0] }, { i: [1, 2, 3] }, 6],
  [{ all: [[1, 2, 3], { '>': [{ var: '' }, 0] }] }, null, true],
  [{ all: [[], { '>': [{ var: '' }, 0] }] }, null, false],
  [{ some: [[-1, 0, 1], { '>': [{ var: '' }, 0] }] }, null, true],
  [{ none: [[-3, -2], { '>': [{ var: '' }, 0] }] }, null, true],
  [{ some: [{ var: 'pies' }, { '==': [{ var: 'filling' }, 'apple'] }] }, { pies: [{ filling: 'apple' }] }, true],
  [
    { and: [{ '<': [{ var: 'temp' }, 110] }, { '==': [{ var: 'pie.filling' }, 'apple'] }] },
    { temp: 100, pie: { filling: 'apple' } },
    true,
  ],
];

describe('evaluate', () => {
  it.each(examples)('%j of %j is %j', (rule, data, expected) => {
    expect(run(rule, data)).toEqual(expected);
    expect(validateRule(rule)).toEqual([]);
  });

  it.each<[Json, Json, Json]>([
    [{ var: ['age', 42] }, { age: null }, null],
    [{ var: ['age', 42] }, {}, 42],
    [{ var: ['a.b', 42] }, { a: null }, 42],
    [{ var: ['a.b', 42] }, { a: { b: null } }, null],
    [{ var: ['a.b', 42] }, { a: { b: false } }, false],
    [{ var: ['a.0', 42] }, { a: [null] }, null],
    [{ map: [{ var: 'l' }, { var: ['', 'd'] }] }, { l: [null, 1] }, [null, 1]],
    [{ map: [{ var: 'l' }, { var: [[], 'd'] }] }, { l: [null] }, ['d']],
    [{ var: ['', 'd'] }, null, null],
    [{ reduce: [[null], { var: ['current', 'd'] }, 0] }, null, null],
    [{ max: [[]] }, null, null],
    [{ min: { var: 'prices' } }, { prices: [] }, null],
  ])('%j of %j is %j: a default is for what is missing', (rule, data, expected) => {
    expect(run(rule, data)).toEqual(expected);
    expect(explainRule({ rule, event: data }).explain.value).toEqual(expected);
  });

  it.each<[Json, Json]>([
    [{ '/': [1, 0] }, null],
    [{ '/': [0, 0] }, null],
    [{ '/': [1, { var: 'none' }] }, {}],
    [{ '/': [1, '0'] }, null],
    [{ '%': [1, 0] }, null],
    [{ '%': [1, false] }, null],
    [{ '+': [9007199254740992, 1] }, null],
    [{ '-': [-9007199254740992, 1] }, null],
    [{ '*': [94906267, 94906269] }, null],
    [{ '*': [1e308, 10] }, null],
    [{ '+': ['1e400'] }, null],
    [{ '+': ['9007199254740993', 0] }, null],
    [{ max: ['9007199254740993', 0] }, null],
    [{ min: { var: 'list' } }, { list: ['9007199254740993'] }],
    [{ '<': [9007199254740992, '9007199254740993'] }, null],
    [{ '>=': ['9007199254740993', 9007199254740992] }, null],
    [{ '==': [9007199254740992, '9007199254740993'] }, null],
    [{ '!=': ['9007199254740993', 9007199254740992] }, null],
    [{ '<': [1, 2, '9007199254740993'] }, null],
    [{ reduce: [[1, 0], { '/': [{ var: 'accumulator' }, { var: 'current' }] }, 1] }, null],
  ])('%j of %j fails instead of giving another number, evaluated or explained', (rule, data) => {
    const failure = expect.objectContaining({ code: 'rule_failed' });
    expect(() => run(rule, data)).toThrow(failure);
    expect(() => explainRule({ rule, event: data })).toThrow(failure);
  });

  it.each<[Json, Json]>([
    [{ '==': ['9007199254740993', '9007199254740993'] }, true],
    [{ '<': ['9007199254740993', '9007199254740994'] }, true],
    [{ '==': ['x', 9007199254740992] }, false],
    [{ '<': [1, 'Infinity'] }, false],
    [{ '*': [1e10, 1e10] }, 1e20],
    [{ max: [1e300, 1] }, 1e300],
    [{ '%': [1e20, 7] }, 1e20 % 7],
    [{ in: ['9007199254740993', 'id 9007199254740993'] }, true],
  ])('%j is %j', (rule, expected) => {
    expect(run(rule)).toEqual(expected);
  });

  it('looks for a text in a text in a bounded time', () => {
    const data = { text: 'a'.repeat(300_000), part: `${'a'.repeat(50_000)}b${'a'.repeat(50_000)}` };
    const start = performance.now();
    expect(run({ in: [{ var: 'part' }, { var: 'text' }] }, data)).toBe(false);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('reaches own properties only, also by a path made at run time', () => {
    for (const path of ['toString', 'constructor', '__proto__.x', 'a.length', 'a.__proto__', 't.length']) {
      expect(run({ var: { cat: [path] } }, { a: [1], t: 'text' })).toBeNull();
    }
  });

  it('never runs a conversion method of the data', () => {
    const data = { a: { toString: 1, valueOf: 2 }, b: [{ toJSON: 1 }] };
    const both = [{ var: 'a' }, { var: 'b' }];
    for (const name of ['==', '!=', '<', '+', '-', '*', 'max', 'cat', 'in'])
      expect(() => run({ [name]: both }, data)).not.toThrow();
  });

  it('is bounded: lists in lists, texts and lists that double', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => index);
    const nested = { some: [{ var: 'm' }, { some: [many.slice(0, 400), { '<': [{ var: '' }, -1] }] }] };
    const doubling = (name: string, part: Json) => ({ reduce: [{ var: 'm' }, { [name]: [part, part] }, 'x'] });
    const accumulator = { var: 'accumulator' };
    for (const rule of [nested, doubling('cat', accumulator), doubling('merge', accumulator)]) {
      const start = performance.now();
      expect(() => run(rule, { m: many })).toThrow(expect.objectContaining({ code: 'rule_failed' }));
      expect(performance.now() - start).toBeLessThan(1_000);
    }
    expect(run({ map: [{ var: 'm' }, { var: '' }] }, { m: many })).toHaveLength(2_000);
  });

  it('gives the same value each time and leaves the data alone', () => {
    const rule = compileRule({ map: [{ var: 'a' }, { merge: [{ var: '' }, 1] }] });
    const data = Object.freeze({ a: Object.freeze([Object.freeze([1]), 2]) }) as unknown as Json;
    expect(rule.evaluate(data)).toEqual(rule.evaluate(data));
  });
});

describe('validateRule', () => {
  const code = (rule: unknown) => validateRule(rule).map((issue) => `${issue.pointer} ${issue.code}`);

  it.each([
    [{ '==': [] }, [' wrong_arity']],
    [{ and: [true, { regex: [{ var: 'x' }, '(a+)+$'] }] }, ['/and/1 unknown_operator']],
    [{ method: [{ var: 'x' }, 'toString'] }, [' unknown_operator']],
    [{ log: 'x' }, [' unknown_operator']],
    [{ constructor: [1] }, [' unknown_operator']],
    [{ toString: [] }, [' unknown_operator']],
    [{ '==': [{ var: '__proto__.x' }, 1] }, ['/==/0 forbidden_path']],
    [{ var: ['a.constructor.b', 1] }, [' forbidden_path']],
    [{ missing: ['a', 'prototype'] }, [' forbidden_path']],
    [{ '==': [1, 1], '!=': [1, 2] }, [' invalid_operation']],
    [{ '+': [1, Number.NaN] }, ['/+/1 invalid_type']],
    [undefined, [' invalid_type']],
  ])('%j → %j', (rule, expected) => {
    expect(code(rule)).toEqual(expected);
    expect(() => compileRule(rule as Json)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('refuses what is too deep or too large, and takes what is just within', () => {
    const nest = (depth: number) => Array.from({ length: depth }).reduce<Json>((inner) => ({ '!': [inner] }), true);
    expect(code(nest(32))).toEqual([]);
    expect(code(nest(33))).toEqual([' too_deep']);
    expect(code(nest(100_000))).toEqual([' too_deep']);
    expect(code({ merge: Array.from({ length: 998 }, () => 1) })).toEqual([]);
    expect(code({ merge: Array.from({ length: 5_000 }, () => 1) })).toEqual([' too_large']);
  });

  const lines = readFileSync(new URL('./fixtures/rules_badinput.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const cases = lines.map((line) => JSON.parse(line) as { id: string; json: { rule: Json }; reason: string });
  it.each(cases)('refuses $id: $reason', ({ json }) => {
    expect(validateRule(json.rule)).not.toEqual([]);
  });
});
