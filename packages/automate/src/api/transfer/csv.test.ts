import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { collect } from '../test-support.ts';
import { type Cell, cellReader, csvWriter, EMPTY } from './csv.ts';
import { readCsv } from './csv-reader.ts';

const ROW_BYTES = 1_048_576;

async function fromCsv(text: string): Promise<{ columns: Cell[]; rows: Cell[][] }> {
  const [columns = [], ...rows] = await collect(readCsv(Buffer.from(text), { rowBytes: ROW_BYTES }));
  return { columns, rows };
}

test('what is written is read again, and no cell is a formula', async () => {
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
  const text = csvWriter(fields, columns)(rows, true);
  for (const cell of (await fromCsv(text)).rows.flat()) if (cell !== EMPTY) expect(cell).not.toMatch(/^[=+@\t\r]/);
  const read = await fromCsv(`\uFEFF${text}`);
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
  it('tells null from an empty text, there and back', async () => {
    const fields = z.object({ a: z.string().nullable(), b: z.string(), c: z.string() });
    const text = csvWriter(fields, ['a', 'b', 'c'])([{ a: null, b: '', c: 'x' }], true);
    expect(text).toBe('a,b,c\n,"",x\n');
    expect((await fromCsv(text)).rows).toEqual([[EMPTY, '', 'x']]);
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
  expect(cellReader(z.boolean())('constructor')).toBe('constructor');
});

describe('a text that looks like a formula', () => {
  const signs = [...'=+-@|%＝＋－＠｜％﹦﹢﹣﹫﹪⁼⁺⁻₌₊₋−–—‐➕➖', '\t', '\r', '\n'];
  const before = ['', ' ', '\t', '\u00a0', '\u3000', '\ufeff', '\u200b', '\u0001', "'", "''"];
  it.each(signs.map((sign) => [JSON.stringify(sign), sign]))(
    'is not one when it begins with %s, and is read as it was',
    async (_, sign) => {
      const fields = z.object({ text: z.string() });
      const rows = before.map((blank) => ({ text: `${blank}${sign}1+1` }));
      const read = (await fromCsv(csvWriter(fields, ['text'])(rows, true))).rows.map(([cell]) => cell as Cell);
      for (const cell of read) expect(cell).toMatch(/^'/);
      expect(read.map(cellReader(fields.shape.text))).toEqual(rows.map(({ text }) => text));
    },
  );
});

test('a field that may hold anything is read as what it was', async () => {
  const fields = z.object({ data: z.json() });
  const values = [
    '12',
    'null',
    'true',
    '',
    'str',
    '"quoted"',
    '[1]',
    ' 12',
    '-5',
    '=1',
    "'=1",
    -5,
    0,
    1.5,
    true,
    [],
    ['a,b'],
    { a: '=1' },
  ];
  const text = csvWriter(fields, ['data'])(
    values.map((data) => ({ data })),
    true,
  );
  expect((await fromCsv(text)).rows.map(([cell]) => cellReader(fields.shape.data)(cell as Cell))).toEqual(values);
});

describe('limits', () => {
  const read = (text: string, rowBytes = ROW_BYTES) => collect(readCsv(Buffer.from(text), { rowBytes }));

  it.each([
    ['columns', () => 'a,'.repeat(1_000_000), /1,000 columns/],
    ['columns of a line behind the first', () => `a\n${','.repeat(2_000)}`, /1,000 columns/],
    ['rows', () => `a\n${'x\n'.repeat(1_000_000)}`, /10,000 rows/],
    ['columns, and nothing behind them', () => `${'a,'.repeat(20_000)}"never closed`, /1,000 columns/],
    ['rows, and nothing behind them', () => `a\n${'x\n'.repeat(30_000)}"never closed`, /10,000 rows/],
    ['bytes of a row', () => `a\n${'x'.repeat(ROW_BYTES + 2)}`, /Row 1 is larger/],
    ['bytes of a cell that never ends', () => `a\nx\n"${'x'.repeat(3 * ROW_BYTES)}`, /Row 2 is larger/],
  ])('are looked at while reading: %s', async (_, text, message) => {
    await expect(read(text())).rejects.toMatchObject({
      status: 413,
      code: 'payload_too_large',
      detail: expect.stringMatching(message),
    });
  });

  it('let through what is just within', async () => {
    expect(await read(`a\n${'x\n'.repeat(10_000)}`)).toHaveLength(10_001);
    expect((await read('a,'.repeat(999)))[0]).toHaveLength(1_000);
  });
});
