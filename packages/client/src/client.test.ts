import { afterEach, describe, expect, it } from 'vitest';
import { bind } from './client.ts';
import { createClient } from './index.ts';
import type { Operation } from './operation.ts';
import type { PageOf } from './reply.ts';
import { type LocalServer, methodOf, sendJson, startServer } from './test-support.ts';
import { createTransport } from './transport.ts';

let server: LocalServer | undefined;
afterEach(() => server?.close());

async function echo(): Promise<LocalServer> {
  server = await startServer(({ method, url }, response) => sendJson(response, 200, { method, url }));
  return server;
}

describe('a call', () => {
  it('puts path parameters, query, headers and token where they belong', async () => {
    const { url, received } = await echo();
    const read = methodOf(
      { path: '/things/{id}/parts/{part}/' },
      { baseUrl: `${url}/base//`, token: 'secret', headers: { 'x-app': 'a', 'x-both': 'client' } },
    );
    const options = { traceId: 'trace-1', ifNoneMatch: '"1"', headers: { 'X-Both': 'call' } };
    expect(await read('a/b', 'c', { fields: ['id', 'name'], limit: undefined }, options)).toEqual({
      method: 'GET',
      url: '/base/things/a%2Fb/parts/c/?fields=id&fields=name',
    });
    expect(received[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      accept: 'application/json',
      'x-app': 'a',
      'x-both': 'call',
      'x-trace-id': 'trace-1',
      'if-none-match': '"1"',
    });
    expect(received[0]?.headers['content-type']).toBeUndefined();
  });

  it('takes a body where the operation has one, and the query of such an operation from the options', async () => {
    const { url, received } = await echo();
    const update = methodOf({ method: 'PUT', path: '/things/{id}/', takes: ['application/json'] }, { baseUrl: url });
    await update('1', { name: 'ü' }, { ifMatch: '"2"', query: { dry: true } });
    expect(received[0]).toMatchObject({ method: 'PUT', url: '/things/1/?dry=true', body: '{"name":"ü"}' });
    expect(received[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'if-match': '"2"' });
    await methodOf({ method: 'POST', path: '/things/{id}/cancel/' }, { baseUrl: url })('1', { idempotencyKey: 'k' });
    expect(received[1]).toMatchObject({ url: '/things/1/cancel/', body: '' });
    expect(received[1]?.headers['idempotency-key']).toBe('k');
    await methodOf({ method: 'POST', takes: ['application/json'] }, { baseUrl: url })('text');
    expect(received[2]?.body).toBe('"text"');
  });

  it('asks for the token and tells onRequest before each attempt', async () => {
    server = await startServer((_, response, number) => sendJson(response, number === 1 ? 503 : 200, {}, { 'retry-after': '0' }));
    let count = 0;
    const seen: unknown[] = [];
    const read = methodOf(
      {},
      {
        baseUrl: server.url,
        token: async () => `token-${++count}`,
        onRequest: ({ operation, method, url, headers, attempt }) => {
          headers.set('x-attempt', String(attempt));
          seen.push([operation, method, url.slice(server?.url.length), headers.get('authorization'), attempt]);
        },
      },
    );
    await read();
    expect(seen).toEqual([
      ['thing.do', 'GET', '/things/', 'Bearer token-1', 0],
      ['thing.do', 'GET', '/things/', 'Bearer token-2', 1],
    ]);
    expect(server.received.map(({ headers }) => headers['x-attempt'])).toEqual(['0', '1']);
  });

  it('gives the reply with its ETag on request', async () => {
    server = await startServer(({ headers }, response) => {
      if (headers['if-none-match'] === '"v1"') response.writeHead(304, { etag: '"v1"' }).end();
      else sendJson(response, 200, { id: 1 }, { etag: '"v1"', 'x-trace-id': 't' });
    });
    const read = methodOf({}, { baseUrl: server.url });
    const reply = await read().withResponse();
    expect(reply).toMatchObject({ data: { id: 1 }, status: 200, etag: '"v1"', traceId: 't' });
    expect(reply.headers.get('content-type')).toContain('json');
    expect(await read({}, { ifNoneMatch: '"v1"' })).toBeUndefined();
    expect(await read({}, { ifNoneMatch: '"v1"' }).withResponse()).toMatchObject({ status: 304, data: undefined, etag: '"v1"' });
    expect(await read({}, { ifNoneMatch: '"v0"' })).toEqual({ id: 1 });
  });

  it('rejects once, whichever way it is waited for', async () => {
    server = await startServer((_, response) => sendJson(response, 404, { status: 404, code: 'not_found' }));
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const read = methodOf({}, { baseUrl: server.url });
    await expect(read()).rejects.toMatchObject({ code: 'not_found' });
    await expect(read().withResponse()).rejects.toMatchObject({ code: 'not_found' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('is clear about replies that are not JSON, and about hosts that do not answer', async () => {
    server = await startServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'));
    const { url } = server;
    await expect(methodOf({}, { baseUrl: url })()).rejects.toMatchObject({ code: 'invalid_reply', status: 200, body: '<p>' });
    await server.close();
    await expect(methodOf({}, { baseUrl: url, retries: 0 })()).rejects.toMatchObject({
      code: 'network_error',
      status: 0,
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('repeats a GET whose reply broke off', async () => {
    server = await startServer((_, response, number) => {
      if (number > 1) return sendJson(response, 200, { ok: true });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"ok":');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await methodOf({}, { baseUrl: server.url })()).toEqual({ ok: true });
    expect(server.received).toHaveLength(2);
  });

  it('gives undefined for no content', async () => {
    server = await startServer((_, response) => response.writeHead(204).end());
    const remove = methodOf({ method: 'DELETE', path: '/things/{id}/', gives: undefined as never }, { baseUrl: server.url });
    expect(await remove('1')).toBeUndefined();
    expect(await remove('1').withResponse()).toMatchObject({ status: 204 });
  });
});

describe('downloads and uploads', () => {
  it('gives the response of what is not JSON, and of another media type on request', async () => {
    server = await startServer(({ headers }, response) => {
      response
        .writeHead(200, { 'content-type': String(headers.accept) })
        .end(headers.accept === 'application/json' ? '[1]' : 'a,b');
    });
    const download = methodOf({ gives: ['text/csv'] }, { baseUrl: server.url });
    const response = (await download()) as Response;
    expect(response).toBeInstanceOf(Response);
    expect(await response.text()).toBe('a,b');
    const both = methodOf({ gives: ['application/json', 'text/csv'] }, { baseUrl: server.url });
    expect(await both()).toEqual([1]);
    expect(await ((await both({}, { accept: 'text/csv' })) as Response).text()).toBe('a,b');
  });

  it('lets a download go on for longer than the time until its first byte', async () => {
    server = await startServer((_, response) => {
      response.writeHead(200).write('slow ');
      setTimeout(() => response.end('but sure'), 150);
    });
    const response = (await methodOf({ gives: ['text/csv'] }, { baseUrl: server.url, timeoutMs: 100 })()) as Response;
    expect(await response.text()).toBe('slow but sure');
  });

  it('sends texts, bytes and forms as they are', async () => {
    const { url, received } = await echo();
    const csv = methodOf({ method: 'POST', takes: ['text/csv'] }, { baseUrl: url });
    await csv('a,b\n1,2');
    await csv(new Blob(['c,d'], { type: 'image/png' }));
    await csv(new TextEncoder().encode('e,f'));
    expect(received.map(({ body }) => body)).toEqual(['a,b\n1,2', 'c,d', 'e,f']);
    expect(new Set(received.map(({ headers }) => headers['content-type']))).toEqual(new Set(['text/csv']));
    const form = new FormData();
    form.set('file', new Blob(['bytes']), 'a.txt');
    await methodOf({ method: 'POST', takes: ['multipart/form-data'] }, { baseUrl: url })(form);
    expect(received[3]?.headers['content-type']).toMatch(/^multipart\/form-data; ?boundary=/);
    expect(received[3]?.body).toContain('filename="a.txt"');
  });

  it('chooses among the types of a body by the option, the type of a blob, and what fits', async () => {
    const { url, received } = await echo();
    const send = methodOf({ method: 'POST', takes: ['application/json', 'text/csv', 'application/x-ndjson'] }, { baseUrl: url });
    await send([{ a: 1 }]);
    await send('a\n1', { contentType: 'text/csv' });
    await send(new Blob(['{}'], { type: 'application/x-ndjson' }));
    await send(new Blob(['a']));
    expect(received.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
      ['application/json', '[{"a":1}]'],
      ['text/csv', 'a\n1'],
      ['application/x-ndjson', '{}'],
      ['text/csv', 'a'],
    ]);
  });
});

describe('lists', () => {
  const list: Operation = { id: 'thing.list', method: 'GET', path: '/things/', gives: ['application/json'], isPaged: true };
  const things = (url: string) =>
    bind({ things: { list, history: list } }, createTransport({ baseUrl: url, token: 'secret' })).things as Things;
  type Things = Record<
    'iterate' | 'pages' | 'iterateHistory' | 'pagesHistory',
    (query?: object) => AsyncGenerator<PageOf<number>>
  >;

  it('are gone through page by page, with the rest of the query, and never at another host', async () => {
    const other = await startServer((_, response) => sendJson(response, 200, { results: [666], next: null }));
    server = await startServer(({ url }, response) => {
      const cursor = new URL(url, 'http://x').searchParams.get('cursor');
      const next =
        { null: `/api/things/?tag=a&tag=b&cursor=2&limit=2`, 2: `${other.url}/evil/?cursor=3` }[String(cursor)] ?? null;
      sendJson(response, 200, { results: [cursor, cursor], next, previous: null });
    });
    const rows: unknown[] = [];
    for await (const row of things(server.url).iterate({ tag: ['a', 'b'], limit: 2 })) rows.push(row);
    expect(rows).toEqual([null, null, '2', '2', '3', '3']);
    expect(server.received.map(({ url }) => url)).toEqual([
      '/things/?tag=a&tag=b&limit=2',
      '/things/?tag=a&tag=b&cursor=2&limit=2',
      '/things/?cursor=3',
    ]);
    expect(other.received).toEqual([]);
    await other.close();
    const before = server.received.length;
    for await (const _ of things(server.url).pagesHistory()) break;
    expect(server.received).toHaveLength(before + 1);
  });
});

describe('the generated client', () => {
  it('has its methods ready without any option', () => {
    const automate = createClient();
    expect(typeof automate.workflows.iterate).toBe('function');
    expect(Object.keys(automate)).toContain('executions');
  });
});
