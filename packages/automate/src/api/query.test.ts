import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createQueryReader, parseQueryString } from './query.ts';

const reader = createQueryReader(
  z.object({
    stars_in: z.array(z.int()).optional(),
    flags: z.array(z.boolean()).optional(),
    names: z.array(z.string()).optional(),
    count: z.int().optional(),
  }),
);
const read = (query: string) => reader.read(parseQueryString(`/?${query}`));

describe('a query', () => {
  it('converts the items of lists', () => {
    expect(read('stars_in=1,-2&stars_in=3&flags=true,false&names=1,true')).toEqual({
      stars_in: [1, -2, 3],
      flags: [true, false],
      names: ['1', 'true'],
    });
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
