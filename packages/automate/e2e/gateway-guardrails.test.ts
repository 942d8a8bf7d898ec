import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { eventsOf, type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';

const MAIL = 'ada@example.com';

describe.each(databaseKinds)('guardrails of endpoints on %s', (kind) => {
  let house: GatewayHouse;
  beforeAll(async () => {
    house = await openGatewayHouse(kind);
    await house.provider('demo', { kind: 'demo', config: {}, api_key: undefined });
    const targets = [{ provider: 'demo', model: 'demo' }];
    const guardrails = [{ type: 'personal_data', on: 'both', action: 'mask', restore: true }];
    await house.endpoint('masked', '', { targets, guardrails });
    await house.endpoint('blocked', '', {
      targets,
      guardrails: [{ type: 'blocked_terms', on: 'input', action: 'block', terms: ['codename'] }],
    });
    await house.endpoint('masked-vendor', 'good', { guardrails });
  });
  afterAll(() => house?.close());

  it('hide personal data from the provider, and give it back to who sent it', async () => {
    await house.chat('masked-vendor', { messages: [{ role: 'user', content: `Write to ${MAIL}, please.` }] });
    const sent = JSON.stringify(house.vendor.requests.at(-1)?.body);
    expect([sent.includes(MAIL), sent.includes('[EMAIL_1]')]).toEqual([false, true]);
    // The demo model says again what it was told.
    const { body } = await house.chat('masked', { messages: [{ role: 'user', content: `Repeat: ${MAIL}` }] });
    expect(body.choices[0]?.message.content).toContain(MAIL);
    const { text } = await house.stream('masked', { messages: [{ role: 'user', content: `Repeat: ${MAIL}` }] });
    const events = eventsOf(text) as { choices?: { delta: { content?: string } }[] }[];
    expect(events.map(({ choices }) => choices?.[0]?.delta.content ?? '').join('')).toContain(MAIL);
  });

  it('keep what they hide out of the log, and note what they found', async () => {
    const [call] = (await house.calls('masked-vendor')) as unknown as { id: string; findings: object[] }[];
    expect(call?.findings).toMatchObject([{ type: 'personal_data', side: 'input', count: 1 }]);
    const { body } = await house.server.call('GET', `/api/v1/gateway/calls/${call?.id}/bodies/`);
    expect(JSON.stringify(body)).not.toContain(MAIL);
  });

  it('refuse without saying what, and nothing is charged', async () => {
    const { status, body } = await house.chat('blocked', { messages: [{ role: 'user', content: 'What is CODENAME?' }] });
    expect([status, body.error?.code]).toEqual([400, 'guardrail_blocked']);
    expect(JSON.stringify(body)).not.toMatch(/codename/i);
    expect((await house.calls('blocked'))[0]).toMatchObject({ status: 'blocked', input_tokens: 0, output_tokens: 0 });
  });

  it('are checked when an endpoint is saved', async () => {
    const targets = [{ provider: 'demo', model: 'demo' }];
    const { status, body } = await house.server.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/endpoints/', {
      slug: 'wrong',
      targets,
      guardrails: [{ type: 'blocked_terms', on: 'input', action: 'block', terms: [] }, { type: 'nothing-such' }],
    });
    expect([status, body.errors.map(({ pointer }) => pointer)]).toEqual([400, ['/guardrails/0/terms', '/guardrails/1/type']]);
  });
});
