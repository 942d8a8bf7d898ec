import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineGuardrail } from './define-guardrail.ts';
import { answered, cuts, run, sent, streamed } from './test-support.ts';

/** What a host writes: numbers of tickets of its own are not told to anybody. */
const tickets = defineGuardrail({
  type: 'acme.tickets',
  description: 'Numbers of tickets.',
  config: z.strictObject({ prefix: z.string().regex(/^[A-Z]{2,5}$/) }),
  input: (text, { prefix }) => find(text, prefix),
  output: (text, { prefix }) => find(text, prefix),
  stream: { window: 12 },
});

function* find(text: string, prefix: string) {
  for (const match of text.matchAll(new RegExp(`\\b${prefix}-\\d{1,6}\\b`, 'g')))
    yield { start: match.index, end: match.index + match[0].length, kind: 'ticket', replacement: '[TICKET]' };
}

const list = [{ type: 'acme.tickets', on: 'both', action: 'mask', prefix: 'ABC' }];

test('a guardrail of a host masks in and out', async () => {
  const guardrails = run(list, {}, [tickets]);
  expect(await sent(guardrails, 'See ABC-12 and XABC-1.')).toBe('See [TICKET] and XABC-1.');
  expect(await answered(guardrails, 'ABC-99')).toBe('[TICKET]');
  expect(guardrails.findings()).toMatchObject([
    { kind: 'ticket', side: 'input' },
    { kind: 'ticket', side: 'output' },
  ]);
});

test('and in streams, wherever they are cut', async () => {
  const text = 'ABC-1 and ABC-123456, xABC-12 ABC-1234567 some more words in between ABC-22 ABC-333 ABC-';
  const wanted = await answered(run(list, {}, [tickets]), text);
  expect(wanted).toBe('[TICKET] and [TICKET], xABC-12 ABC-1234567 some more words in between [TICKET] [TICKET] ABC-');
  for (const texts of cuts(text)) expect(await streamed(run(list, {}, [tickets]), texts)).toBe(wanted);
});

test('without a window a text is held back until it ends, and looked at once', async () => {
  const seen: string[] = [];
  const whole = defineGuardrail({
    type: 'acme.whole',
    config: z.strictObject({}),
    actions: ['flag'],
    output(text) {
      seen.push(text);
      return [];
    },
  });
  expect(await streamed(run([{ type: 'acme.whole' }], {}, [whole]), ['a', 'b', 'c'])).toBe('abc');
  expect(seen).toEqual(['abc']);
});

describe('one that fails', () => {
  const failing = (output: () => Promise<never[]>) =>
    defineGuardrail({ type: 'acme.fails', config: z.strictObject({}), actions: ['flag'], output });

  test('lets nothing pass, and tells no more', async () => {
    const guardrail = failing(async () => {
      throw new Error('secret');
    });
    const refused = await answered(run([{ type: 'acme.fails' }], {}, [guardrail]), 'x').catch((error) => error);
    expect(refused).toMatchObject({ code: 'guardrail_failed', status: 503 });
    expect(refused.message).not.toContain('secret');
  });

  test('nor does one that never answers', async () => {
    const guardrail = failing(() => new Promise(() => undefined));
    const limits = { characters: 100, timeMs: 5 };
    const refused = answered(run([{ type: 'acme.fails' }], { limits }, [guardrail]), 'x');
    await expect(refused).rejects.toMatchObject({ code: 'guardrail_over_budget', status: 413 });
  });
});

test.each([
  [{ type: 'tickets', config: z.strictObject({}), input: () => [] }, 'with a dot'],
  [{ type: 'acme.x', config: z.strictObject({}) }, 'looks at'],
  [{ type: 'acme.x', config: z.strictObject({}), output: () => [], stream: { window: 0 } }, 'window'],
])('%j cannot be declared', (declaration, message) => expect(() => defineGuardrail(declaration)).toThrow(message));

test('two of one name are refused', () => expect(() => run([], {}, [tickets, tickets])).toThrow('Two guardrails'));
