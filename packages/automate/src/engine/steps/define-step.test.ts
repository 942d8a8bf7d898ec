import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../kernel/index.ts';
import { defineStep } from './define-step.ts';
import { createStepRegistry } from './registry.ts';
import type { StepContext } from './step-context.ts';
import type { StepScope } from './step-scope.ts';

const scope = {
  event: { payload: { id: 7, name: 'Ada & Co', lines: [1, 2], path: 'a/../b' } },
  steps: {},
  execution: { id: 'x', trace_id: 'x' },
} as unknown as StepScope;
const secrets = { KEY: 'the value' };

const all = defineStep({
  type: 'test.all',
  description: 'Has a field of every kind.',
  config: z.strictObject({
    any: z.string(),
    text: z.string(),
    url: z.string(),
    header: z.record(z.string(), z.string()),
    rule: z.unknown(),
    condition: z.unknown(),
    secret: z.string(),
    account: z.strictObject({ user: z.string(), password: z.string() }),
    parts: z.array(z.strictObject({ name: z.string(), count: z.int() })),
    plain: z.string(),
    absent: z.string().optional(),
  }),
  fields: {
    any: 'template',
    text: 'text',
    url: 'url',
    header: 'header',
    rule: 'rule',
    condition: 'condition',
    secret: 'secret-text',
    account: { fields: { user: 'text', password: 'secret-text' } },
    parts: { each: { fields: { name: 'text' } } },
    absent: 'text',
  },
  run(input, _context, config) {
    expectTypeOf(input.any).toEqualTypeOf<Json>();
    expectTypeOf(input.text).toEqualTypeOf<string>();
    expectTypeOf(input.rule).toEqualTypeOf<Json>();
    expectTypeOf(input.condition).toEqualTypeOf<boolean>();
    expectTypeOf(input.account.password).toEqualTypeOf<string>();
    expectTypeOf(input.parts[0]?.count).toEqualTypeOf<number | undefined>();
    expectTypeOf(input.absent).toEqualTypeOf<string | undefined>();
    expectTypeOf(config.plain).toEqualTypeOf<string>();
    return { output: input.plain };
  },
});
const config = {
  any: '{{ event.payload.lines }}',
  text: '{{ event.payload.lines }}',
  url: 'https://example.com/{{ event.payload.path }}?q={{ event.payload.name }}',
  header: { 'x-id': '{{ event.payload.id }}' },
  rule: { '+': [{ var: 'event.payload.id' }, 1] },
  condition: { '>': [{ var: 'event.payload.id' }, 1] },
  secret: 'Bearer {{ secrets.KEY }}',
  account: { user: '{{ event.payload.name }}', password: '{{ secrets.KEY }}' },
  parts: [{ name: 'p{{ event.payload.id }}', count: 1 }],
  plain: '{{ not.a.template }}',
};

describe('a declared step', () => {
  it('gets every field rendered as it is declared', () => {
    expect(all.compile(config).input(scope, secrets)).toEqual({
      any: [1, 2],
      text: '12',
      url: 'https://example.com/a%2F..%2Fb?q=Ada%20%26%20Co',
      header: { 'x-id': '7' },
      rule: 8,
      condition: true,
      secret: 'Bearer the value',
      account: { user: 'Ada & Co', password: 'the value' },
      parts: [{ name: 'p7', count: 1 }],
      plain: '{{ not.a.template }}',
    });
  });

  it('gets secrets in the fields that take some, and in no others', () => {
    for (const name of ['any', 'text', 'url'] as const) {
      const runner = all.compile({ ...config, [name]: 'https://x/{{ secrets.KEY }}' });
      expect(() => runner.input(scope, secrets), name).toThrow(expect.objectContaining({ code: 'template_failed' }));
    }
    const rule = all.compile({
      ...config,
      rule: { var: 'secrets.KEY' },
      condition: { '==': [{ var: 'secrets.KEY' }, 'the value'] },
    });
    expect(rule.input(scope, secrets)).toMatchObject({ rule: null, condition: false });
    const inner = all.compile({ ...config, account: { user: '{{ secrets.KEY }}', password: 'x' } });
    expect(() => inner.input(scope, secrets)).toThrow(expect.objectContaining({ code: 'template_failed' }));
  });

  it('says where a template or rule is wrong, at any depth', () => {
    const wrong = {
      ...config,
      any: '{{ a | nothing }}',
      condition: 'x',
      header: { a: '{% if %}' },
      account: { user: '{{', password: 'x' },
      parts: [config.parts[0], { name: '{{ | }}', count: 1 }],
    };
    expect(() => all.compile(wrong)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        errors: ['/any', '/header/a', '/condition', '/account/user', '/parts/1/name'].map((pointer) =>
          expect.objectContaining({ pointer }),
        ),
      }),
    );
  });

  it('may change what it got without changing what others get', () => {
    const step = defineStep({
      type: 'test.changes',
      description: 'Changes its configuration.',
      config: z.strictObject({
        list: z.array(z.string()),
        nested: z.strictObject({ a: z.string() }),
        plain: z.strictObject({ b: z.array(z.int()) }),
      }),
      fields: { list: 'template', nested: 'template' },
      input(given) {
        (given.list as Json[]).push('more');
        (given.nested as { a: Json }).a = 'other';
        given.plain.b.push(1);
        return given;
      },
      run: (input) => ({ output: input as Json }),
    });
    const runner = step.compile({ list: ['{{ event.payload.id }}', 'x'], nested: { a: 'plain' }, plain: { b: [] } });
    runner.input(scope);
    expect(runner.input(scope)).toEqual({ list: [7, 'x', 'more'], nested: { a: 'other' }, plain: { b: [1] } });
  });

  it('gets what its schema made of what is no template', () => {
    const step = defineStep({
      type: 'test.dated',
      description: 'Has a date.',
      config: z.strictObject({ at: z.coerce.date(), list: z.array(z.int()).transform((list) => new Set(list)) }),
      fields: { list: 'template' },
      run: ({ at }) => ({ output: at.toISOString() }),
    });
    const config = step.config.parse({ at: '2026-01-01', list: [1, 1] });
    expect(step.compile(config).input(scope)).toEqual({ at: new Date('2026-01-01'), list: new Set([1]) });
  });

  it('runs with what its own input makes of it', () => {
    const step = defineStep({
      type: 'test.own',
      description: 'Makes its input itself.',
      config: z.strictObject({ name: z.string() }),
      fields: { name: 'text' },
      input: ({ name }, { event }) => ({ greeting: `Hello ${name}`, id: (event.payload as { id: number }).id }),
      run(input) {
        expectTypeOf(input).toEqualTypeOf<{ greeting: string; id: number }>();
        return { output: input };
      },
    });
    const runner = step.compile({ name: '{{ event.payload.name }}' });
    const input = runner.input(scope) as Json;
    expect(runner.run(input, {} as StepContext)).toEqual({ output: { greeting: 'Hello Ada & Co', id: 7 } });
    expect([step.inputKind, all.inputKind, step.effects]).toEqual(['computed', 'rendered', 'other']);
  });

  it('is none with fields that it has not, of kinds that there are not, or made by hand', () => {
    const about = { type: 'test.wrong', description: 'Wrong.', config: z.strictObject({ token: z.string() }) };
    const run = () => ({ output: null });
    // @ts-expect-error The configuration has no such field.
    defineStep({ ...about, fields: { tokn: 'secret-text' }, run });
    for (const kind of ['secret', 'secret-rule', 'Text', { each: 'x' }, { fields: { a: null } }, null, 7])
      expect(() => defineStep({ ...about, fields: { token: kind as 'text' }, run }), JSON.stringify(kind)).toThrow(
        'has to be one of',
      );
    expect(() => defineStep({ ...about, isPure: true, run })).toThrow('what is pure has no effects');
    const { compile: _, ...byHand } = all;
    expect(() => createStepRegistry({ outbound: undefined as never, codePool: undefined, steps: [byHand as never] })).toThrow(
      'was not made by defineStep',
    );
  });
});
