import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { describe, expect, test } from 'vitest';
import { answer, answered, ask, cuts, partsOf, pieces, run, streamed, usage } from '../test-support.ts';

const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false };
const fits = { type: 'json_schema', on: 'output', action: 'block', schema };
const repairs = { ...fits, repair: true };

test.each(['{"n": 1}', ' {"n":1e2} '])('%j fits', async (text) => expect(await answered(run([fits]), text)).toBe(text.trim()));

test('a code fence is taken away', async () => {
  expect(await answered(run([fits]), '```json\n{"n": 1}\n```')).toBe('{"n": 1}');
});

test.each([
  '{"n": "1"}',
  'Here: {"n": 1}',
  '',
  '{"n": 1',
  '{"n": 12345678901234567890}',
  `{"n": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
])('%.30j is refused', async (text) => {
  await expect(answered(run([fits]), text)).rejects.toMatchObject({ code: 'guardrail_blocked', status: 400 });
});

test('a call of a tool is no answer yet', async () => {
  const call = { type: 'tool-call', toolCallId: 'a', toolName: 'x', input: '{}' } as const;
  expect((await run([fits]).output(answer([call]))).content).toEqual([call]);
});

test('a flag lets it pass and notes why', async () => {
  const guardrails = run([{ ...fits, action: 'flag' }]);
  expect(await answered(guardrails, '{"n": true}')).toBe('{"n": true}');
  expect(guardrails.findings()).toMatchObject([{ type: 'json_schema', kind: 'invalid_type', count: 1 }]);
});

describe('repair', () => {
  const again = (text: string) => {
    const asked: LanguageModelV4CallOptions[] = [];
    const retry = async (options: LanguageModelV4CallOptions) => {
      asked.push(options);
      return { ...answer(text), usage: usage(20) };
    };
    return { asked, retry };
  };

  test('the model is told what is wrong, once, and both calls are paid', async () => {
    const { asked, retry } = again('{"n": 2}');
    const guardrails = run([repairs], { retry });
    await guardrails.input(ask('count'));
    const result = await guardrails.output(answer('{"n": "x"}'));
    expect(result).toMatchObject({ content: [{ text: '{"n": 2}' }], usage: usage(21) });
    expect(asked[0]?.prompt.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(JSON.stringify(asked[0]?.prompt.at(-1))).toContain('/n must be integer');
    expect(guardrails.findings()).toMatchObject([{ kind: 'repaired' }]);
  });

  test('it blocks when the second answer is no better', async () => {
    const { asked, retry } = again('no');
    const guardrails = run([repairs], { retry });
    await guardrails.input(ask('count'));
    await expect(guardrails.output(answer('no'))).rejects.toMatchObject({ code: 'guardrail_blocked' });
    expect(asked).toHaveLength(1);
  });

  test('the second answer passes the other guardrails, and values of the caller stay hidden from the model', async () => {
    const { asked, retry } = again('{"n": 2, "bad": 1}');
    const terms = { type: 'blocked_terms', on: 'output', action: 'block', terms: ['bad'] };
    const guardrails = run([{ type: 'personal_data', on: 'input', action: 'mask' }, repairs, terms], { retry });
    await guardrails.input(ask('ada@example.com'));
    await expect(guardrails.output(answer('{"[EMAIL_1]": 1}'))).rejects.toMatchObject({ code: 'guardrail_blocked' });
    expect(JSON.stringify(asked)).not.toContain('ada@example.com');
  });

  test('a stream is held back, repaired and then shown', async () => {
    for (const texts of cuts('{"n": "x"}')) {
      const guardrails = run([repairs], { retry: again('{"n": 2}').retry });
      await guardrails.input(ask('count'));
      const parts = await partsOf(guardrails.stream(pieces(texts)));
      expect(parts.map(({ type }) => type)).toEqual(['stream-start', 'text-start', 'text-delta', 'text-end', 'finish']);
      expect(parts[2]).toMatchObject({ delta: '{"n": 2}' });
      expect(parts.at(-1)).toMatchObject({ usage: usage(21) });
    }
  });
});

describe('streams', () => {
  test('nothing is shown of what does not fit', async () => {
    const shown: string[] = [];
    const read = async () => {
      for await (const part of run([fits]).stream(pieces(['{"n":', ' "x"}']))) shown.push(part.type);
    };
    await expect(read()).rejects.toMatchObject({ code: 'guardrail_blocked' });
    expect(shown).toEqual(['stream-start']);
  });

  test('nor of an answer that is cut off', async () => {
    const cut = async function* () {
      for await (const part of pieces(['{"n": 1}'])) if (part.type !== 'finish') yield part;
    };
    expect((await partsOf(run([fits]).stream(cut()))).map(({ type }) => type)).toEqual(['stream-start']);
  });

  test('a flag holds nothing back', async () => {
    const guardrails = run([{ ...fits, action: 'flag' }]);
    expect(await streamed(guardrails, ['{"n":', ' "x"}'])).toBe('{"n": "x"}');
    expect(guardrails.findings()).toHaveLength(1);
  });
});
