import { describe, expect, it } from 'vitest';
import { anthropicMessagesSniffer } from '../sniffing/anthropic-messages.ts';
import { conversationParts, conversationResult, encode, eventsOf, finish, text, textResult } from '../test-support.ts';
import { toMessage } from './message.ts';
import { createMessagesEncoder } from './stream.ts';

const context = { id: 'msg_1', model: 'fast' };

/** Puts a message together as Anthropic's client does, and refuses blocks that overlap. */
function assemble(stream: string) {
  // biome-ignore lint/suspicious/noExplicitAny: events are looked at field by field.
  const message: any = { content: [] };
  let open = -1;
  for (const { name, data } of eventsOf(stream)) {
    expect(data.type).toBe(name);
    if (name === 'content_block_start') {
      expect([open, data.index]).toEqual([-1, message.content.length]);
      open = data.index;
      message.content.push({ ...data.content_block, json: '' });
    } else if (name === 'content_block_stop') {
      expect(data.index).toBe(open);
      open = -1;
    } else if (name === 'content_block_delta') {
      expect(data.index).toBe(open);
      const block = message.content[open];
      const { delta } = data;
      if (delta.type === 'text_delta') block.text += delta.text;
      else if (delta.type === 'thinking_delta') block.thinking += delta.thinking;
      else if (delta.type === 'signature_delta') block.signature = delta.signature;
      else block.json += delta.partial_json;
    } else if (name === 'message_delta') Object.assign(message, data.delta, { usage: data.usage });
  }
  expect(open).toBe(-1);
  for (const block of message.content) {
    if (block.type === 'tool_use') block.input = JSON.parse(block.json);
    delete block.json;
  }
  return message;
}

describe('a message', () => {
  it('holds all that a model answered', () => {
    expect(toMessage(conversationResult(), context)).toEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'fast',
      content: [
        { type: 'thinking', thinking: 'Two cities.', signature: 'sig' },
        { type: 'text', text: 'I will look.' },
        { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Köln' } },
        { type: 'tool_use', id: 'call_2', name: 'weather', input: { city: 'Oslo' } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 100,
        cache_creation_input_tokens: 10,
        cache_read_input_tokens: 20,
        output_tokens: 50,
        output_tokens_details: { thinking_tokens: 5 },
      },
    });
  });

  it('wraps arguments that are no object', () => {
    const result = textResult('');
    result.content = [
      { type: 'tool-call', toolCallId: 'a', toolName: 'x', input: '{"cut' },
      { type: 'tool-call', toolCallId: 'b', toolName: 'x', input: '' },
      { type: 'tool-call', toolCallId: 'c', toolName: 'x', input: '{"id":12345678901234567890}' },
    ];
    const inputs = toMessage(result, context).content.map((block) => block.type === 'tool_use' && block.input);
    expect(inputs).toEqual([{ INVALID_JSON: '{"cut' }, {}, { id: '12345678901234567890' }]);
  });

  it('says at which sequence it stopped', () => {
    const result = {
      ...textResult('a'),
      finishReason: { unified: 'stop' as const, raw: 'stop_sequence' },
      providerMetadata: { anthropic: { stopSequence: 'END' } },
    };
    expect(toMessage(result, context)).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
  });
});

describe('a streamed message', () => {
  it('adds up to the whole one, a block after the other', () => {
    const { content, stop_reason, stop_sequence, usage } = toMessage(conversationResult(), context);
    const encoder = createMessagesEncoder(context);
    expect(assemble(encode(encoder, conversationParts()))).toEqual({ content, stop_reason, stop_sequence, usage });
  });

  it('begins and ends as clients expect', () => {
    const names = eventsOf(encode(createMessagesEncoder(context), [...text('1', 'Hi'), finish()])).map(({ name }) => name);
    expect(names).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('is sniffed as it was encoded', () => {
    const encoder = createMessagesEncoder(context);
    const sniffer = anthropicMessagesSniffer();
    sniffer.push(Buffer.from(encode(encoder, conversationParts())));
    const { rest, ...outcome } = sniffer.end();
    expect(outcome).toEqual({ ...encoder.outcome(), model: 'fast' });
    expect(rest).toHaveLength(0);
  });

  it('closes a text that the model left open when a call begins, and goes on with it after', () => {
    const message = assemble(
      encode(createMessagesEncoder(context), [
        { type: 'text-delta', id: '1', delta: 'a' },
        { type: 'tool-input-start', id: 'x', toolName: 'now' },
        { type: 'text-delta', id: '1', delta: 'b' },
        { type: 'tool-input-delta', id: 'x', delta: '{}' },
        { type: 'tool-call', toolCallId: 'x', toolName: 'now', input: '{}' },
        { type: 'text-end', id: '1' },
        finish('tool-calls'),
      ]),
    );
    expect(message.content).toEqual([
      { type: 'text', text: 'a' },
      { type: 'tool_use', id: 'x', name: 'now', input: {} },
      { type: 'text', text: 'b' },
    ]);
  });

  it('hands on thinking that is sealed', () => {
    const message = assemble(
      encode(createMessagesEncoder(context), [
        { type: 'reasoning-start', id: 'r', providerMetadata: { anthropic: { redactedData: 'xyz' } } },
        { type: 'reasoning-end', id: 'r' },
        ...text('1', 'Hi'),
        finish(),
      ]),
    );
    expect(message.content[0]).toEqual({ type: 'redacted_thinking', data: 'xyz' });
  });

  it('that is cut ends with an error and no stop', () => {
    const encoder = createMessagesEncoder({ ...context, requestId: 'req_1' });
    const events = eventsOf(encode(encoder, text('1', 'Hi')));
    expect(events.at(-1)?.data).toMatchObject({ type: 'error', error: { type: 'api_error' }, request_id: 'req_1' });
    expect(events.map(({ name }) => name)).not.toContain('message_stop');
    expect(encoder.outcome().isComplete).toBe(false);
  });

  it('passes pings once it has begun', () => {
    const encoder = createMessagesEncoder(context);
    expect(encoder.push({ type: 'ping' })).toEqual([]);
    encoder.push({ type: 'text-delta', id: '1', delta: 'a' });
    expect(encoder.push({ type: 'ping' })).toHaveLength(1);
  });
});
