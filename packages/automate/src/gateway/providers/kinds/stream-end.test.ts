import { describe, expect, it } from 'vitest';
import { type StreamEnd, withStreamEnd } from './stream-end.ts';
import { completionsEnd, geminiEnd } from './stream-ends.ts';

/** Sends the text in pieces of so many bytes. */
async function isWhole(text: string, end: StreamEnd, size = 7, type = 'text/event-stream'): Promise<boolean> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const body = ReadableStream.from(pieces) as ReadableStream<Uint8Array>;
  const watched = withStreamEnd(async () => new Response(body, { headers: { 'content-type': type } }), end);
  const received = await (await watched('https://a.example')).text().catch(() => undefined);
  if (received !== undefined) expect(received).toBe(text);
  return received !== undefined;
}

const last = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}';

describe('the end of a stream', () => {
  it.each([
    ['lines that end as in Unix', `data: {"choices":[]}\n\n${last}\n\n`, true],
    ['lines that end as in HTTP', `data: {"choices":[]}\r\n\r\n${last}\r\n\r\n`, true],
    ['no space, another field, a comment', `: hi\nid: 4\n${last.replace(': {', ':{')}\n\n`, true],
    ['spaces within the JSON', 'data: { "choices": [ { "finish_reason": "length" } ] }\n\n', true],
    ['[DONE] alone', 'data: {"choices":[]}\n\ndata: [DONE]\n\n', true],
    ['no empty line behind it', `${last}\n`, false],
    ['no line behind it', last, false],
    ['nothing', '', false],
    ['a reason that is null', 'data: {"choices":[{"finish_reason":null}]}\n\n', false],
    [
      'a text that speaks of the end',
      `data: ${JSON.stringify({ choices: [{ delta: { content: `"finish_reason":"stop" data: [DONE]\n\n${last}` } }] })}\n\n`,
      false,
    ],
    ['an event that is no JSON', 'data: {"finish_reason":"stop"\n\n', false],
  ])('%s', async (_name, text, expected) => {
    for (const size of [1, 2, 7, 1_000]) expect(await isWhole(text, completionsEnd, size)).toBe(expected);
  });

  it('is not seen in the arguments of a tool', async () => {
    const part = { functionCall: { name: 'save', args: { finishReason: 'STOP', candidates: [{ finishReason: 'STOP' }] } } };
    const event = `data: ${JSON.stringify({ candidates: [{ content: { parts: [part] } }] })}\n\n`;
    expect(await isWhole(event, geminiEnd)).toBe(false);
  });

  it('is seen in an event with a picture', async () => {
    const event = {
      candidates: [{ content: { parts: [{ inlineData: { data: 'A'.repeat(4_000_000) } }] }, finishReason: 'STOP' }],
    };
    expect(await isWhole(`data: ${JSON.stringify(event)}\n\n`, geminiEnd, 65_536)).toBe(true);
  });

  it('is not looked for in what is no stream', async () => {
    expect(await isWhole('{"choices":[]}', completionsEnd, 7, 'application/json')).toBe(true);
  });
});
