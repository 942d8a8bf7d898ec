import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStep } from '../src/engine/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, runWorkflow } from './support/executions.ts';
import { createTenant } from './support/tenants.ts';

interface Entry {
  readonly actor: string;
  readonly target_type: string;
  readonly target_id: string;
}
interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** Looks like a secret, and is none that we keep. */
const PASSWORD = 'not-a-kept-secret';
const KEPT = 'the-value-that-is-kept!';

describe.each(databaseKinds)('raw payloads on %s', (kind) => {
  let server: TestServer;
  let execution: Execution;
  let eventId: string;
  beforeAll(async () => {
    // What fails here is meant to, and would be logged with its stack.
    server = await createTestServer(kind, {
      environment: { AUTOMATE_LOG_LEVEL: 'fatal' },
      // Gives away what it was trusted with.
      steps: [
        defineStep({
          type: 'test.leak',
          description: 'Hands on what it gets.',
          config: z.strictObject({ text: z.string() }),
          fields: { text: 'secret-text' },
          run: (input, { secrets }) => ({ output: { leak: input, names: secrets.names } }),
        }),
      ],
    });
    await server.call('POST', '/api/v1/secrets/', { name: 'KEPT', value: KEPT, hosts: [] });
    const id = await createWorkflow(server, [
      {
        id: 'pass',
        type: 'core.transform',
        config: { template: { password: '{{ event.payload.password }}', note: '{{ event.payload.note }}' } },
      },
      { id: 'use', type: 'test.leak', config: { text: 'it is {{ secrets.KEPT }}' } },
    ]);
    execution = await runWorkflow(server, id, {
      password: PASSWORD,
      note: `it is ${KEPT}`,
      encoded: Buffer.from(KEPT).toString('base64'),
      [KEPT]: 1,
    });
    expect(execution.status).toBe('succeeded');
    eventId = execution.event_id;
  });
  afterAll(() => server?.close());

  const views = async (): Promise<Entry[]> =>
    (await server.call<{ results: Entry[] }>('GET', '/api/v1/audit/?action=payload.view_raw&limit=200')).body.results;
  const places = () => [
    { path: `/api/v1/events/${eventId}/?`, target: ['event', eventId] },
    { path: `/api/v1/executions/${execution.id}/?`, target: ['execution', execution.id] },
    { path: `/api/v1/executions/${execution.id}/?expand=event,steps&`, target: ['execution', execution.id] },
    { path: `/api/studio/correlation/?trace_id=${execution.trace_id}&`, target: ['trace', execution.trace_id] },
  ];

  it('are redacted unless they are asked for, and raw then, but for the values of secrets', async () => {
    for (const { path } of places()) {
      for (const query of ['', 'raw=false']) {
        const { body, status } = await server.call(`GET`, `${path}${query}`);
        expect(status, JSON.stringify(body)).toBe(200);
        expect(JSON.stringify(body), path).not.toContain(PASSWORD);
        expect(JSON.stringify(body), path).toContain('[redacted]');
      }
    }
    expect(await views()).toEqual([]);
    for (const { path } of places()) {
      const { body, status, headers } = await server.call('GET', `${path}raw=true`);
      const text = JSON.stringify(body);
      expect(status, text).toBe(200);
      expect(text, path).toContain(PASSWORD);
      expect(text, path).not.toContain(KEPT);
      expect(text, path).not.toContain(Buffer.from(KEPT).toString('base64').replace(/=+$/, ''));
      expect(text, path).toContain('it is [redacted]');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('write an audit entry for each view', async () => {
    const before = (await views()).length;
    for (const { path } of places()) await server.call('GET', `${path}raw=true`);
    const entries = (await views()).slice(0, -before || undefined);
    expect(entries.map(({ target_type, target_id }) => [target_type, target_id]).reverse()).toEqual(
      places().map(({ target }) => target),
    );
    for (const { actor } of entries) expect(actor).toMatch(/^api_key:/);
  });

  it('need a scope, which the refusal names, and are nobody else’s', async () => {
    const looking = await createTenant(server, 'default', [
      'events:read',
      'executions:read',
      'workflows:read',
      'studio:read',
      'audit:read',
    ]);
    const before = (await views()).length;
    for (const { path } of places()) {
      expect((await looking.call('GET', path)).status).toBe(200);
      const { status, body } = await looking.call<Problem>('GET', `${path}raw=true`);
      expect([status, body.code]).toEqual([403, 'forbidden']);
      expect(body.detail).toContain('payloads:read_raw');
    }
    const other = await createTenant(server, 'other');
    for (const { path } of places().slice(0, 3)) expect((await other.call('GET', `${path}raw=true`)).status).toBe(404);
    expect((await views()).length).toBe(before);
    const scoped = await createTenant(server, 'default', ['events:read', 'payloads:read_raw']);
    expect(JSON.stringify((await scoped.call('GET', `${places()[0]?.path}raw=true`)).body)).toContain(PASSWORD);
  });

  it('are not offered by lists, exports and streams', async () => {
    for (const path of ['/api/v1/events/', '/api/v1/executions/', `/api/v1/executions/${execution.id}/events/`]) {
      const { status, body } = await server.call<Problem>('GET', `${path}?raw=true`);
      expect([status, body.code], path).toEqual([400, 'invalid_input']);
    }
    const stream = await server.call<string>('GET', `/api/v1/executions/${execution.id}/events/`);
    expect(stream.body).toContain('[redacted]');
    expect(stream.body).not.toContain(PASSWORD);
  });

  it('are not shown when the audit entry cannot be written', async () => {
    const script = (text: string) => server.automate.db.migrate((connection) => connection.script(text));
    await script('revoke insert on automate.audit_entries from automate_app');
    try {
      for (const { path } of places()) {
        const { status, body } = await server.call('GET', `${path}raw=true`);
        expect(status).toBe(500);
        expect(JSON.stringify(body)).not.toContain(PASSWORD);
        expect((await server.call('GET', path)).status).toBe(200);
      }
    } finally {
      await script('grant insert on automate.audit_entries to automate_app');
    }
  });

  it('are described in the document', async () => {
    const { body } = await server.call<{
      paths: Record<string, { get: { parameters: { name: string; description?: string }[] } }>;
    }>('GET', '/api/openapi.json');
    for (const path of ['/api/v1/events/{id}/', '/api/v1/executions/{id}/', '/api/studio/correlation/']) {
      const raw = body.paths[path]?.get.parameters.find(({ name }) => name === 'raw');
      expect(raw?.description, path).toContain('`payloads:read_raw`');
    }
  });
});
