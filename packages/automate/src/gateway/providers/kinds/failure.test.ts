import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineErrors } from '../../../kernel/index.ts';
import { failureOf, failureOfReply, type ProviderFailure } from './failure.ts';
import { remoteKinds } from './remote-kinds.ts';
import {
  chatOf,
  clientOf,
  type FakeVendor,
  fakeVendor,
  fixture,
  frame,
  partsOf,
  question,
  streamEvents,
  streamReply,
} from './test-support.ts';

const KEY = 'key-of-the-provider-1234567890';

interface ErrorCase {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly expected: Partial<ProviderFailure>;
}

const cases = remoteKinds.flatMap(({ kind }) =>
  Object.entries(JSON.parse(fixture(`${kind}/errors.json`)) as Record<string, ErrorCase>).map(([name, given]) => ({
    kind,
    name,
    ...given,
  })),
);

let vendor: FakeVendor;
beforeAll(async () => {
  vendor = await fakeVendor();
});
afterAll(() => vendor.close());

describe('errors of vendors', () => {
  it.each(cases)('$kind: $name ($status)', async ({ kind, status, headers, body, expected }) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    vendor.answer({ status, headers, body: text });
    const client = await clientOf(kind, vendor.url, KEY);
    const error = await Promise.resolve(chatOf(client).doGenerate(question)).catch((thrown: unknown) => thrown);
    const translated = failureOf(error, { secrets: [KEY] });
    expect(translated).toMatchObject({ status, ...expected });
    expect(failureOfReply({ status, headers, body: text }, { secrets: [KEY] })).toEqual(translated);
    const inStream = await partsOf(client).catch((thrown: unknown) => thrown);
    expect(failureOf(inStream)).toEqual(failureOf(error));
  });

  it.each([
    ['openai', 'data: {"error":{"message":"The server is overloaded","type":"server_error","code":null}}\n\n', 'overloaded'],
    ['openai-compatible', 'data: {"error":{"code":502,"message":"Provider disconnected"}}\n\n', 'server'],
    ['openai-compatible', 'data: {"error":{"code":429,"message":"Slow down"}}\n\n', 'rate_limited'],
    [
      'anthropic',
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      'overloaded',
    ],
    ['google', 'data: {"error":{"code":503,"message":"Try later","status":"UNAVAILABLE"}}\n\n', 'overloaded'],
    [
      'mistral',
      'data: {"object":"error","message":"Rate limit exceeded","type":"rate_limited","param":null,"code":"1300"}\n\n',
      'rate_limited',
    ],
    ['openai', 'data: {"id": broken\n\n', 'malformed'],
  ])('%s: an error within a stream: %s', async (kind, event, reason) => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = streamEvents(kind, 'chat-stream');
    vendor.answer(streamReply(kind, [first, second, Buffer.from(event)]));
    const parts = await partsOf(await clientOf(kind, vendor.url, KEY));
    const last = parts.at(-1);
    expect(last?.type === 'error' && failureOf(last.error)).toMatchObject({ reason });
    expect(parts.some(({ type }) => type === 'finish')).toBe(false);
  });

  it.each([
    ['throttlingException', 'rate_limited'],
    ['serviceUnavailableException', 'overloaded'],
    ['modelStreamErrorException', 'server'],
    ['modelTimeoutException', 'truncated'],
  ])('bedrock: %s within a stream', async (type, reason) => {
    const events = streamEvents('bedrock', 'chat-stream').slice(0, 2);
    vendor.answer(streamReply('bedrock', [...events, frame(type, { message: 'No more for now.' }, 'exception')]));
    const last = (await partsOf(await clientOf('bedrock', vendor.url, KEY))).at(-1);
    expect(last?.type === 'error' && failureOf(last.error)).toMatchObject({ reason });
  });

  it('is of the network where nobody listens', async () => {
    const client = await clientOf('openai', 'http://127.0.0.1:1', KEY);
    const error = await Promise.resolve(chatOf(client).doGenerate(question)).catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toMatchObject({ reason: 'network', status: undefined, isRetryable: true, isFallbackable: true });
  });

  it('knows faults of outgoing calls and of time', () => {
    const errors = defineErrors({
      outbound_timeout: [504, 'Timed out'],
      outbound_refused: [400, 'Refused'],
      not_mine: [400, 'No'],
    });
    expect(failureOf(new Error('x', { cause: errors.outbound_timeout('The host did not reply in time.') }))).toMatchObject({
      reason: 'timeout',
    });
    expect(failureOf(errors.outbound_refused('It is private.'))).toMatchObject({
      reason: 'network',
      isRetryable: false,
      message: 'It is private.',
    });
    expect(failureOf(AbortSignal.timeout(0).reason ?? new DOMException('x', 'TimeoutError'))).toMatchObject({
      reason: 'timeout',
    });
    expect(failureOf(errors.not_mine('Something else.'))).toMatchObject({ reason: 'invalid_request', isFallbackable: false });
  });

  it('is not misled by what a sentence repeats of the question', () => {
    for (const name of ['billing', 'capacity', 'rate_limit', 'quota', 'safety', 'timeout', 'not_found']) {
      const body = JSON.stringify({
        error: {
          message: `Invalid schema for function '${name}': not an object.`,
          type: 'invalid_request_error',
          code: 'invalid_value',
        },
      });
      expect(failureOfReply({ status: 400, headers: {}, body }).reason, name).toBe('invalid_request');
    }
  });

  it('shows no key and no more than five hundred characters', () => {
    const body = JSON.stringify({ error: { message: `Bad key ${KEY} or sk-proj-****abcd ${'x'.repeat(5_000)}` } });
    const { message } = failureOfReply({ status: 401, headers: {}, body }, { secrets: [KEY] });
    expect(message).not.toMatch(/1234567890|abcd/);
    expect(message.length).toBeLessThanOrEqual(500);
    const encoded = failureOfReply(
      { status: 400, headers: {}, body: `no ${Buffer.from(KEY).toString('base64')}` },
      { secrets: [KEY] },
    );
    expect(encoded.message).toBe('no [redacted]');
    const ofLane = failureOfReply({ status: 400, headers: {}, body: `no ${KEY}` }, { secrets: [`Bearer ${KEY}`] });
    expect(ofLane.message).toBe('no [redacted]');
  });

  it.each([null, 'x', 7, {}, [], new Error('odd'), undefined, { error: { error: { error: { error: { error: 'deep' } } } } }])(
    'makes something of anything: %j',
    (error) => {
      expect(failureOf(error)).toMatchObject({ reason: 'server', isRetryable: true });
    },
  );

  it('reads a body of any size at once', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(failureOfReply({ status: 500, headers: {}, body: deep }).reason).toBe('server');
    expect(failureOfReply({ status: 400, headers: {}, body: 'model '.repeat(200_000) }).reason).toBe('invalid_request');
  });
});
