import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createQueryReader } from './query-reader.ts';
import { parseQueryString } from './query-string.ts';

const reader = createQueryReader(
  z.object({
    stars_in: z.array(z.int()).optional(),
    flags: z.array(z.boolean()).optional(),
    names: z.array(z.string()).optional(),
    states: z.array(z.enum(['draft', 'open'])).optional(),
    anything: z.json().optional(),
    all: z.array(z.json()).optional(),
    count: z.int().optional(),
  }),
);
const read = (query: string) => reader.read(parseQueryString(`/?${query}`), `/?${query}`);

describe('a query', () => {
  it('converts the items of lists', () => {
    expect(read('stars_in=1,-2&stars_in=3&flags=true,false&names=1,true')).toEqual({
      stars_in: [1, -2, 3],
      flags: [true, false],
      names: ['1', 'true'],
    });
  });

  it.each([
    ['names=a,b', ['a', 'b']],
    ['names=Miller%2C%20Ann', ['Miller, Ann']],
    ['names=Miller%2C+Ann,Bo%2c', ['Miller, Ann', 'Bo,']],
    ['names=a%2Cb&names=c,d', ['a,b', 'c', 'd']],
    ['n%61mes=a%2Cb', ['a,b']],
    ['names=%2C', [',']],
    ['names=', ['']],
    ['names', ['']],
  ])('takes an escaped comma for a part of a value: %s', (query, names) => {
    expect(read(query)).toEqual({ names });
  });

  it.each([
    ['states=draft%2Copen', { states: ['draft', 'open'] }],
    ['stars_in=1%2C2,3', { stars_in: [1, 2, 3] }],
    ['states=draft%2Copen&states=draft', { states: ['draft', 'open', 'draft'] }],
  ])('separates by it where no value has one: %s', (query, values) => {
    expect(read(query)).toEqual(values);
  });

  it('reads JSON where a value may be anything, and what is none as a text', () => {
    expect(read('anything=12')).toEqual({ anything: 12 });
    expect(read('anything=%2212%22')).toEqual({ anything: '12' });
    expect(read('anything=word')).toEqual({ anything: 'word' });
    expect(read('all=%7B%22a%22%3A1%2C%22b%22%3A2%7D,word')).toEqual({ all: [{ a: 1, b: 2 }, 'word'] });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('knows no parameter %s', (name) => {
    expect(() => read(`${name}=1`)).toThrow('Unknown query parameter');
  });

  it('takes every integer that a number can hold', () => {
    expect(read(`count=${Number.MAX_SAFE_INTEGER}`)).toEqual({ count: Number.MAX_SAFE_INTEGER });
    expect(() => read('count=9999999999999999')).toThrow('count');
  });

  it('refuses items that are no value', () => {
    expect(() => read('stars_in=1,x')).toThrow('/query/stars_in/1');
    expect(() => read('stars_in=1,,2')).toThrow('/query/stars_in/1');
  });
});
