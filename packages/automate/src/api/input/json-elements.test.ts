import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collect } from '../test-support.ts';
import { jsonElements, startsList } from './json-elements.ts';
import { listBodyOf, readListBody } from './list-body.ts';

const elements = async (text: string, maximum = 1_000) => {
  const tooLarge = (place: number) => new Error(`element ${place} is too large`);
  const pieces = await collect(jsonElements(Buffer.from(text), { maximum, tooLarge }));
  return pieces.map((piece) => Buffer.from(piece).toString());
};

describe('the elements of a JSON array', () => {
  it.each([
    ['[]', []],
    [' \n[ \t]\r\n', []],
    ['\ufeff[1, "a" ]', ['1', ' "a" ']],
    ['[[1,2],{"a":[3,4],"b":"],\\"}{"},null]', ['[1,2]', '{"a":[3,4],"b":"],\\"}{"}', 'null']],
    ['["\\\\","\\\\\\","]', ['"\\\\"', '"\\\\\\","']],
  ])('are taken out of %s', async (text, expected) => {
    expect(await elements(text)).toEqual(expected);
  });

  it.each(['[', '[1', '[1,', '[1,]', '[,1]', '[1]x', '[1]]', '[1}', '["]', '[1],[2]'])('are not there in %s', async (text) => {
    await expect(elements(text)).rejects.toMatchObject({ status: 400, code: 'invalid_json' });
  });

  it.each(['', '{}', '1', '"[]"', 'null'])('are those of an array, which %s is not', async (text) => {
    await expect(elements(text)).rejects.toMatchObject({ status: 400, code: 'invalid_input' });
    expect(startsList(Buffer.from(text))).toBe(false);
  });

  it('are no larger than they may be', async () => {
    await expect(elements(`[1,"${'x'.repeat(100)}"]`, 50)).rejects.toThrow('element 2 is too large');
    await expect(elements(`[${' '.repeat(100)}1]`, 50)).rejects.toThrow('element 1 is too large');
  });

  it('are the ones that JSON has, whatever the text', async () => {
    const texts = ['[{"a":"\\u005d"},[[[]]],"\\\\\\"",-1.5e3,true]', JSON.stringify([['a,b', ']'], { '}': '{' }, '\u2028'])];
    for (const text of texts) expect((await elements(text)).map((piece) => JSON.parse(piece))).toEqual(JSON.parse(text));
  });
});

describe('a long list', () => {
  const list = listBodyOf(z.array(z.strictObject({ n: z.int().default(7) })).max(3));
  const read = (text: string) => readListBody(Buffer.from(text), { ...(list as NonNullable<typeof list>), elementBytes: 100 });

  it('is read as one that is not', async () => {
    expect(await read('[{"n":1},{}]')).toEqual([{ n: 1 }, { n: 7 }]);
  });

  it.each([
    [
      '[{"n":1},{"n":"x","y":1}]',
      [
        { pointer: '/1/n', code: 'invalid_type' },
        { pointer: '/1/y', code: 'unknown_field' },
      ],
    ],
    ['[{},{},{},{}]', [{ pointer: '', code: 'too_big' }]],
    ['[{"__proto__":1}]', [{ pointer: '/__proto__', code: 'forbidden_key' }]],
  ])('is refused where it is wrong: %s', async (text, errors) => {
    const expected = errors.map((error) => expect.objectContaining(error));
    await expect(read(text)).rejects.toMatchObject({ status: 400, errors: expected });
  });

  it('may be one of two things that a body is', () => {
    expect(listBodyOf(z.union([z.string(), z.array(z.int()).min(1)]))).toMatchObject({ minimum: 1, isAlsoSingle: true });
    expect(listBodyOf(z.object({}))).toBeUndefined();
  });
});
