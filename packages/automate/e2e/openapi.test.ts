import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BaseAPIView, BaseViewSet } from '../src/api/index.ts';
import { createTestServer, type TestServer } from '../src/testing/index.ts';

describe('the routes as a whole', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer('pglite');
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

  it('show the API page without credentials', async () => {
    const page = await server.call<string>('GET', '/api/docs/', undefined, { authorization: '' });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    for (const [, path] of page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      expect([path, (await server.call('GET', path ?? '', undefined, { authorization: '' })).status]).toEqual([path, 200]);
    }
  });
});
