import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BaseAPIView, BaseViewSet } from '../src/api/index.ts';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { oneKind } from './support/lanes.ts';
import { contractOf } from './support/openapi.ts';

describe('the routes as a whole', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(oneKind);
  });
  afterAll(() => server?.close());

  it('are described by a valid OpenAPI 3.1 document', async () => {
    const { body, status } = await server.call<{ openapi: string; paths: Record<string, unknown> }>(
      'GET',
      '/api/openapi.json',
      undefined,
      { authorization: '' },
    );
    expect(status).toBe(200);
    expect(body.openapi).toMatch(/^3\.1\./);
    const result = await new Validator().validate(structuredClone(body));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(Object.keys(body.paths)).toContain('/api/v1/executions/{id}/events/');
  });

  it('report metrics', async () => {
    await server.call('POST', '/api/v1/events/', { event_type: 'metric.test', payload: {} });
    const { body } = await server.call<string>('GET', '/metrics', undefined, { authorization: '' });
    expect(body).toContain('automate_events_total{status="accepted"} 1');
    expect(body).toMatch(/^process_resident_memory_bytes \d+/m);
  });

  it('all extend our own bases', () => {
    const strangers = server.automate.api.routes.filter(
      ({ view }) => !(view instanceof BaseAPIView || view instanceof BaseViewSet),
    );
    expect(strangers).toEqual([]);
    expect(server.automate.api.routes.length).toBeGreaterThan(20);
  });

  it('show a body for each operation that takes one, and every one is a body that it takes', async () => {
    const contract = await contractOf(server);
    const routes = new Map(server.automate.api.routes.map((route) => [route.operationId, route]));
    const wrong: unknown[] = [];
    let shown = 0;
    for (const operation of contract.operations) {
      const media = operation.requestBody?.content['application/json'] as Media | undefined;
      if (!media) continue;
      const bodies = Object.values(media.examples ?? {}).map(({ value }) => value);
      if ('example' in media) bodies.push(media.example);
      if (bodies.length === 0) wrong.push([operation.operationId, 'shows no body: give it `examples`']);
      for (const body of bodies) {
        shown += 1;
        const { error } = routes.get(operation.operationId)?.options.body?.safeParse(body) ?? {};
        if (error) wrong.push([operation.operationId, error.issues]);
        if (!contract.accepts(operation, body)) wrong.push([operation.operationId, 'its JSON Schema refuses', body]);
      }
    }
    expect(wrong).toEqual([]);
    expect(shown).toBeGreaterThan(40);
  });

  it('show bodies that do what they say', async () => {
    const { document } = await contractOf(server);
    const bodies = (path: string) => {
      const media = document.paths[path]?.post?.requestBody?.content['application/json'] as Media;
      return Object.values(media.examples ?? {}).map(({ value }) => value);
    };
    const sent = async (path: string, status: number, to = path) => {
      for (const body of bodies(path)) {
        const reply = await server.call<Record<string, string>>('POST', to, body);
        expect([path, reply.status, reply.status === status ? '' : reply.body]).toEqual([path, status, '']);
      }
    };
    const secrets = bodies('/api/v1/secrets/');
    const secret = await server.call<{ id: string }>('POST', '/api/v1/secrets/', secrets[0]);
    expect(secret.status).toBe(201);
    await sent('/api/v1/secrets/{id}/rotate/', 200, `/api/v1/secrets/${secret.body.id}/rotate/`);
    await sent('/api/v1/api-keys/', 201);
    await sent('/api/v1/workflows/', 201);
    await sent('/api/v1/workflows/import/', 200);
    await sent('/api/v1/events/', 202);
    const { body: workflow } = await server.call<{ id: string }>('GET', '/api/v1/workflows/large-orders/');
    await sent('/api/v1/workflows/{id}/run/', 202, `/api/v1/workflows/${workflow.id}/run/`);
    await sent('/api/v1/workflows/{id}/dry-run/', 200, `/api/v1/workflows/${workflow.id}/dry-run/`);
  });

  it('stand in groups that are described, the important ones first', async () => {
    const { document } = await contractOf(server);
    const { tags } = document as unknown as { tags: { name: string; description?: string }[] };
    expect(tags.filter(({ description }) => !description)).toEqual([]);
    // What the gateway brings stands before them.
    const first = tags.map(({ name }) => name).indexOf('Events');
    expect(tags.slice(first, first + 4).map(({ name }) => name)).toEqual(['Events', 'Workflows', 'Executions', 'Approvals']);
    expect(tags.slice(-2).map(({ name }) => name)).toEqual(['Health', 'Documentation']);
  });
});

interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
