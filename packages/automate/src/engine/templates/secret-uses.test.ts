import { describe, expect, it } from 'vitest';
import { watchSecrets } from './derived-secrets.ts';
import { hasSecretHost, secretUses } from './secret-uses.ts';
import { compileTemplate } from './templates.ts';

describe('what a template does with secrets', () => {
  it.each([
    '{{ event.payload.secrets }}',
    '{{ steps.secrets.output }}',
    'no secrets.here, and {{ "secrets.none" }}',
    '{% raw %}{{ secrets.PAY }}{% endraw %}',
    '{% comment %}{{ secrets.PAY }}{% endcomment %}',
    '{{ secrets.PAY',
    '{{ event.payload["a"] }}',
  ])('is nothing in %j', (text) => expect(secretUses(text)).toBeUndefined());

  it('is to write them whole', () => {
    expect(secretUses('{{ secrets.A | append: ":" | append: secrets["B"] | base64_encode }} {{ secrets.A }}')).toEqual({
      names: ['A', 'B'],
      problems: [],
    });
    expect(secretUses('{{ event.id | upcase | append: secrets.A }}')?.problems, 'before it is there').toEqual([]);
    expect(secretUses('{{ event.id | append: secrets.A | upcase }}')?.problems).toHaveLength(1);
  });

  it.each([
    ['https://a.example/{{ secrets.A }}', false],
    ['{{ secrets.A }}', false],
    ['{{ secrets.A }}/path?x={{ secrets.B }}', false],
    ['https://{{ event.payload.region }}.example/{{ secrets.A }}', false],
    ['https://{{ secrets.A }}/', true],
    ['https://a{{ secrets.A }}', true],
    ['https://a:{{ secrets.A }}/', true],
    ['{{ secrets.A }}{{ secrets.B }}', true],
    ['{{ event.payload.base }}/{{ secrets.A }}', true],
    ['https://{% if event.payload.a %}a.example/{% endif %}{{ secrets.A }}', true],
    ['https://{{ "}}" | append: secrets.A }}/', true],
    [' https://{{ secrets.A }}/', true],
    ['https://a.example/', false],
  ])('names the host in %j: %s', (url, isHost) => expect(hasSecretHost(url)).toBe(isHost));
});

describe('what comes of secrets', () => {
  it('is known once it was made, and bounded', () => {
    const secrets = { A: 'a value', B: 'b value' };
    const known = watchSecrets(secrets);
    const render = (text: string, more: object = {}) => compileTemplate(text).render({ secrets, ...more });
    const encoded = Buffer.from(Buffer.from('a value:x').toString('base64')).toString('base64');
    expect(render('{{ secrets.A | append: ":x" | base64_encode | base64_encode }}')).toBe(encoded);
    expect(render('{{ none | default: secrets.B }}{{ "plain" | default: secrets.B }}')).toBe('b valueplain');
    expect([...known]).toEqual(expect.arrayContaining(['a value', 'b value', encoded]));
    expect(known.has('plain')).toBe(false);
    expect(() => render('{% for i in (1..500) %}{{ secrets.A | append: i }}{% endfor %}')).toThrow('too much of its secrets');
    expect(() => render('{{ secrets.A | append: long }}', { long: 'x'.repeat(300_000) })).toThrow('too much of its secrets');
    expect(known.size).toBeLessThanOrEqual(200);
  });
});
