import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { type Cell, cellReader, EMPTY, fromCsv, toCsv } from './csv.ts';

test('what is written is read again, and no cell is a formula', () => {
  const fields = z.object({
    text: z.string().nullable(),
    count: z.int().nullable(),
    flag: z.boolean(),
    tags: z.array(z.string()),
    at: z.iso.datetime().nullable(),
  });
  const rows = [
    { text: 'plain', count: -5, flag: true, tags: ['a', 'b'], at: '2026-01-31T12:00:00.000Z' },
    { text: '=cmd|calc', count: null, flag: false, tags: [], at: null },
    { text: "'=already", count: 0, flag: false, tags: ['x,"y"\n'], at: null },
    { text: '@import +1 -1', count: 1, flag: true, tags: [], at: null },
    { text: '', count: 1, flag: true, tags: [], at: null },
    { text: null, count: 1, flag: true, tags: [], at: null },
    { text: 'O\'Neil, "quoted"\nline\r\n', count: 1, flag: true, tags: [], at: null },
  ];
  const columns = Object.keys(fields.shape);
  const text = toCsv(columns, rows, true);
  for (const cell of fromCsv(text).rows.flat()) if (cell !== EMPTY) expect(cell).not.toMatch(/^[=+@\t\r]/);
  const read = fromCsv(`\uFEFF${text}`);
  expect(read.columns).toEqual(columns);
  const values = read.rows.map((cells) =>
    Object.fromEntries(cells.map((cell, index) => [columns[index], cellReader(fields.shape[columns[index] as 'text'])(cell)])),
  );
  expect(values).toEqual(rows);
});

test('a cell that is not what the field wants stays as it is, for the schema to refuse', () => {
  expect(cellReader(z.int())('many')).toBe('many');
  expect(cellReader(z.boolean())('maybe')).toBe('maybe');
  expect(cellReader(z.array(z.string()))('{broken')).toBe('{broken');
  expect(cellReader(z.string().default('x'))(EMPTY)).toBeUndefined();
  expect(cellReader(z.string())(EMPTY)).toBeNull();
  expect(cellReader(z.string())('12')).toBe('12');
});

describe('cells', () => {
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
    [EMPTY, z.number().nullable().optional(), null],
    [EMPTY, z.number().optional(), undefined],
  ] as [Cell, z.ZodType, unknown][])('reads %s as the field wants it', (cell, field, value) => {
    expect(cellReader(field)(cell)).toBe(value);
  });
});

test('a number that would change is refused, naming the column', () => {
  const refused = (pointer: string) =>
    expect.objectContaining({ code: 'number_out_of_range', errors: [expect.objectContaining({ pointer })] });
  expect(() => cellReader(z.number(), 'id')('9007199254740993')).toThrow(refused('/id'));
  expect(() => cellReader(z.int(), 'a/b')(' 1e400 ')).toThrow(refused('/a~1b'));
  expect(() => cellReader(z.unknown(), 'data')('{"list":[7615917337495251231]}')).toThrow(refused('/data/list/0'));
  expect(cellReader(z.number(), 'id')('9007199254740992')).toBe(9007199254740992);
  expect(cellReader(z.string(), 'id')('9007199254740993')).toBe('9007199254740993');
});
