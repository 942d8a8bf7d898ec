import { describe, expect, it } from 'vitest';
import type { Json } from '../../../kernel/index.ts';
import { readBody } from './reply-body.ts';

const read = (type: string | undefined, bytes: string | number[], largeNumbers: 'refuse' | 'text' = 'refuse') =>
  readBody({ headers: type === undefined ? {} : { 'content-type': type }, body: Buffer.from(bytes as never) }, largeNumbers);
const utf16 = (text: string, isBig: boolean) => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return [...(isBig ? bytes.swap16() : bytes)];
};
const MULLER = [0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72];

describe('the body of a reply', () => {
  it.each<[string | undefined, string | number[], Json]>([
    ['text/plain; charset=iso-8859-1', MULLER, 'Müller'],
    ['text/plain; charset=ISO-8859-1', MULLER, 'Müller'],
    ['text/plain;charset="latin1"', MULLER, 'Müller'],
    ['text/html; level=1; charset=iso-8859-15', [0xa4], '€'],
    ['text/plain; charset=windows-1252', [0x80, 0x20, 0x93], '€ “'],
    ['text/plain; charset=iso-8859-1', [0x80], '€'],
    ['text/plain; charset=shift_jis', [0x93, 0xfa, 0x96, 0x7b], '日本'],
    ['text/plain; charset=koi8-r', [0xcd, 0xc9, 0xd2], 'мир'],
    ['text/plain; charset=utf-16le', [0x61, 0x00], 'a'],
    ['text/plain; charset=nonsense', 'Müller', 'Müller'],
    ['text/plain', 'Müller', 'Müller'],
    [undefined, 'Müller', 'Müller'],
    ['text/plain', MULLER, 'M\uFFFDller'],
    ['text/plain', '\uFEFFMüller', 'Müller'],
    ['text/plain; charset=iso-8859-1', '\uFEFFMüller', 'Müller'],
    ['text/plain', utf16('Müller', false), 'Müller'],
    ['text/plain; charset=utf-8', utf16('Müller', true), 'Müller'],
    ['application/json', '\uFEFF{"a":1}', { a: 1 }],
    ['application/json', utf16('{"a":1}', false), { a: 1 }],
    ['application/json', '{"a":"Müller"}', { a: 'Müller' }],
    ['application/json; charset=iso-8859-1', '{"a":"Müller"}', { a: 'Müller' }],
    ['application/problem+json; charset=iso-8859-1', [0x22, ...MULLER, 0x22], 'Müller'],
    ['application/json', 'no JSON', 'no JSON'],
    ['application/json', '', ''],
    ['text/plain', '{"a":7615917337495251231}', '{"a":7615917337495251231}'],
  ])('of the type %s, %j, is %j', (type, bytes, expected) => {
    expect(read(type, bytes)).toEqual(expected);
  });

  it('refuses a number that would change, or hands it on as a text', () => {
    const text = '{"user":{"id":7615917337495251231},"n":1}';
    expect(() => read('application/json', text)).toThrow(
      expect.objectContaining({
        code: 'number_out_of_range',
        isRetryable: false,
        message: expect.stringMatching(/at \/user\/id:.*"large_numbers"/),
      }),
    );
    expect(read('application/json', text, 'text')).toEqual({ user: { id: '7615917337495251231' }, n: 1 });
    expect(() => read('application/json', '1e999')).toThrow(expect.objectContaining({ code: 'number_out_of_range' }));
    expect(read('application/json', '1e999', 'text')).toBe('1e999');
  });
});
