import { createTestServer, databaseKinds, type TestServer } from 'automate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ticketTriage } from './ticket-triage.ts';

describe.each(databaseKinds)('triage of tickets by a model on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind);
    await server.automate.define(ticketTriage);
  });
  afterAll(() => server?.close());

  const triage = (text: string) => server.automate.run('ticket-triage', { text }, { wait: true });

  it('leads a ticket to people while there is no model, and by its kind when there is one', async () => {
    expect(await triage('My billing address is wrong.')).toEqual({ queue: 'people' });

    await server.call('POST', '/api/v1/providers/', { slug: 'demo', kind: 'demo', config: {} });
    const targets = [{ provider: 'demo', model: 'demo' }];
    expect((await server.call('POST', '/api/v1/endpoints/', { slug: 'triage', targets })).status).toBe(201);
    expect(await triage('My billing address is wrong.')).toEqual({ queue: 'finance', cost: '0' });
    expect(await triage('A technical fault: the page is blank.')).toEqual({ queue: 'engineers', cost: '0' });
  });
});
