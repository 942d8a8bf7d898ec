import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kernel/index.ts';
import { compileTemplate, validateTemplate } from './templates.ts';

const values = { n: 2 ** 53, big: '9007199254740993', zero: 0, none: null, huge: '1e400' };
const evaluate = (text: string, context: JsonObject = values) => compileTemplate(text).evaluate(context);
const failed = (part: string) => expect.objectContaining({ code: 'template_failed', message: expect.stringContaining(part) });

describe('numbers in templates', () => {
  it.each([
    '{{ 7615917337495251231 }}',
    'x {{ -9007199254740993 }} y',
    '{{ 1 | plus: 9007199254740993 }}',
    '{% assign a = 9007199254740993 %}{{ a }}',
    '{% if a > 9007199254740993 %}x{% endif %}',
    '{% for i in (9007199254740992..9007199254740993) %}{% endfor %}',
    '{% case a %}{% when 9007199254740993 %}x{% endcase %}',
    '{{ a[9007199254740993] }}',
    `{{ ${'9'.repeat(400)} }}`,
  ])('refuses %s when saved', (text) => {
    expect(validateTemplate(text)).toMatchObject({ code: 'template_invalid', message: expect.stringContaining('exactly') });
  });

  it.each([
    '{{ 9007199254740992 }}',
    '{{ "7615917337495251231" }}',
    '{% raw %}{{ 7615917337495251231 }}{% endraw %}',
    '{% comment %}7615917337495251231{% endcomment %}',
    '7615917337495251231',
    '{{ 1.2345678901234567 }}',
  ])('takes %s', (text) => {
    expect(validateTemplate(text)).toBeUndefined();
  });

  it.each([
    ['{{ 20 | divided_by: 0 }}', 'zero'],
    ['x{{ 5 | modulo: 0 }}', 'zero'],
    ['{{ 20 | divided_by: zero }}', 'zero'],
    ['{{ 20 | divided_by: none }}', 'zero'],
    ['{{ 20 | divided_by: "abc" }}', 'zero'],
    ['{{ 0 | divided_by: 0 }}', 'zero'],
    ['{{ 20 | divided_by: 0, true }}', 'zero'],
    ['{{ 5 | modulo: none }}', 'zero'],
    ['{{ n | plus: 1 }}', 'exactly'],
    ['{{ 1 | plus: n }}', 'exactly'],
    ['{{ n | times: n | times: 3 }}', 'exactly'],
    ['{{ big | plus: 0 }}', 'exactly'],
    ['{{ big | times: 1 }}', 'exactly'],
    ['{{ big | round }}', 'exactly'],
    ['{{ big | abs }}', 'exactly'],
    ['{{ 1 | at_least: big }}', 'exactly'],
    ['{{ huge | plus: 1 }}', 'exactly'],
    ['{{ "9007199254740993,1" | split: "," | sum }}', 'exactly'],
    ['{{ 5 | plus }}', 'exactly'],
    ['{{ 5 | times }}', 'exactly'],
    ['{% if big > n %}x{% endif %}', 'exactly'],
    ['{% if n <= big %}x{% endif %}', 'exactly'],
  ])('%s fails instead of giving another number', (text, part) => {
    expect(() => evaluate(text)).toThrow(failed(part));
  });

  it.each<[string, unknown]>([
    ['{{ 20 | divided_by: 8 }}', 2.5],
    ['{{ 20 | divided_by: 8, true }}', 2],
    ['{{ -5 | modulo: 3 }}', 1],
    ['{{ 5 | modulo: -3 }}', -1],
    ['{{ 5.5 | modulo: 2 }}', 1.5],
    ['{{ "3" | plus: "4" }}', 7],
    ['{{ "x" | plus: 4 }}', 4],
    ['{{ 4.6 | round }}', 5],
    ['{{ 4.5612 | round: 2 }}', 4.56],
    ['{{ 3.2 | ceil }}', 4],
    ['{{ 3.9 | floor }}', 3],
    ['{{ -3 | abs }}', 3],
    ['{{ 3 | at_least: 5 }}', 5],
    ['{{ 3 | at_most: 2 }}', 2],
    ['{{ "1,2,3" | split: "," | sum }}', 6],
    ['{{ n }}', 2 ** 53],
    ['{{ big }}', '9007199254740993'],
    ['{{ n | minus: 1 }}', 2 ** 53 - 1],
    ['{{ 10000000000 | times: 10000000000 }}', 1e20],
    ['{% if 2 > "1" %}x{% endif %}', 'x'],
  ])('%s is %j', (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it('sums a property of each item', () => {
    expect(evaluate('{{ list | sum: "n" }}', { list: [{ n: 1 }, { n: '2' }, {}, { n: null }] })).toBe(3);
  });

  it('looks for a text in a text in a bounded time', () => {
    const context = { text: 'a'.repeat(200_000), part: `${'a'.repeat(20_000)}b${'a'.repeat(20_000)}` };
    const start = performance.now();
    expect(evaluate('{% if text contains part %}x{% else %}y{% endif %}', context)).toBe('y');
    for (const filter of ['split', 'remove', 'replace', 'replace_first', 'remove_last'])
      expect(() => evaluate(`{{ text | ${filter}: part, "" | size }}`, context)).toThrow(failed('too long together'));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
