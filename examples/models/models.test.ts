import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineFeature } from 'automate';
import { createTestServer, databaseKinds, type TestServer } from 'automate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noTickets } from './own-guardrail.ts';
import { acme } from './own-provider.ts';

/** The model server of the house: it says again what it was told last, and is busy when told so. */
async function createAcme() {
  const seen: { headers: IncomingHttpHeaders; text: string }[] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    seen.push({ headers: request.headers, text });
    if (text.includes('busy')) return response.writeHead(429, { 'retry-after': '60' }).end('Come back in a minute.');
    const said = (JSON.parse(text) as { prompt: { content: { text: string }[] }[] }).prompt.at(-1)?.content[0]?.text;
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ answer: `You said: ${said}`, read: 4, written: 5 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}`, seen, close: () => new Promise((resolve) => server.close(resolve)) };
}

interface Answer {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  readonly usage: { readonly total_tokens: number };
  readonly error?: { readonly message: string; readonly code: string };
}

describe.each(databaseKinds)('a provider and a guardrail of one’s own on %s', (kind) => {
  let house: Awaited<ReturnType<typeof createAcme>>;
  let server: TestServer;
  beforeAll(async () => {
    house = await createAcme();
    const feature = defineFeature({ name: 'acme', providerKinds: [acme], guardrails: [noTickets] });
    server = await createTestServer(kind, { features: [feature], environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: house.host } });
    const config = { base_url: house.url };
    await server.call('POST', '/api/v1/providers/', { slug: 'house', kind: 'acme', config, api_key: 'acme-key-1234' });
    const targets = [{ provider: 'house', model: 'large' }];
    const guardrails = [{ type: 'acme.tickets', on: 'both', action: 'mask', prefix: 'ACME' }];
    await server.call('POST', '/api/v1/endpoints/', { slug: 'chat', targets, guardrails, attempts: { retries: 0 } });
  });
  afterAll(async () => {
    await server?.close();
    await house?.close();
  });
  const ask = (content: string) =>
    server.call<Answer>('POST', '/v1/chat/completions', { model: 'chat', messages: [{ role: 'user', content }] });

  it('answer clients of OpenAI, with what was used', async () => {
    const { status, body } = await ask('Hello');
    expect([status, body.choices[0]?.message.content, body.usage.total_tokens]).toEqual([200, 'You said: Hello', 9]);
    expect(house.seen.at(-1)?.headers['x-acme-key']).toBe('acme-key-1234');
  });

  it('keep in what must not go out', async () => {
    const { body } = await ask('See ACME-1234.');
    expect(house.seen.at(-1)?.text).not.toContain('ACME-1234');
    expect(body.choices[0]?.message.content).toBe('You said: See [TICKET].');
  });

  it('fail as every provider does', async () => {
    const { status, headers, body } = await ask('Are you busy?');
    expect([status, body.error?.code]).toEqual([429, 'provider_rate_limited']);
    expect(headers.get('retry-after')).toBe('60');
  });
});
