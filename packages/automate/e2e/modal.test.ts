import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';
import { readEvents } from './support/sse.ts';

interface Result {
  readonly task_type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly artifacts: readonly { readonly id: string; readonly content_type: string; readonly bytes: number }[];
  readonly usage: { readonly output_tokens: number; readonly cost_usd: string | null; readonly call_ids: readonly string[] };
  readonly trace_id: string;
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

describe.each(databaseKinds)('endpoints that are run on %s', (kind) => {
  let house: GatewayHouse;
  let chatId: string;
  beforeAll(async () => {
    house = await openGatewayHouse(kind);
    chatId = await house.endpoint('talk', 'good', { tasks: ['llm.chat', 'llm.embed'] });
    await house.endpoint('slow', 'slow-good');
  });
  afterAll(() => house?.close());

  const run = (endpoint: string, body: object) =>
    house.server.call<Result>('POST', `/api/modal/endpoints/${endpoint}/run/`, body);
  const stream = (endpoint: string, body: object, signal?: AbortSignal) =>
    fetch(new URL(`/api/modal/endpoints/${endpoint}/stream/`, house.server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${house.server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });

  it('answer by id, slug and through the list of endpoints', async () => {
    for (const path of [
      '/api/modal/endpoints/talk/run/',
      `/api/modal/endpoints/${chatId}/run/`,
      `/api/v1/endpoints/${chatId}/run/`,
    ]) {
      const { status, body } = await house.server.call<Result>('POST', path, { input: { prompt: 'Hello' } });
      expect(status, JSON.stringify(body)).toBe(200);
      expect(body).toMatchObject({ task_type: 'llm.chat', artifacts: [], outputs: { finish_reason: 'stop' } });
      expect(body.outputs.text).not.toBe('');
      expect(body.usage.output_tokens).toBeGreaterThan(0);
      expect(body.trace_id).toMatch(/^[0-9a-f]{32}$/);
    }
    const calls = await house.calls('talk', 3);
    expect(calls[0]).toMatchObject({ status: 'succeeded', provider: 'of-talk' });
  });

  it('turn texts into vectors', async () => {
    const { status, body } = await run('talk', {
      task_type: 'llm.embed',
      input: { texts: ['one', 'two'] },
      params: { dimensions: 4 },
    });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.outputs.dimensions).toBe(4);
    expect(body.outputs.embeddings).toHaveLength(2);
  });

  it('say what is wrong, and where', async () => {
    const wrong = async (endpoint: string, body: object) => {
      const { status, body: problem } = await run(endpoint, body);
      return [status, problem.code, problem.errors?.[0]?.pointer];
    };
    expect(await wrong('nowhere', { input: { prompt: 'x' } })).toEqual([404, 'not_found', undefined]);
    expect(await wrong('slow', { task_type: 'llm.embed', input: {} })).toEqual([400, 'task_not_allowed', '/task_type']);
    expect(await wrong('talk', { input: {} })).toEqual([400, 'invalid_input', '/input']);
    expect(await wrong('talk', { input: { prompt: 'x', colour: 'red' } })).toEqual([400, 'invalid_input', '/input/colour']);
    expect(await wrong('talk', { input: { messages: [{ role: 'user', content: 7 }] } })).toEqual([
      400,
      'invalid_input',
      '/input/messages/0/content',
    ]);
    expect(await wrong('talk', { input: { prompt: 'x' }, params: { temperature: 9 } })).toEqual([
      400,
      'invalid_input',
      '/params/temperature',
    ]);
  });

  it('tell of their words while they come', async () => {
    const reply = await stream('slow', { input: { prompt: 'Hello' } });
    expect(reply.status).toBe(200);
    const events = await readEvents(reply);
    const text = events.flatMap(({ event, data }) => (event === 'token' ? [(data as { text: string }).text] : [])).join('');
    expect(events.filter(({ event }) => event === 'token').length).toBeGreaterThan(1);
    const last = events.at(-1);
    expect(last).toMatchObject({ event: 'final', data: { task_type: 'llm.chat', outputs: { text } } });
    const refused = await stream('talk', { input: {} });
    expect(refused.status).toBe(400);
  });

  it('end at the provider when their reader goes', async () => {
    const leaving = new AbortController();
    const reply = await stream('slow', { input: { prompt: 'Hello '.repeat(200) } }, leaving.signal);
    await reply.body?.getReader().read();
    leaving.abort();
    await house.vendor.abortedAt('slow-good');
    const [call] = await house.calls('slow');
    expect(call?.status).toBe('cancelled');
  });

  it('tell of a provider that breaks', async () => {
    await house.endpoint('cut', 'fault-cut', { attempts: { retries: 0 } });
    const events = await readEvents(await stream('cut', { input: { prompt: 'Hello' } }));
    expect(events.at(-1)?.event).toBe('error');
  });
});
