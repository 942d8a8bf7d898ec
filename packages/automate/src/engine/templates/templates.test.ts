import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kernel/index.ts';
import type { TemplateMode } from './modes.ts';
import { compileTemplate, renderValue, validateTemplate, validateTemplates } from './templates.ts';

const context: JsonObject = {
  event: { type: 'order', payload: { name: 'Zoë', n: 3, object: { a: 1 }, list: [1, 2], big: 'y'.repeat(500_000) } },
  steps: { one: { output: { ok: true } } },
};
const render = (text: string, mode: TemplateMode = 'text', values: JsonObject = context) =>
  compileTemplate(text, { mode }).render(values);
const failed = (message: string) =>
  expect.objectContaining({ code: 'template_failed', message: expect.stringContaining(message) });

describe('render', () => {
  it.each([
    ['Hello {{ event.payload.name | upcase }}', 'Hello ZOË'],
    ['{% for i in event.payload.list %}{{ forloop.index }}:{{ i }},{% endfor %}', '1:1,2:2,'],
    ['{{ event.payload.object }}', '{"a":1}'],
    ['{{ event.payload.list | join: "-" }}', '1-2'],
    ['{{ steps.one.output.ok }}', 'true'],
    ['{% if steps.two %}a{% else %}b{% endif %}', 'b'],
    ['{{ nothing | default: "n/a" }}', 'n/a'],
    ['{{ "2026-01-02T03:04:05Z" | date: "%Y-%m-%d %H:%M" }}', '2026-01-02 03:04'],
    ['{# no comment #}', '{# no comment #}'],
    ['{% # a comment\n # and more %}x', 'x'],
    ['{% capture a %}1{% endcapture %}{{ a }}', '1'],
  ])('%s → %s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it('names the variable that is not there, unless told to be lenient', () => {
    expect(() => render('{{ event.payload.nope }}')).toThrow(failed('event.payload.nope'));
    expect(compileTemplate('[{{ nope.a }}]', { strictVariables: false }).render(context)).toBe('[]');
  });

  it('looks for list items that have a property without asking it of every item', () => {
    const list = [{ a: 1, id: 'x' }, { id: 'y' }];
    expect(render('{{ list | where: "a" | map: "id" | join }}', 'text', { list })).toBe('x');
  });

  it('runs nothing of a host object and reads nothing of its prototype', () => {
    class User {
      own = 'own';
      get secret() {
        return 'SECRET';
      }
    }
    const values = { user: new User() } as unknown as JsonObject;
    expect(render('{{ user.own }}', 'text', values)).toBe('own');
    for (const path of ['secret', 'constructor', '__proto__.constructor', 'toString']) {
      expect(() => render(`{{ user.${path} }}`, 'text', values)).toThrow(failed(path.split('.')[0] as string));
    }
  });

  it('leaves the context of its caller alone', () => {
    const values = { event: { a: 1 }, n: 1 };
    render('{% increment event %}{% assign n = 5 %}{% decrement n %}{% capture event %}x{% endcapture %}', 'text', values);
    expect(values).toEqual({ event: { a: 1 }, n: 1 });
  });
});

describe('limits', () => {
  const loop = (body: string) => `{% assign a = "xy" | split: "" %}{% for i in (1..60) %}${body}{% endfor %}{{ a }}`;
  it.each([
    ['a loop without end', '{% for i in (1..100000) %}{% for j in (1..100000) %}{% endfor %}{% endfor %}'],
    [
      'a descending range that would top up the allowance',
      '{% assign b = (999999999..1) %}{% for i in (1..900000000) %}{% endfor %}',
    ],
    ['text that doubles', loop('{% assign a = a | append: a %}')],
    ['captured text that doubles', loop('{% capture a %}{{ a }}{{ a }}{% endcapture %}')],
    ['a list inside itself', loop('{% assign a = a | push: a %}')],
    ['a list inside itself, in front', loop('{% assign a = a | unshift: a %}')],
    ['a list that doubles', loop('{% assign a = a | concat: a %}')],
    ['padding', '{{ "now" | date: "%9000000Y" }}'],
    ['padding below the memory limit', '{{ "now" | date: "%4000000Y" }}'],
    ['sorting a list that is too long', '{{ (1..4000000) | sort | size }}'],
    ['replacing', '{{ event.payload.big | replace: "y", "yyyyyyyyyyyyyyyyyyyyyyyy" | size }}'],
    ['the same work again and again', '{% for i in (1..1000) %}{{ event.payload.big | upcase | size }}{% endfor %}'],
    ['a result that is too large', '{{ event.payload.big }}{{ event.payload.big }}{{ event.payload.big }}'],
  ])('stops %s', (_name, text) => {
    expect(() => render(text)).toThrow(expect.objectContaining({ code: 'template_failed' }));
  });

  it.each([
    ['a template that is too long', 'x'.repeat(100_001)],
    ['tags without end', '{% if a %}'.repeat(9_000)],
    ['empty lines in a comment', `{% # a${'\n'.repeat(90_000)}x %}`],
    ['a partial', '{% include "a" %}'],
    ['a partial', '{% render "/etc/passwd" %}'],
    ['a layout', '{% layout "a" %}'],
    ['an expression in a text', '{{ a | where_exp: "item", "item.x" }}'],
    ['an unknown filter', '{{ a | nope }}'],
    ['an open output', 'a {{ b'],
  ])('refuses %s when saved', (_name, text) => {
    const start = performance.now();
    expect(validateTemplate(text)).toMatchObject({ pointer: '', code: 'template_invalid' });
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('modes', () => {
  const values = {
    html: '<b onclick="x">\'&',
    quote: 'a","admin":true,"x":"',
    path: '../../admin?x=#',
    dots: '..',
    line: 'a\r\nX: 1',
    n: 1,
  };

  it('html escapes', () => {
    expect(render('<p title="{{ html }}">', 'html', values)).toBe('<p title="&#60;b onclick=&#34;x&#34;&#62;&#39;&#38;">');
    expect(render('{{ "<b>" | raw }}', 'html', values)).toBe('<b>');
  });

  it('json_body keeps a text inside its string and refuses what is not JSON', () => {
    const body = render('{"a":"{{ quote }}","b":{{ quote | json }},"n":{{ n }}}', 'json_body', values);
    expect(JSON.parse(body)).toEqual({ a: values.quote, b: values.quote, n: 1 });
    expect(() => render('{"a":{{ quote }}}', 'json_body', values)).toThrow(failed('JSON'));
  });

  it('url keeps a value inside its segment', () => {
    expect(render('https://x.test/{{ path }}?q={{ path }}', 'url', values)).toBe(
      'https://x.test/..%2F..%2Fadmin%3Fx%3D%23?q=..%2F..%2Fadmin%3Fx%3D%23',
    );
    expect(() => render('https://x.test/{{ dots }}/secret', 'url', values)).toThrow(failed('dots'));
    expect(renderValue('{{ base }}', { base: 'https://x.test/a?b=c' }, { mode: 'url' })).toBe('https://x.test/a?b=c');
  });

  it('header refuses line breaks', () => {
    expect(() => render('{{ line }}', 'header', values)).toThrow(failed('line break'));
    expect(render('v{{ n }}', 'header', values)).toBe('v1');
  });
});

describe('renderValue', () => {
  it('renders every text and keeps the type of a single expression', () => {
    const value = {
      a: '{{ event.payload.object }}',
      b: ['{{ event.payload.n | times: 2 }}', 'n={{ event.payload.n }}', 7],
      '{{ x }}': null,
    };
    expect(renderValue(value, context)).toEqual({ a: { a: 1 }, b: [6, 'n=3', 7], '{{ x }}': null });
    expect(renderValue('{{ event.payload.list }}', context)).toEqual([1, 2]);
    expect(renderValue(' {{ event.payload.n }}', context)).toBe(' 3');
    expect(renderValue('{{ event.payload.n }}{{ event.payload.n }}', context)).toBe('33');
    expect(() => renderValue(['{{ event.nope }}'], context)).toThrow(failed('event.nope'));
  });

  it('points at each text that is wrong', () => {
    expect(validateTemplates({ a: ['ok', '{{ b'], 'c/d': '{% x %}', e: 1 }).map((issue) => issue.pointer)).toEqual([
      '/a/1',
      '/c~1d',
    ]);
  });

  it('compiles the same text once', () => {
    expect(compileTemplate('{{ a }}')).toBe(compileTemplate('{{ a }}'));
  });
});
