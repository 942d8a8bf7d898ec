import { describe, expect, it } from 'vitest';
import { openaiResponsesSniffer } from '../sniffing/openai-responses.ts';
import { conversationParts, conversationResult, encode, eventsOf, finish, text } from '../test-support.ts';
import { toResponse } from './response.ts';
import { ResponsesRequest } from './schemas.ts';
import { createResponsesEncoder } from './stream.ts';

const request = ResponsesRequest.parse({ model: 'fast', input: 'Hi', instructions: 'Be short', metadata: { a: 'b' } });
const context = { id: 'resp_1', model: 'fast', createdAt: 1700000000, request };

describe('a response', () => {
  it('holds all that a model answered, and what was asked', () => {
    expect(toResponse(conversationResult(), context)).toMatchObject({
      id: 'resp_1',
      object: 'response',
      status: 'completed',
      instructions: 'Be short',
      metadata: { a: 'b' },
      output: [
        {
          type: 'reasoning',
          id: 'rs_1_0',
          summary: [{ type: 'summary_text', text: 'Two cities.' }],
          encrypted_content: 'anthropic-signature:sig',
        },
        { type: 'message', id: 'msg_1_1', content: [{ type: 'output_text', text: 'I will look.', annotations: [] }] },
        { type: 'function_call', id: 'fc_1_2', call_id: 'call_1', name: 'weather', arguments: '{"city":"Köln"}' },
        { type: 'function_call', id: 'fc_1_3', call_id: 'call_2', name: 'weather', arguments: '{"city":"Oslo"}' },
      ],
      usage: { input_tokens: 130, output_tokens: 50, total_tokens: 180, input_tokens_details: { cached_tokens: 20 } },
    });
  });
});

describe('a streamed response', () => {
  it('ends with the whole one', () => {
    const encoder = createResponsesEncoder(context);
    const events = eventsOf(encode(encoder, conversationParts()));
    expect(events.at(-1)?.data).toMatchObject({
      type: 'response.completed',
      response: toResponse(conversationResult(), context),
    });
    expect(encoder.response()).toEqual(toResponse(conversationResult(), context));
  });

  it('numbers its events, and tells of each item from its beginning to its end', () => {
    const events = eventsOf(encode(createResponsesEncoder(context), [...text('1', 'Hel', 'lo'), finish()]));
    expect(events.map(({ data }) => data.sequence_number)).toEqual(events.map((_, index) => index));
    expect(events.map(({ name }) => name)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events[2]?.data.item).toMatchObject({ status: 'in_progress', content: [] });
    expect(events[8]?.data.item).toMatchObject({ status: 'completed', content: [{ text: 'Hello' }] });
  });

  it('tells of calls and thinking by their place', () => {
    const events = eventsOf(encode(createResponsesEncoder(context), conversationParts())).map(({ data }) => data);
    const texts = new Map<number, string>();
    for (const { type, output_index: index, delta } of events) {
      if (String(type).endsWith('.delta')) texts.set(index, (texts.get(index) ?? '') + delta);
    }
    expect([...texts.values()]).toEqual(['Two cities.', 'I will look.', '{"city":"Köln"}', '{"city":"Oslo"}']);
    const done = events.filter(({ type }) => type === 'response.function_call_arguments.done');
    expect(done.map((event) => event.arguments)).toEqual(['{"city":"Köln"}', '{"city":"Oslo"}']);
    expect(events.map(({ type }) => type)).toContain('response.reasoning_summary_text.done');
  });

  it('is sniffed as it was encoded', () => {
    const encoder = createResponsesEncoder(context);
    const sniffer = openaiResponsesSniffer();
    sniffer.push(Buffer.from(encode(encoder, conversationParts())));
    const { rest, ...outcome } = sniffer.end();
    expect(outcome).toEqual({ ...encoder.outcome(), model: 'fast' });
    expect(rest).toHaveLength(0);
  });

  it.each([
    ['length', 'max_output_tokens'],
    ['content-filter', 'content_filter'],
  ] as const)('that ended by %s is incomplete', (reason, expected) => {
    const parts = [{ type: 'text-delta' as const, id: '1', delta: 'Hi' }, finish(reason)];
    const last = eventsOf(encode(createResponsesEncoder(context), parts)).at(-1)?.data;
    expect(last).toMatchObject({
      type: 'response.incomplete',
      response: { incomplete_details: { reason: expected }, output: [{ status: 'incomplete' }] },
    });
  });

  it('that is cut has failed, and keeps what there was', () => {
    const encoder = createResponsesEncoder(context);
    const last = eventsOf(encode(encoder, [{ type: 'text-delta', id: '1', delta: 'Hi' }])).at(-1)?.data;
    expect(last).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'upstream_truncated' }, output: [{ content: [{ text: 'Hi' }] }] },
    });
    expect(encoder.push({ type: 'text-delta', id: '1', delta: 'x' })).toEqual([]);
    expect(encoder.end()).toEqual([]);
  });
});
