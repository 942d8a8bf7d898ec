import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anthropicMessagesSniffer } from './anthropic-messages.ts';
import { chatOutcome, messageOutcome, responseOutcome } from './bodies.ts';
import { mayHave } from './json-keys.ts';
import { createLineSplitter } from './lines.ts';
import { openaiChatSniffer } from './openai-chat.ts';
import { openaiResponsesSniffer } from './openai-responses.ts';
import type { Sniffer } from './sniffer.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const bytes = (text: string) => Buffer.from(text);

function sniff(sniffer: Sniffer, ...chunks: Uint8Array[]) {
  const passed = chunks.map((chunk) => sniffer.push(chunk));
  const { rest, ...outcome } = sniffer.end();
  return { outcome, passed: Buffer.concat([...passed, rest]).toString() };
}

const protocols = [
  { name: 'openai-chat', make: openaiChatSniffer, whole: chatOutcome, last: 'data: [DONE]', text: 'Grüße, 世界! "usage": 7' },
  {
    name: 'anthropic-messages',
    make: anthropicMessagesSniffer,
    whole: messageOutcome,
    last: 'event: message_stop',
    text: 'Grüße, 世界! message_stop',
  },
  {
    name: 'openai-responses',
    make: openaiResponsesSniffer,
    whole: responseOutcome,
    last: 'event: response.completed',
    text: 'Grüße, 世界!',
  },
];

describe.each(protocols)('the stream of $name', ({ name, make, whole, last, text }) => {
  const stream = fixture(`${name}.stream.txt`);
  const expected = whole(JSON.parse(fixture(`${name}.json`).toString()));

  it('tells the same as the whole answer', () => {
    const { outcome, passed } = sniff(make(), stream);
    expect(outcome).toEqual(expected);
    expect(outcome).toMatchObject({ isComplete: true });
    expect(outcome.usage?.input).toBeGreaterThan(0);
    expect(passed).toBe(stream.toString());
  });

  it('tells the same wherever it is cut', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      const { outcome, passed } = sniff(make({ textLimit: 100 }), stream.subarray(0, at), stream.subarray(at));
      if (passed !== stream.toString() || outcome.text !== text) expect.fail(`cut at ${at}: ${outcome.text}`);
      expect(outcome).toEqual({ ...expected, text });
    }
  });

  it('tells the same byte by byte, and with CRLF', () => {
    const crlf = bytes(stream.toString().replaceAll('\n', '\r\n'));
    const { outcome, passed } = sniff(
      make({ textLimit: 100 }),
      ...Array.from(crlf, (_, index) => crlf.subarray(index, index + 1)),
    );
    expect(outcome).toEqual({ ...expected, text });
    expect(passed).toBe(crlf.toString());
  });

  it('is not complete without its last event', () => {
    const cut = stream.subarray(0, stream.indexOf(last));
    expect(sniff(make(), cut).outcome).toMatchObject({ isComplete: false });
    expect(sniff(make(), bytes('')).outcome).toEqual({ usage: undefined, finishReason: undefined, isComplete: false });
  });

  it('is complete though nothing ends its last line', () => {
    const trimmed = bytes(stream.toString().trimEnd());
    const { outcome, passed } = sniff(make(), trimmed);
    expect(outcome).toEqual(expected);
    expect(passed).toBe(trimmed.toString());
  });

  it('passes on whole lines alone when it breaks off', () => {
    for (const at of [20, 100, 250, stream.length - 30]) {
      const { outcome, passed } = sniff(make(), stream.subarray(0, at));
      expect(outcome).toMatchObject({ isComplete: false });
      expect(outcome.error).toBeUndefined();
      expect(stream.toString().startsWith(passed)).toBe(true);
    }
  });

  it('keeps no more text than asked for', () => {
    expect(sniff(make({ textLimit: 3 }), stream).outcome.text).toBe('Grü');
    expect(sniff(make(), stream).outcome).not.toHaveProperty('text');
  });

  it.each(['data: {not json}', 'data: {"id":"x","choi', 'data: hello'])('is malformed with %s', (line) => {
    const lines = stream.toString().split('\n\n');
    const broken = [...lines.slice(0, 3), line, ...lines.slice(3)].join('\n\n');
    const { outcome } = sniff(make(), bytes(broken));
    expect(outcome).toMatchObject({ isComplete: false, error: { code: 'malformed' } });
  });

  it('passes comments and fields that it does not know', () => {
    const text = `: keep-alive\n\nretry: 100\nid: 7\n${stream.toString()}`;
    expect(sniff(make(), bytes(text)).outcome).toEqual(expected);
  });

  it('tells of an error that stands bare in it', () => {
    const { outcome } = sniff(make(), bytes('{"error":{"message":"No such model","code":"model_not_found"}}\n'));
    expect(outcome).toMatchObject({ isComplete: false, error: { code: 'model_not_found', message: 'No such model' } });
  });
});

describe('errors in streams', () => {
  it('of a chat', () => {
    const stream = fixture('openai-chat.stream.txt').toString().split('\n\n').slice(0, 2);
    stream.push('data: {"error":{"message":"Overloaded","type":"server_error","code":null}}', 'data: [DONE]', '');
    expect(sniff(openaiChatSniffer(), bytes(stream.join('\n\n'))).outcome).toMatchObject({
      isComplete: false,
      error: { code: 'server_error', message: 'Overloaded' },
    });
  });

  it('of a message', () => {
    const event = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    expect(sniff(anthropicMessagesSniffer(), bytes(event)).outcome.error).toEqual({
      code: 'overloaded_error',
      message: 'Overloaded',
    });
  });

  it.each([
    ['event: error\ndata: {"type":"error","code":"server_error","message":"Oops","param":null,"sequence_number":1}\n\n', 'Oops'],
    [
      'data: {"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"Gone"},"usage":null}}\n\n',
      'Gone',
    ],
  ])('of a response: %s', (event, message) => {
    expect(sniff(openaiResponsesSniffer(), bytes(event)).outcome).toMatchObject({
      isComplete: false,
      error: { code: 'server_error', message },
    });
  });

  it('of a response that stops early are none', () => {
    const response = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, usage: { input_tokens: 5 } };
    const event = `data: ${JSON.stringify({ type: 'response.incomplete', response })}\n\n`;
    expect(sniff(openaiResponsesSniffer(), bytes(event)).outcome).toMatchObject({ isComplete: true, finishReason: 'length' });
  });
});

describe('a usage chunk that the client did not ask for', () => {
  const stream = fixture('openai-chat.stream.txt');
  const visible = stream
    .toString()
    .split('\n\n')
    .filter((event) => !event.includes('"choices":[]'))
    .join('\n\n');

  it('is not seen, wherever the stream is cut', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      const { outcome, passed } = sniff(openaiChatSniffer({ isUsageHidden: true }), stream.subarray(0, at), stream.subarray(at));
      if (passed !== visible) expect(`${at}: ${passed}`).toBe(visible);
      expect(outcome.usage).toEqual({ input: 93, cacheRead: 1024, cacheWrite: 0, output: 26, reasoning: 20 });
    }
  });

  it('is not seen with CRLF', () => {
    const crlf = stream.toString().replaceAll('\n', '\r\n');
    expect(sniff(openaiChatSniffer({ isUsageHidden: true }), bytes(crlf)).passed).toBe(visible.replaceAll('\n', '\r\n'));
  });

  it('is seen where it says more than the usage', () => {
    const chunk = 'data: {"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}\n\n';
    expect(sniff(openaiChatSniffer({ isUsageHidden: true }), bytes(chunk)).passed).toBe(chunk);
  });
});

describe('a quick look for a member', () => {
  it.each([
    ['{"usage":{"a":1}}', true],
    ['{"usage" : {"a":1}}', true],
    ['{"usage":null}', false],
    ['{"usage": null,"b":1}', false],
    ['{"text":"usage"}', false],
    [JSON.stringify({ text: '"usage":{"prompt_tokens":9}' }), false],
    ['{"a":{"usage":null},"usage":{}}', true],
    ['{}', false],
  ])('into %s', (json, expected) => {
    expect(mayHave(json, '"usage"')).toBe(expected);
  });
});

describe('lines', () => {
  it('that are too long go through unread', () => {
    const splitter = createLineSplitter(10);
    expect(splitter.push(bytes('12345'))).toBeUndefined();
    expect(splitter.push(bytes('67890123'))).toMatchObject({ text: '' });
    expect(splitter.hasOverflowed).toBe(true);
  });

  it('that come whole are not copied', () => {
    const chunk = bytes('data: x\n\n');
    expect(createLineSplitter().push(chunk)?.bytes).toBe(chunk);
  });
});
