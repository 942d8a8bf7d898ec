import { describe, expect, it } from 'vitest';
import { toStorable, toStorableJson } from './storable.ts';

describe('toStorable', () => {
  it('puts keys in the order of jsonb: shorter ones first, then by bytes', () => {
    const given = { zebra: 1, é: 2, b: 3, aa: 4, '10': 5, '9': 6, a: 7 };
    expect(JSON.stringify(toStorableJson(given))).toBe('{"9":6,"10":5,"a":7,"b":3,"aa":4,"é":2,"zebra":1}');
    const renamed = toStorableJson({ 'b\u0000': 1, abc: 2, ab: 3 });
    expect(Object.keys(renamed as object)).toEqual(['ab', 'abc', 'b\ufffd']);
  });

  it.each<[unknown, string]>([
    [Number.NaN, 'not_json'],
    [{ a: [Number.POSITIVE_INFINITY] }, 'not_json'],
    [1n, 'not_json'],
    [new Date(Number.NaN), 'not_json'],
    [new Map(), 'not_json'],
    [new Set([1]), 'not_json'],
    [new Uint8Array(3), 'not_json'],
    [/x/, 'not_json'],
    [Promise.resolve(1), 'not_json'],
    [JSON.parse('{"__proto__": 1}'), 'forbidden_key'],
    [{ 'a\u0000': 1, 'a\ufffd': 2 }, 'forbidden_key'],
  ])('refuses %o', (value, code) => {
    expect(() => toStorable(value)).toThrow(expect.objectContaining({ code }));
  });

  it('refuses what is too deep or too large, in whatever way, before it has looked through it', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const endless = { toJSON: () => endless };
    for (const value of [circle, deep, endless])
      expect(() => toStorable(value)).toThrow(expect.objectContaining({ code: 'too_deep' }));
    let doubled: unknown = 'x'.repeat(1_000);
    for (let turn = 0; turn < 60; turn += 1) doubled = [doubled, doubled];
    const holes = new Array(1e9);
    for (const value of [doubled, holes, 'é'.repeat(600_000), { [`${'k'.repeat(1_100_000)}`]: 1 }])
      expect(() => toStorable(value, { maxBytes: 1_048_576 })).toThrow(expect.objectContaining({ code: 'too_large' }));
  });

  it('counts about as many bytes as the value has as JSON', () => {
    const value = { lines: Array.from({ length: 1_000 }, (_, id) => ({ id, name: `Zeile ${id} – größer`, price: id / 7 })) };
    const { bytes } = toStorable(value);
    const real = Buffer.byteLength(JSON.stringify(value));
    expect(bytes / real).toBeGreaterThan(0.9);
    expect(bytes / real).toBeLessThan(1.3);
  });

  it('hands back a copy', () => {
    const list = [{ a: 1 }];
    const copy = toStorableJson(list);
    list.push({ a: 2 });
    expect(copy).toEqual([{ a: 1 }]);
  });
});
