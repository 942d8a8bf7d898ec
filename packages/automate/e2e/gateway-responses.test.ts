import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { eventsOf, type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';
import { WORDS } from './support/model-answers.ts';
import { createTenant } from './support/tenants.ts';

interface ResponseBody {
  readonly id: string;
  readonly status: string;
  readonly output: readonly { readonly type: string; readonly content?: readonly { readonly text: string }[] }[];
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
  readonly error?: { readonly message: string; readonly param: string | null };
}

describe.each(databaseKinds)('the Responses API on %s', (kind) => {
  let house: GatewayHouse;
  beforeAll(async () => {
    house = await openGatewayHouse(kind);
    await house.endpoint('chat', 'good');
  });
  afterAll(() => house?.close());

  const create = (body: object) => house.server.call<ResponseBody>('POST', '/v1/responses', { model: 'chat', ...body });
  const textOf = ({ output }: ResponseBody) => output.flatMap(({ content = [] }) => content.map(({ text }) => text)).join('');

  it('answers, is kept, and is gone on from', async () => {
    const first = await create({ input: 'My name is Ada.', instructions: 'Be short.' });
    expect([first.status, first.body.status, textOf(first.body)]).toEqual([200, 'completed', WORDS.join(' ')]);
    expect(first.body.usage).toMatchObject({ input_tokens: 100, output_tokens: 40 });
    await create({ input: 'What is my name?', previous_response_id: first.body.id });
    // Instructions are of one request alone, and the rest of the conversation goes along.
    expect(house.vendor.requests.at(-1)?.body.messages?.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    const kept = await house.server.call<ResponseBody>('GET', `/v1/responses/${first.body.id}`);
    expect(kept.body).toEqual(first.body);
    expect((await house.server.call('DELETE', `/v1/responses/${first.body.id}`)).status).toBe(200);
    expect((await house.server.call('GET', `/v1/responses/${first.body.id}`)).status).toBe(404);
    const gone = await create({ input: 'And now?', previous_response_id: first.body.id });
    expect([gone.status, gone.body.error?.param]).toEqual([400, 'previous_response_id']);
  });

  it('streams events that are counted, and sends those again that a client has missed', async () => {
    const { server } = house;
    const reply = await fetch(new URL('/v1/responses', server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'chat', input: 'Hello', stream: true }),
    });
    const events = eventsOf(await reply.text()) as { type: string; sequence_number: number; response?: ResponseBody }[];
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(['response.created', 'response.completed']);
    const id = events[0]?.response?.id;
    const rest = await server.call<string>('GET', `/v1/responses/${id}?stream=true&starting_after=4`);
    expect(eventsOf(rest.body)).toEqual(events.slice(5));
  });

  it('keeps nothing where it is told not to, and nothing that is another tenant’s is found', async () => {
    const quiet = await create({ input: 'Hello', store: false });
    expect((await house.server.call('GET', `/v1/responses/${quiet.body.id}`)).status).toBe(404);
    const { body } = await create({ input: 'Hello' });
    const other = await createTenant(house.server, 'other');
    expect((await other.call('GET', `/v1/responses/${body.id}`)).status).toBe(404);
    expect((await other.call('DELETE', `/v1/responses/${body.id}`)).status).toBe(404);
  });

  it('is no job', async () => {
    const { status, body } = await create({ input: 'Hello', background: true });
    expect([status, body.error?.param]).toEqual([400, 'background']);
  });
});
