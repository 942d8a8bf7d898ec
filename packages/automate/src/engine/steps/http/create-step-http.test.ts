import { describe, expect, it } from 'vitest';
import type { OutboundResponse } from '../../../outbound/index.ts';
import { createStepHttp } from './create-step-http.ts';
import type { StepRequest } from './step-http.ts';

function client(reply: Partial<Omit<OutboundResponse, 'body'>> & { body?: string } = {}) {
  const sent: StepRequest[] = [];
  const http = createStepHttp({
    effects: {
      checkUrl: () => undefined,
      async send(request) {
        sent.push(request);
        const { status = 200, headers = { 'content-type': 'application/json' }, body = '{"a": 1}', url = request.url } = reply;
        return { status, headers, url, body: Buffer.from(body) };
      },
    },
    path: 'call',
    tenantId: 'tenant',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    executionId: 'execution',
    idempotencyKey: 'execution:call:0',
    signal: new AbortController().signal,
    requireHost: undefined,
  });
  return { http, sent };
}

describe('the client of a step', () => {
  it('sends for its step, and says so', async () => {
    const { http, sent } = client();
    const headers = { Authorization: 'x', 'X-Causation-Id': 'forged' };
    const reply = await http.post('https://example.com/a?b=1', {
      json: { c: 1 },
      query: { d: [1], e: undefined, b: 2 },
      headers,
    });
    expect([reply.status, reply.body]).toEqual([200, { a: 1 }]);
    expect(sent).toMatchObject([
      {
        method: 'POST',
        url: 'https://example.com/a?b=2&d=1',
        body: '{"c":1}',
        tenantId: 'tenant',
        timeoutMs: 30_000,
        maxBytes: 1_048_576,
        headers: {
          authorization: 'x',
          'content-type': 'application/json',
          'idempotency-key': 'execution:call:0',
          'x-causation-id': 'execution',
          'x-trace-id': '0af7651916cd43dd8448eb211c80319c',
        },
      },
    ]);
  });

  it('sends one key for each change, the same in every try', async () => {
    const keys = async () => {
      const { http, sent } = client();
      await http.get('https://example.com/');
      await http.post('https://example.com/');
      await http.head('https://example.com/');
      await http.delete('https://example.com/');
      await http.put('https://example.com/', { idempotencyKey: 'own' });
      await http.patch('https://example.com/');
      return sent.map(({ method, headers }) => `${method} ${headers['idempotency-key']}`);
    };
    expect(await keys()).toEqual([
      'GET undefined',
      'POST execution:call:0',
      'HEAD undefined',
      'DELETE execution:call:0:2',
      'PUT own',
      'PATCH execution:call:0:3',
    ]);
    expect(await keys()).toEqual(await keys());
  });

  it.each([
    [404, undefined, false],
    [404, 'errors', false],
    [404, 'temporary', undefined],
    [404, 'none', undefined],
    [408, 'temporary', true],
    [429, undefined, true],
    [503, 'errors', true],
    [503, 'none', undefined],
    [302, undefined, undefined],
  ] as const)('takes %i with failOn %s as it should', async (status, failOn, isRetryable) => {
    const { http } = client({ status, headers: { 'retry-after': '3' } });
    const call = http.get('https://example.com/', { failOn });
    if (isRetryable === undefined) expect((await call).status).toBe(status);
    else await expect(call).rejects.toMatchObject({ code: 'http_status', isRetryable, retryAfterMs: 3_000 });
  });

  it('reads a body when it is asked for', async () => {
    const large = client({ body: '{"n": 12345678901234567890}' }).http;
    const reply = await large.get('https://example.com/');
    expect(() => reply.body).toThrow(expect.objectContaining({ code: 'number_out_of_range' }));
    expect(Buffer.from(reply.bytes).toString()).toContain('12345678901234567890');
    expect((await large.get('https://example.com/', { largeNumbers: 'text' })).body).toEqual({ n: '12345678901234567890' });
    const text = client({ body: 'plain', headers: { 'content-type': 'text/plain' } }).http;
    expect((await text.get('https://example.com/')).body).toBe('plain');
  });

  it('takes no URL that is none', async () => {
    await expect(client().http.get('/relative')).rejects.toMatchObject({ code: 'invalid_url', isRetryable: false });
    await expect(client().http.get(7 as never)).rejects.toMatchObject({ code: 'invalid_url', isRetryable: false });
  });
});
