import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestServer, databaseKinds, type TestServer } from 'automate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crm } from './crm/crm.ts';
import { shop } from './shop/shop.ts';

const TOKEN = 'chat-0123456789abcdef';

/** A chat that takes notes from whoever has its token. */
async function createChat() {
  const notes: { text: string; authorization: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const { text } = JSON.parse(Buffer.concat((await request.toArray()) as Buffer[]).toString()) as { text: string };
    notes.push({ text, authorization: request.headers.authorization });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, notes, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.each(databaseKinds)('features of others on %s', (kind) => {
  let chat: Awaited<ReturnType<typeof createChat>>;
  let server: TestServer;
  beforeAll(async () => {
    chat = await createChat();
    server = await createTestServer(kind, {
      features: [shop, crm],
      migrates: true,
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: chat.host },
    });
    await server.call('POST', '/api/v1/secrets/', { name: 'CHAT', value: TOKEN, hosts: [chat.host] });
  });
  afterAll(async () => {
    await server?.close();
    chat?.server.close();
  });

  it('start a workflow by their trigger, which ends in their step with a secret', async () => {
    const config = {
      url: `http://${chat.host}/notes`,
      text: 'Say hello to {{ event.payload.name }}',
      token: { $secret: 'CHAT' },
    };
    const { status, body } = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
      name: 'Greet',
      graph: { nodes: [{ id: 'note', type: 'crm.notify', config }], edges: [] },
      triggers: [{ type: 'crm.new_contact', config: { domain: 'example.com' } }],
    });
    expect(status, JSON.stringify(body)).toBe(201);
    await until(async () => {
      const { results } = (await server.call<{ results: { status: string }[] }>('GET', `/api/v1/workflows/${body.id}/triggers/`))
        .body;
      return results[0]?.status === 'active';
    });
    const add = (name: string, email: string) => server.call('POST', '/api/v1/contacts/', { name, email });
    expect((await add('Eve', 'eve@elsewhere.org')).status).toBe(201);
    expect((await add('Ada', 'ada@example.com')).status).toBe(201);
    expect((await add('Ada', 'ada@example.com')).status).toBe(409);
    await until(async () => chat.notes.length > 0);
    expect(chat.notes).toEqual([{ text: 'Say hello to Ada', authorization: `Bearer ${TOKEN}` }]);
    const events = await server.call('GET', '/api/v1/events/?event_type=crm.new_contact');
    expect(JSON.stringify(events.body)).not.toContain(TOKEN);
  });

  it('have tables of one name in schemas of their own, roles, and a place in the document', async () => {
    expect((await server.call('POST', '/api/v1/companies/', { company: 'Acme' })).status).toBe(201);
    const list = async (path: string) => (await server.call<{ results: object[] }>('GET', path)).body.results;
    expect(await list('/api/v1/companies/')).toMatchObject([{ company: 'Acme' }]);
    expect(await list('/api/v1/contacts/?ordering=name')).toMatchObject([{ name: 'Ada' }, { name: 'Eve' }]);
    const key = await server.call<{ key: string }>('POST', '/api/v1/api-keys/', { name: 'reads', scopes: ['crm_contacts:read'] });
    const headers = { authorization: `Bearer ${key.body.key}` };
    expect((await server.call('GET', '/api/v1/contacts/', undefined, headers)).status).toBe(200);
    expect((await server.call('GET', '/api/v1/companies/', undefined, headers)).status).toBe(403);
    expect((await server.call('POST', '/api/v1/contacts/', { name: 'x', email: 'x@y.org' }, headers)).status).toBe(403);
    const { paths } = (await server.call<{ paths: object }>('GET', '/api/openapi.json')).body;
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/v1/contacts/', '/api/v1/companies/']));
  });

  it('show what is wrong with their triggers and settings by their places', async () => {
    const { status, body } = await server.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/workflows/', {
      name: 'x',
      graph: { nodes: [{ id: 'a', type: 'core.log', config: { message: 'x' } }], edges: [] },
      triggers: [{ type: 'crm.new_contact', config: { domains: [] } }],
    });
    expect([status, body.errors[0]?.pointer]).toEqual([400, '/triggers/0/config/domains']);
    const wrong = createTestServer(kind, { features: [crm], environment: { AUTOMATE_CRM_ATTEMPTS: '0' } });
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid_settings',
      message: expect.stringContaining('AUTOMATE_CRM_ATTEMPTS'),
    });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('That did not happen within ten seconds.');
}
