import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, test } from 'vitest';
import { answer, answered, ask, partsOf, pieces, run, sent, streamed } from './test-support.ts';

const terms = (action: string, on = 'both') => ({ type: 'blocked_terms', on, action, terms: ['bad'] });
const personal = { type: 'personal_data', on: 'both', action: 'mask' };

test('an endpoint without guardrails changes nothing', async () => {
  const guardrails = run([]);
  const [options, result, parts] = [ask('bad'), answer('bad'), pieces(['bad'])];
  expect(await guardrails.input(options)).toBe(options);
  expect(await guardrails.output(result)).toBe(result);
  expect(guardrails.stream(parts)).toBe(parts);
});

test('every text of a call is looked at', async () => {
  const bad = 'bad';
  const options = await run([terms('mask')]).input({
    prompt: [
      { role: 'system', content: bad },
      {
        role: 'user',
        content: [
          { type: 'text', text: bad },
          { type: 'file', filename: bad, mediaType: 'text/plain', data: { type: 'text', text: bad } },
          { type: 'file', mediaType: 'application/json', data: { type: 'data', data: new TextEncoder().encode(bad) } },
          {
            type: 'file',
            mediaType: 'text/csv; charset=utf-16le',
            data: { type: 'data', data: Buffer.from(bad, 'utf16le').toString('base64') },
          },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: bad },
          { type: 'tool-call', toolCallId: 'a', toolName: 'x', input: { bad: [bad, { a: bad }] } },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'a', toolName: 'x', output: { type: 'json', value: [bad] } },
          { type: 'tool-result', toolCallId: 'a', toolName: 'x', output: { type: 'error-text', value: bad } },
          {
            type: 'tool-result',
            toolCallId: 'a',
            toolName: 'x',
            output: { type: 'content', value: [{ type: 'text', text: bad }] },
          },
          { type: 'tool-approval-response', approvalId: 'a', approved: false, reason: bad },
        ],
      },
    ],
    tools: [
      {
        type: 'function',
        name: 'x',
        description: bad,
        inputSchema: { type: 'object', properties: { title: { type: 'string', enum: [bad] } }, description: bad },
      },
    ],
    responseFormat: { type: 'json', description: bad, schema: { title: bad } },
    providerOptions: { openai: { user: bad } },
    stopSequences: [bad],
    includeRawChunks: true,
  });
  const text = JSON.stringify(options);
  expect(text).not.toContain('bad');
  expect(text.match(/\[REMOVED\]/g)).toHaveLength(19);
  const files = (options.prompt[1] as { content: { data: { data: Uint8Array | string } }[] }).content.slice(2);
  expect(files.map(({ data }) => Buffer.from(data.data as string, 'base64').toString())).toEqual(['[REMOVED]', '[REMOVED]']);
  expect(options.includeRawChunks).toBe(false);
});

test('every text of an answer is looked at, and what the provider sent is left out', async () => {
  const result = await run([terms('mask')]).output({
    ...answer([
      { type: 'text', text: 'bad' },
      { type: 'reasoning', text: 'bad' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'x', input: '{"a":"b\\u0061d"}' },
      { type: 'tool-call', toolCallId: 'b', toolName: 'x', input: 'no json, bad' },
      { type: 'tool-result', toolCallId: 'a', toolName: 'x', result: { a: 'bad' } },
      { type: 'source', sourceType: 'url', id: 's', url: 'https://example.com/bad', title: 'bad' },
    ]),
    structuredOutputText: 'bad',
    response: { id: 'r', body: 'bad' },
    request: { body: 'bad' },
    providerMetadata: { openai: { logprobs: ['bad'], kept: 1 } },
  });
  expect(JSON.stringify(result)).not.toMatch(/bad|b\\\\u0061d/);
  expect(result).toMatchObject({ response: { id: 'r' }, providerMetadata: { openai: { kept: 1 } } });
});

test('texts that are no chat', async () => {
  const guardrails = run([personal]);
  expect(await guardrails.inputTexts(['a@b.de', 'c@d.de a@b.de'])).toEqual(['[EMAIL_1]', '[EMAIL_2] [EMAIL_1]']);
  expect(await guardrails.outputTexts(['[EMAIL_2] x@y.de'])).toEqual(['c@d.de [EMAIL_3]']);
  await expect(run([terms('block')]).inputTexts(['ok', 'bad'])).rejects.toMatchObject({ code: 'guardrail_blocked' });
});

test('findings are counted by their place and bounded', async () => {
  const guardrails = run([personal]);
  await guardrails.inputTexts(Array.from({ length: 500 }, () => 'a@b.de c@d.de'));
  const findings = guardrails.findings();
  expect(findings.length).toBeLessThanOrEqual(101);
  expect(findings.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  expect(findings[0]).toEqual({
    guardrail: 0,
    type: 'personal_data',
    action: 'mask',
    side: 'input',
    kind: 'email',
    place: '/0',
    count: 2,
  });
  expect(JSON.stringify(findings)).not.toContain('b.de');
});

describe('budget', () => {
  const limits = { characters: 100, timeMs: 1_000 };
  const tooMuch = { code: 'guardrail_over_budget', status: 413 };

  test('holds for the sum of all texts, before any work is done', async () => {
    const guardrails = run([personal], { limits });
    await expect(guardrails.inputTexts(['x'.repeat(60), 'x'.repeat(60)])).rejects.toMatchObject(tooMuch);
  });

  test('and for what was sent and came back together', async () => {
    const guardrails = run([personal], { limits });
    await sent(guardrails, 'x'.repeat(60));
    await expect(answered(guardrails, 'x'.repeat(60))).rejects.toMatchObject(tooMuch);
  });

  test('and for a stream that does not end, and what is held of it', async () => {
    const endless = async function* (): AsyncGenerator<LanguageModelV4StreamPart> {
      for (;;) yield { type: 'text-delta', id: '1', delta: '4 ' };
    };
    const schema = { type: 'json_schema', action: 'block', schema: {} };
    for (const list of [[personal], [schema]])
      await expect(partsOf(run(list, { limits }).stream(endless()))).rejects.toMatchObject(tooMuch);
  });

  test('and for the time', async () => {
    let time = 0;
    const guardrails = run([personal], { limits, now: () => (time += 600) });
    await expect(guardrails.inputTexts(['a', 'b', 'c'])).rejects.toMatchObject(tooMuch);
  });

  test('a value that is nested deeper than can be looked at is refused', async () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) value = [value];
    const content = [{ type: 'tool-call' as const, toolCallId: 'a', toolName: 'x', input: value }];
    await expect(run([personal]).input({ prompt: [{ role: 'assistant', content }] })).rejects.toMatchObject(tooMuch);
  });

  test('a call that was given up is not looked at any more', async () => {
    const guardrails = run([personal], { signal: AbortSignal.abort() });
    await expect(sent(guardrails, 'x')).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('streams', () => {
  test('arguments of tools come whole, and as often as they did', async () => {
    const input = '{"to":"[EMAIL_1]","n":4111111111111111}';
    const parts = async function* (): AsyncGenerator<LanguageModelV4StreamPart> {
      yield { type: 'tool-input-start', id: 'a', toolName: 'x' };
      for (const delta of input) yield { type: 'tool-input-delta', id: 'a', delta };
      yield { type: 'tool-input-end', id: 'a' };
      yield { type: 'tool-call', toolCallId: 'a', toolName: 'x', input };
    };
    const guardrails = run([personal]);
    await guardrails.input(ask('ada@example.com'));
    const filtered = '{"to":"ada@example.com","n":"[CARD_1]"}';
    expect(await partsOf(guardrails.stream(parts()))).toEqual([
      { type: 'tool-input-start', id: 'a', toolName: 'x' },
      { type: 'tool-input-delta', id: 'a', delta: filtered },
      { type: 'tool-input-end', id: 'a' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'x', input: filtered },
    ]);
    expect(guardrails.findings().filter(({ side }) => side === 'output')).toMatchObject([{ kind: 'payment_card', count: 1 }]);
  });

  test('texts that come at the same time are told apart', async () => {
    const parts = async function* (): AsyncGenerator<LanguageModelV4StreamPart> {
      yield { type: 'text-delta', id: '1', delta: 'a ba' };
      yield { type: 'reasoning-delta', id: '1', delta: 'b' };
      yield { type: 'text-delta', id: '1', delta: 'd b' };
      yield { type: 'reasoning-delta', id: '1', delta: 'ad' };
    };
    const joined = { 'text-delta': '', 'reasoning-delta': '' };
    for (const part of await partsOf(run([terms('mask')]).stream(parts())))
      if (part.type === 'text-delta' || part.type === 'reasoning-delta') joined[part.type] += part.delta;
    expect(joined).toEqual({ 'text-delta': 'a [REMOVED] b', 'reasoning-delta': '[REMOVED]' });
  });

  test('what the provider says word for word is left out', async () => {
    const parts = async function* (): AsyncGenerator<LanguageModelV4StreamPart> {
      yield { type: 'raw', rawValue: 'bad' };
      yield { type: 'ping' };
    };
    expect(await partsOf(run([terms('mask')]).stream(parts()))).toEqual([{ type: 'ping' }]);
  });

  test('ending early, and being blocked, ends the source', async () => {
    for (const action of ['mask', 'block']) {
      let isEnded = false;
      const source = new ReadableStream<LanguageModelV4StreamPart>({
        pull: (controller) => controller.enqueue({ type: 'text-delta', id: '1', delta: 'so bad, ' }),
        cancel() {
          isEnded = true;
        },
      });
      const read = async () => {
        for await (const _part of run([terms(action)]).stream(source)) return;
      };
      await read().catch(() => undefined);
      expect(isEnded).toBe(true);
    }
  });
});

/** Near misses of a megabyte, within the time that the guardrails of a call have. */
describe('a long text', () => {
  test.each([
    'a',
    '@',
    'a@',
    'a.',
    '1',
    '1 ',
    '4111 ',
    'de89 ',
    'de89',
    '+4',
    '01 ',
    '1.',
    ':',
    'a:',
    '[EMAIL_',
    '\u0301',
    '\u200b',
    'ﷺ',
    'é',
    '😀',
    '\ud800',
    'top ',
    '\\n',
    '12345678 ',
  ])('of %j', async (unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    const blocked = {
      type: 'blocked_terms',
      on: 'both',
      action: 'flag',
      terms: ['top secret', 'a b', '*aaaab*', 'top top top x'],
    };
    const guardrails = run([personal, blocked]);
    const since = performance.now();
    await sent(guardrails, text);
    if (process.env.SHOW) console.log(JSON.stringify(unit), Math.round(performance.now() - since));
    expect(guardrails.findings().every(({ count }) => count > 0)).toBe(true);
  });

  test('in many pieces', async () => {
    const text = 'call 4111 1111 1111 1112 or mail a@b or top secre '.repeat(400);
    expect(await streamed(run([personal]), text.match(/.{1,3}/gs) ?? [])).toBe(text);
  });
});
