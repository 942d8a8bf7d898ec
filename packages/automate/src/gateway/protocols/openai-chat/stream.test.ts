import { describe, expect, it } from 'vitest';
import { openaiChatSniffer } from '../sniffing/openai-chat.ts';
import { conversationParts, conversationResult, encode, eventsOf, finish, text, textResult } from '../test-support.ts';
import { toCompletion } from './completion.ts';
import { createChatEncoder } from './stream.ts';

const context = { id: 'chatcmpl-1', model: 'fast', created: 1700000000 };
const chunks = (stream: string) => eventsOf(stream).map(({ data }) => data);

describe('a chat completion', () => {
  it('holds all that a model answered', () => {
    expect(toCompletion(conversationResult(), context)).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1700000000,
      model: 'fast',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'I will look.',
            refusal: null,
            reasoning_content: 'Two cities.',
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
              { id: 'call_2', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
            ],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 130,
        completion_tokens: 50,
        total_tokens: 180,
        prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 10 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
    });
  });

  it('has no calls that the provider made itself, and pictures that it made', () => {
    const result = textResult('Done');
    result.content.push(
      { type: 'tool-call', toolCallId: 'x', toolName: 'search', input: '{}', providerExecuted: true },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1, 2, 3]) } },
    );
    const [choice] = toCompletion(result, context).choices;
    expect(choice?.message).not.toHaveProperty('tool_calls');
    expect(choice?.message).toMatchObject({ images: [{ image_url: { url: 'data:image/png;base64,AQID' } }] });
    expect(choice?.finish_reason).toBe('stop');
  });

  it('says that it wants tools called, whatever the model said, and gives them arguments', () => {
    const result = textResult('');
    result.content = [{ type: 'tool-call', toolCallId: 'x', toolName: 'now', input: '' }];
    const [choice] = toCompletion(result, context).choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message).toMatchObject({ content: null, tool_calls: [{ function: { arguments: '{}' } }] });
  });
});

describe('a streamed chat completion', () => {
  it('adds up to the whole one', () => {
    const encoder = createChatEncoder({ ...context, hasUsage: true, textLimit: 6 });
    const stream = encode(encoder, conversationParts());
    const all = chunks(stream);
    const message = { content: '', reasoning: '', calls: [] as { id?: string; name?: string; text: string }[] };
    for (const { delta } of all.flatMap((chunk) => chunk.choices ?? [])) {
      message.content += delta.content ?? '';
      message.reasoning += delta.reasoning_content ?? '';
      for (const { index, id, function: called } of delta.tool_calls ?? []) {
        message.calls[index] ??= { id, name: called.name, text: '' };
        message.calls[index].text += called.arguments;
      }
    }
    expect(message).toEqual({
      content: 'I will look.',
      reasoning: 'Two cities.',
      calls: [
        { id: 'call_1', name: 'weather', text: '{"city":"Köln"}' },
        { id: 'call_2', name: 'weather', text: '{"city":"Oslo"}' },
      ],
    });
    expect(all[0].choices[0].delta).toEqual({ role: 'assistant', content: '' });
    expect(all.at(-3).choices[0]).toMatchObject({ delta: {}, finish_reason: 'tool_calls' });
    expect(all.at(-2)).toMatchObject({ choices: [], usage: toCompletion(conversationResult(), context).usage });
    expect(all.at(-1)).toBe('[DONE]');
    expect(encoder.outcome()).toMatchObject({
      isComplete: true,
      finishReason: 'tool-calls',
      model: 'real-model',
      text: 'I will',
    });
  });

  it('is sniffed as it was encoded', () => {
    const encoder = createChatEncoder({ ...context, hasUsage: true });
    const sniffer = openaiChatSniffer();
    sniffer.push(Buffer.from(encode(encoder, conversationParts())));
    const { rest, ...outcome } = sniffer.end();
    expect(outcome).toEqual({ ...encoder.outcome(), model: 'fast' });
    expect(rest).toHaveLength(0);
  });

  it('has no usage that nobody asked for', () => {
    expect(encode(createChatEncoder(context), [...text('1', 'Hi'), finish()])).not.toContain('usage');
  });

  it('says nothing before the model does', () => {
    const encoder = createChatEncoder(context);
    expect(encoder.push({ type: 'stream-start', warnings: [] })).toEqual([]);
    expect(encoder.push({ type: 'text-start', id: '1' })).toEqual([]);
    expect(encoder.push({ type: 'text-delta', id: '1', delta: 'Hi' })).toHaveLength(2);
  });

  it('that is cut ends with an error', () => {
    const encoder = createChatEncoder(context);
    const all = chunks(encode(encoder, text('1', 'Hi')));
    expect(all.at(-1)).toMatchObject({ error: { type: 'server_error', code: 'upstream_truncated' } });
    expect(encoder.outcome()).toMatchObject({ isComplete: false, usage: undefined });
    expect(encoder.end()).toEqual([]);
  });

  it.each([
    [{ type: 'error' as const, error: new Error('Incorrect key sk-12345') }, 'upstream_error'],
    [finish('error'), 'upstream_error'],
    [finish('interrupted'), 'upstream_truncated'],
  ])('that fails ends with an error, without what the provider said: %o', (part, code) => {
    const encoder = createChatEncoder(context);
    const stream = encode(encoder, [...text('1', 'Hi'), part, ...text('2', 'more')]);
    expect(chunks(stream).at(-1)).toMatchObject({ error: { code } });
    expect(stream).not.toContain('sk-12345');
    expect(stream).not.toContain('more');
    expect(encoder.outcome().isComplete).toBe(false);
  });

  it('has calls that come whole, without arguments, or not as JSON', () => {
    const all = chunks(
      encode(createChatEncoder(context), [
        { type: 'tool-call', toolCallId: 'a', toolName: 'now', input: '' },
        { type: 'tool-input-start', id: 'b', toolName: 'shell', inputEncoding: 'text' },
        { type: 'tool-input-delta', id: 'b', delta: 'ls' },
        { type: 'tool-call', toolCallId: 'b', toolName: 'shell', input: '"ls"' },
        { type: 'tool-input-start', id: 'c', toolName: 'search', providerExecuted: true },
        { type: 'tool-input-delta', id: 'c', delta: '{}' },
        { type: 'tool-call', toolCallId: 'c', toolName: 'search', input: '{}', providerExecuted: true },
        finish('stop'),
      ]),
    );
    const calls = all.flatMap((chunk) => chunk.choices?.[0]?.delta.tool_calls ?? []);
    expect(calls.map((call) => [call.index, call.id, call.function.arguments])).toEqual([
      [0, 'a', ''],
      [0, undefined, '{}'],
      [1, 'b', ''],
      [1, undefined, '"ls"'],
    ]);
    expect(all.at(-2).choices[0].finish_reason).toBe('tool_calls');
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content-filter', 'content_filter'],
    ['other', 'stop'],
  ] as const)('that ended by %s says %s', (reason, expected) => {
    const all = chunks(encode(createChatEncoder(context), [...text('1', 'Hi'), finish(reason)]));
    expect(all.at(-2).choices[0].finish_reason).toBe(expected);
  });
});
