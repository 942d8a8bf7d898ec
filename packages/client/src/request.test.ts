import { afterEach, expect, it } from 'vitest';
import { createRequester } from './index.ts';
import { type LocalServer, sendJson, startServer } from './test-support.ts';

let server: LocalServer | undefined;
afterEach(() => server?.close());

async function echo() {
  server = await startServer(({ method, url, body }, response) =>
    sendJson(response, 200, { method, url, body }, { etag: '"1"' }),
  );
  return createRequester({ baseUrl: server.url, token: 'secret' });
}

it('calls any path with a query, and a body as JSON', async () => {
  const request = await echo();
  expect(await request('GET', '/api/v1/orders/?status=paid', { query: { limit: 2, tag: ['a', 'b'] } })).toMatchObject({
    method: 'GET',
    url: '/api/v1/orders/?status=paid&limit=2&tag=a&tag=b',
  });
  const { data, etag } = await request<{ body: string }>('PATCH', '/api/v1/orders/1/', {
    body: { n: 1 },
    ifMatch: '"0"',
  }).withResponse();
  expect([data.body, etag]).toEqual(['{"n":1}', '"1"']);
  expect(server?.received[1]?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'content-type': 'application/json',
    'if-match': '"0"',
  });
});

it('loses nothing of a query that stands in the path', async () => {
  const request = await echo();
  expect(await request('GET', '/api/v1/orders/?search=why?&tag=a&tag=b', { query: { limit: 2 } })).toMatchObject({
    url: '/api/v1/orders/?search=why%3F&tag=a&tag=b&limit=2',
  });
});

it('gives a POST a key of its own, and sends it once', async () => {
  server = await startServer((_, response) =>
    sendJson(response, 503, { status: 503, code: 'unavailable' }, { 'retry-after': '0' }),
  );
  const request = createRequester({ baseUrl: server.url });
  await expect(request('POST', '/api/v1/orders/', { body: {} })).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  expect(server.received).toHaveLength(1);
  expect(server.received[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
});

it('sends files as they are, and gives what is not JSON as the response', async () => {
  const request = await echo();
  await request('POST', '/api/v1/orders/import/', {
    body: new Blob(['a,b\n1,2']),
    contentType: 'text/csv',
    query: { dry_run: true },
  });
  expect(server?.received[0]).toMatchObject({ url: '/api/v1/orders/import/?dry_run=true', body: 'a,b\n1,2' });
  expect(server?.received[0]?.headers['content-type']).toBe('text/csv');
  expect(await request('GET', '/api/v1/orders/export/', { accept: 'text/csv' })).toBeInstanceOf(Response);
});

it.each(['//evil.example/', 'https://evil.example/', '/api/../../', '/api/%2e%2E/x', '/api/{id}/', '', '/a\\b'])(
  'does not take %j for a path',
  async (path) => {
    const request = await echo();
    expect(() => request('GET', path)).toThrow(TypeError);
    expect(server?.received).toHaveLength(0);
  },
);
