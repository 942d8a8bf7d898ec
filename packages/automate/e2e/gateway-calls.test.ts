import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { eventsOf, type GatewayHouse, hello, openGatewayHouse } from './support/gateway-house.ts';
import { USAGE, WORDS } from './support/model-answers.ts';

describe.each(databaseKinds)('calls of models on %s', (kind) => {
  let house: GatewayHouse;
  beforeAll(async () => {
    house = await openGatewayHouse(kind);
  });
  afterAll(() => house?.close());

  it('passes a chat through, with defaults of the endpoint below what the request says, and logs what it used', async () => {
    await house.endpoint('plain', 'good', { params: { temperature: 0.2, top_p: 0.5 } });
    const { status, body, headers } = await house.chat('plain', { temperature: 1 });
    expect([status, body.choices[0]?.message.content]).toEqual([200, WORDS.join(' ')]);
    expect(headers.get('x-automate-provider')).toBe('of-plain');
    expect(house.vendor.requests.at(-1)).toMatchObject({
      path: '/chat/completions',
      headers: { authorization: 'Bearer sk-the-key-of-the-vendor' },
      body: { model: 'good', temperature: 1, top_p: 0.5, messages: hello },
    });
    const [call] = await house.calls('plain');
    expect(call).toMatchObject({
      status: 'succeeded',
      provider: 'of-plain',
      is_streamed: false,
      input_tokens: 40,
      cache_read_tokens: 60,
      output_tokens: 25,
      reasoning_tokens: 15,
      attempts: [{ provider: 'of-plain', outcome: 'ok' }],
    });
    const bodies = await house.server.call<{ request: { messages: object[] }; response: object }>(
      'GET',
      `/api/v1/gateway/calls/${call?.id}/bodies/`,
    );
    expect(bodies.body).toMatchObject({ request: { messages: hello }, response: { usage: USAGE } });
    expect(JSON.stringify(bodies.body)).not.toContain('sk-the-key');
  });

  it('passes a stream through, and shows usage to those alone who asked for it', async () => {
    await house.endpoint('streamed', 'good');
    const quiet = await house.stream('streamed');
    expect(quiet.status).toBe(200);
    const events = eventsOf(quiet.text) as { choices: { delta: { content?: string } }[]; usage?: object }[];
    expect(events.at(-1)).toBe('[DONE]');
    expect(events.map((event) => event.choices?.[0]?.delta.content ?? '').join('')).toBe(WORDS.join(' '));
    expect(events.some((event) => event.usage)).toBe(false);
    const told = await house.stream('streamed', { stream_options: { include_usage: true } });
    expect((eventsOf(told.text) as { usage?: object }[]).filter((event) => event.usage)).toMatchObject([{ usage: USAGE }]);
    const calls = await house.calls('streamed', 2);
    for (const call of calls) {
      expect(call).toMatchObject({
        status: 'succeeded',
        is_streamed: true,
        input_tokens: 40,
        cache_read_tokens: 60,
        output_tokens: 25,
        reasoning_tokens: 15,
      });
      expect(call.first_byte_ms).not.toBeNull();
    }
  });

  it('falls back to the next, and past one whose circuit is open', async () => {
    await house.provider('broken');
    await house.provider('sound');
    const targets = [
      { provider: 'broken', model: 'fault-server-error-1', priority: 0 },
      { provider: 'sound', model: 'good', priority: 1 },
    ];
    await house.endpoint('fallback', '', { targets, attempts: { retries: 0 } });
    for (let count = 0; count < 8; count += 1) expect((await house.chat('fallback')).status).toBe(200);
    const calls = await house.calls('fallback', 8);
    expect(calls.at(-1)?.attempts).toMatchObject([
      { provider: 'broken', outcome: 'server' },
      { provider: 'sound', outcome: 'ok' },
    ]);
    expect(calls[0]?.attempts[0]).toMatchObject({ provider: 'broken', outcome: 'outbound_circuit_open' });
    expect(house.vendor.count('fault-server-error-1')).toBe(5);
  });

  it('waits as long as a provider asks, and asks the next where that is too long', async () => {
    await house.endpoint('patient', 'fault-retry-after-1');
    const began = Date.now();
    expect((await house.chat('patient')).status).toBe(200);
    expect(Date.now() - began).toBeGreaterThan(900);
    await house.endpoint('impatient', 'fault-rate-limited-1');
    const { status, body, headers } = await house.chat('impatient');
    expect([status, body.error?.type, headers.get('retry-after')]).toEqual([429, 'rate_limit_error', '600']);
    expect(house.vendor.count('fault-rate-limited-1')).toBe(1);
  });

  it.each([
    ['fault-context-length-1', 400, 'maximum context length'],
    ['fault-bad-request-1', 400, 'Unsupported parameter'],
    ['fault-auth-1', 502, 'API key'],
    ['fault-malformed-body-1', 502, 'not JSON'],
    ['fault-html-1', 502, 'not JSON'],
    ['fault-reset-1', 502, ''],
    ['fault-cut-body-1', 502, ''],
    ['fault-redirect-1', 502, ''],
    ['fault-quota-1', 429, 'quota'],
  ])('tells of %s with %i', async (model, status, words) => {
    await house.endpoint(model, model);
    const reply = await house.chat(model);
    expect([reply.status, reply.body.error?.message]).toEqual([status, expect.stringContaining(words)]);
    expect(JSON.stringify(reply.body)).not.toMatch(/sk-the-key|wr\*+ong/);
    expect((await house.calls(model))[0]).toMatchObject({ status: 'failed', input_tokens: 0, output_tokens: 0 });
  });

  it.each(['cut', 'no-done', 'reset-midway', 'malformed-chunk', 'error-event'])(
    'ends a stream that breaks (%s) with an error',
    async (fault) => {
      const model = `fault-${fault}-2`;
      await house.endpoint(`stream-${fault}`, model);
      const { status, text } = await house.stream(`stream-${fault}`);
      expect(status).toBe(200);
      const events = eventsOf(text) as { error?: { message: string } }[];
      expect(events.some((event) => event.error)).toBe(true);
      expect(events).not.toContain('[DONE]');
      expect((await house.calls(`stream-${fault}`))[0]).toMatchObject({ status: 'failed' });
    },
  );

  it.each(['empty', 'first-error-event', 'reset', 'html'])(
    'asks the next where a stream breaks before it began (%s)',
    async (fault) => {
      await house.provider(`bad-${fault}`);
      await house.provider(`good-${fault}`);
      const targets = [
        { provider: `bad-${fault}`, model: `fault-${fault}-3` },
        { provider: `good-${fault}`, model: 'good', priority: 1 },
      ];
      await house.endpoint(`before-${fault}`, '', { targets, attempts: { retries: 0 } });
      const { text } = await house.stream(`before-${fault}`);
      expect(eventsOf(text).at(-1)).toBe('[DONE]');
      expect((await house.calls(`before-${fault}`))[0]).toMatchObject({ status: 'succeeded', provider: `good-${fault}` });
    },
  );

  it('leaves a provider that says nothing, before its answer and within it', async () => {
    await house.endpoint('stalled', 'fault-stall-4', { attempts: { retries: 0, first_byte_seconds: 0.3 } });
    expect((await house.chat('stalled')).status).toBe(504);
    await house.endpoint('stalled-midway', 'fault-stall-midway-4', { attempts: { retries: 0, idle_seconds: 0.3 } });
    const { text } = await house.stream('stalled-midway');
    expect((eventsOf(text) as { error?: object }[]).some((event) => event.error)).toBe(true);
    await house.vendor.abortedAt('fault-stall-midway-4');
  });

  it('ends a call at the provider when its client goes away', async () => {
    await house.endpoint('leaving', 'slow-leaving');
    const controller = new AbortController();
    const reply = await fetch(new URL('/v1/chat/completions', house.server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${house.server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'leaving', messages: hello, stream: true }),
      signal: controller.signal,
    });
    await reply.body?.getReader().read();
    controller.abort();
    await house.vendor.abortedAt('slow-leaving');
    expect((await house.calls('leaving'))[0]).toMatchObject({ status: 'cancelled', error_code: 'call_aborted' });
  });

  it('says what would be right of a model that is not there, a task that is not allowed, and an endpoint that is off', async () => {
    await house.endpoint('only-vectors', 'vectors', { tasks: ['llm.embed'] });
    expect((await house.chat('nothing-such')).body.error).toMatchObject({
      code: 'model_not_found',
      message: expect.stringContaining('Endpoints:'),
    });
    const wrong = await house.chat('only-vectors');
    expect([wrong.status, wrong.body.error?.message]).toEqual([400, expect.stringContaining('is for llm.embed')]);
    await house.endpoint('off', 'good', { is_enabled: false });
    expect((await house.chat('off')).status).toBe(409);
    expect((await house.chat('of-off/good')).status).toBe(200);
    expect((await house.chat('of-off/')).status).toBe(404);
  });

  it.each([
    [{ messages: [] }, 'messages'],
    [{ messages: 'hello' }, 'messages'],
    [{ temperature: 9 }, 'temperature'],
    [{ max_tokens: 0 }, 'max_tokens'],
  ])('refuses %j by the name of the field', async (body, param) => {
    const reply = await house.chat('plain', body);
    expect([reply.status, reply.body.error?.type, reply.body.error?.param]).toEqual([400, 'invalid_request_error', param]);
  });

  it('lists calls, filters and exports them, and finds them by trace', async () => {
    await house.chat('plain', {}, { 'x-trace-id': 'a'.repeat(32) });
    const found = await eventually(
      async () =>
        (await house.server.call<{ results: { id: string }[] }>('GET', `/api/v1/gateway/calls/?trace_id=${'a'.repeat(32)}`)).body
          .results,
      (results) => results.length === 1,
    );
    expect(found).toHaveLength(1);
    const exported = await house.server.call<string>('GET', '/api/v1/gateway/calls/export/?format=csv&status=failed');
    expect(exported.status).toBe(200);
    expect(String(exported.body)).toContain('provider_rate_limited');
  });
});
