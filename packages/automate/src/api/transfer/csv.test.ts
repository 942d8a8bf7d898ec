import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Cell, EMPTY, fromCell, fromCsv, toCsv } from './csv.ts';

describe('CSV', () => {
  it('tells null from an empty text, there and back', () => {
    const text = toCsv(['a', 'b', 'c'], [{ a: null, b: '', c: 'x' }], true);
    expect(text).toBe('a,b,c\n,"",x\n');
    expect(fromCsv(text).rows).toEqual([[EMPTY, '', 'x']]);
  });

  it.each([
    ['-1.5', z.number().nullable().optional(), -1.5],
    ['7', z.int().nullable(), 7],
    ['7', z.string().nullable(), '7'],
    ['yes', z.boolean().nullable(), true],
    ['"a"', z.union([z.string(), z.number(), z.null()]), 'a'],
    [EMPTY, z.number().nullable(), null],
  ] as [Cell, z.ZodType, unknown][])('reads %s as the field wants it', (cell, field, value) => {
    expect(fromCell(cell, field)).toBe(value);
  });
});
