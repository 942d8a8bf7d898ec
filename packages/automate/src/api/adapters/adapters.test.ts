import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { serve } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type Api,
  ApiRouter,
  BaseAPIView,
  type Context,
  createFastifyServer,
  createFetchHandler,
  createNodeHandler,
  documentationRouter,
  type EventStream,
  eventStream,
  fastifyPlugin,
  lastEventIdOf,
  type RawReply,
  raw,
  SequenceId,
} from '../index.ts';
import { as, createTestApi, workflowRouter } from '../test-support.ts';

const ORIGIN = 'https://app.test';
const stopped: string[] = [];
/** Pieces of the streamed file that were made. */
let made = 0;

class EventsView extends BaseAPIView {
  static {
    this.describe('get', { produces: 'text/event-stream' });
  }
  get(ctx: Context): EventStream {
    const after = lastEventIdOf(ctx, SequenceId) ?? 0;
    return eventStream(async function* (signal) {
      try {
        for (let id = after + 1; id <= 3; id += 1) yield { id: String(id), event: 'step', data: id };
        if (ctx.request.headers['x-stay'] !== undefined && !signal.aborted) await once(signal, 'abort');
      } finally {
        stopped.push(ctx.traceId);
      }
    });
  }
}

class FileView extends BaseAPIView {
  static {
    this.describe('get', { produces: 'application/octet-stream' });
    this.describe('post', { consumes: ['application/octet-stream'], response: z.object({ size: z.int() }), bodyLimit: 100_000 });
  }
  override corsOrigins = [ORIGIN];
  get(ctx: Context): RawReply {
    const pieces = function* () {
      for (let count = 0; count < 100; count += 1) {
        made += 1;
        yield Buffer.alloc(10_000, 97);
      }
      if (ctx.request.headers['x-break'] !== undefined) throw new Error('the disk is gone');
    };
    const body = ctx.request.headers['x-bytes'] === undefined ? Readable.from(pieces()) : new Uint8Array([0, 255]);
    return raw(body, { contentType: 'application/octet-stream' });
  }
  post(ctx: Context): { size: number } {
    return { size: ctx.request.rawBody?.byteLength ?? 0 };
  }
}

class SizedView extends BaseAPIView {
  static {
    this.describe('get', { produces: 'text/css' });
    this.describe('post', { response: z.object({ ok: z.boolean() }) });
  }
  override corsOrigins = [ORIGIN];
  get(ctx: Context): RawReply {
    const isHead = ctx.request.method === 'HEAD';
    // To HEAD it knows the length without the body; to GET it tells a wrong one.
    const headers = { 'content-length': isHead ? '1234' : '9999', vary: 'Accept-Encoding, origin' };
    return raw(isHead ? '' : new TextEncoder().encode('a{}'), { contentType: 'text/css', headers });
  }
  post(ctx: Context): { ok: boolean } {
    ctx.reply.header('vary', 'Accept-Language');
    return { ok: true };
  }
}

class SlowView extends BaseAPIView {
  static {
    this.describe('get', { response: z.object({ path: z.string() }) });
  }
  async get(ctx: Context): Promise<{ path: string }> {
    if (ctx.request.headers['x-stay'] === undefined) return { path: ctx.request.path };
    await once(ctx.request.signal, 'abort');
    stopped.push(ctx.traceId);
    throw new Error('stopped');
  }
}

const router = new ApiRouter()
  .include('', workflowRouter())
  .include('api', documentationRouter())
  .view('events', EventsView)
  .view('file', FileView)
  .view('sized', SizedView)
  .view('slow', SlowView);

interface Host {
  readonly port: number;
  close(): Promise<unknown>;
}

const adapters: readonly { name: string; basePath: string; start(api: Api): Promise<Host> }[] = [
  { name: 'Fastify server', basePath: '', start: (api) => listenFastify(createFastifyServer(api)) },
  { name: 'Fastify server under a base path', basePath: '/automate', start: (api) => listenFastify(createFastifyServer(api)) },
  {
    name: 'Fastify plugin',
    basePath: '/automate',
    async start(api) {
      const app = Fastify({ bodyLimit: 10, routerOptions: { maxParamLength: 10, querystringParser: () => ({ all: 'wrong' }) } });
      app.removeAllContentTypeParsers();
      app.addContentTypeParser('*', (_request, _payload, done) => done(new Error('parser of the host')));
      app.setErrorHandler((_error, _request, reply) => reply.code(418).send('host'));
      app.setNotFoundHandler((_request, reply) => reply.code(404).send('host'));
      app.addHook('onRequest', async (_request, reply) => void reply.header('vary', 'X-Host'));
      app.get('/own', async () => 'host');
      app.get('/own/error', async () => Promise.reject(new Error('host')));
      await app.register(fastifyPlugin(api), { prefix: '/automate' });
      return listenFastify(app);
    },
  },
  {
    name: 'node:http',
    basePath: '',
    start(api) {
      const handler = createNodeHandler(api);
      return listen((request, response) => handler(request, response), handler.close);
    },
  },
  {
    name: 'Express',
    basePath: '/automate',
    start(api) {
      const handler = createNodeHandler(api);
      const app = express();
      app.use((_request, response, next) => {
        response.setHeader('vary', 'X-Host');
        next();
      });
      app.use('/automate', handler).use(express.json());
      app.get('/automate/own', (_request, response) => void response.send('host'));
      app.get('/own', (_request, response) => void response.send('host'));
      app.use((_request, response) => void response.status(404).send('host'));
      return listen(app, handler.close);
    },
  },
  {
    name: 'Hono',
    basePath: '/automate',
    async start(api) {
      const handler = createFetchHandler(api);
      const app = new Hono();
      app.get('/own', (c) => c.text('host'));
      app.all('/automate/*', (c) => handler(c.req.raw, { ip: '127.0.0.1' }));
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', overrideGlobalObjects: false });
      await once(server, 'listening');
      return {
        port: (server.address() as AddressInfo).port,
        async close() {
          await handler.close();
          await new Promise((resolve) => server.close(resolve));
        },
      };
    },
  },
];

async function listenFastify(app: {
  listen(options: object): Promise<unknown>;
  close(): Promise<unknown>;
  server: unknown;
}): Promise<Host> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = (app.server as { address(): AddressInfo }).address();
  return { port, close: () => app.close() };
}

async function listen(listener: RequestListener, end: () => unknown): Promise<Host> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      await end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.each(adapters)('$name', ({ name, basePath, start }) => {
  const { api, log } = createTestApi(router, { basePath });
  const list = `${basePath}/api/v1/workflows/`;
  const hasHost = basePath !== '' && !name.startsWith('Fastify server');
  let host: Host;
  beforeAll(async () => {
    host = await start(api);
  });
  afterAll(() => host.close());

  const origin = () => `http://127.0.0.1:${host.port}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(origin() + path, { ...init, headers: { ...as('alice'), ...(init.headers as object) } });
  const post = (path: string, value: unknown, method = 'POST') =>
    ask(path, { method, body: JSON.stringify(value), headers: { 'content-type': 'application/json' } });

  async function expectProblem(pending: Promise<Response>, status: number, code: string): Promise<Response> {
    const reply = await pending;
    const text = await reply.text();
    expect([reply.status, text]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
    expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(text).trace_id).toBe(reply.headers.get('x-trace-id'));
    return reply;
  }

  test('creates, reads, changes, lists and deletes, with links that work', async () => {
    const created = await post(list, { name: 'Ünï ✓' });
    expect(created.status).toBe(201);
    expect([...created.headers]).toEqual(
      expect.arrayContaining([
        ['cache-control', 'no-store'],
        ['x-content-type-options', 'nosniff'],
        ['content-type', 'application/json; charset=utf-8'],
      ]),
    );
    const location = created.headers.get('location') as string;
    const { id } = (await created.json()) as { id: string };
    expect([location, api.reverse('workflow.retrieve', { id })]).toEqual([`${list}${id}/`, `${list}${id}/`]);
    for (const path of [location, location.slice(0, -1)]) expect(await (await ask(path)).json()).toMatchObject({ name: 'Ünï ✓' });
    expect(await (await post(location, { name: 'Other' }, 'PATCH')).json()).toMatchObject({ name: 'Other' });
    expect((await post(`${location}activate`, { reason: 'x' })).status).toBe(200);
    await post(list.slice(0, -1), { name: 'Second' });
    const first = (await (await ask(`${list}?limit=1&ordering=name`)).json()) as { next: string };
    expect(first.next.startsWith(`${list}?ordering=name&cursor=`)).toBe(true);
    expect(await (await ask(first.next)).json()).toMatchObject({ results: [{ name: 'Second' }], next: null });
    const removed = await ask(location, { method: 'DELETE' });
    expect([removed.status, await removed.text()]).toEqual([204, '']);
    // Hono's server for Node gives every reply a type.
    if (name !== 'Hono') expect(removed.headers.get('content-type')).toBeNull();
    await expectProblem(ask(location), 404, 'not_found');
  });

  test('documentation knows the base path', async () => {
    const document = (await (await ask(`${basePath}/api/openapi.json`)).json()) as { servers: unknown };
    expect(document.servers).toEqual([{ url: basePath || '/' }]);
    const page = await (await ask(`${basePath}/api/docs`)).text();
    const links = [...page.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path as string);
    expect(links.length).toBeGreaterThan(2);
    for (const path of links) expect([path, (await ask(path)).status]).toEqual([path, 200]);
  });

  test('refusals are problems', async () => {
    const json = { 'content-type': 'application/json' };
    await expectProblem(ask(list, { method: 'POST', body: '{"name":', headers: json }), 400, 'invalid_json');
    await expectProblem(
      ask(list, { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } }),
      415,
      'unsupported_media_type',
    );
    await expectProblem(
      ask(list, { method: 'POST', body: '{}', headers: { 'content-type': 'garbage' } }),
      415,
      'unsupported_media_type',
    );
    await expectProblem(
      ask(list, { method: 'POST', body: '{}', headers: { ...json, authorization: '' } }),
      401,
      'unauthenticated',
    );
    await expectProblem(ask(`${list}?all=wrong`), 400, 'invalid_input');
    await expectProblem(ask(`${list}?ordering=%ff`), 400, 'invalid_url');
    await expectProblem(ask(`${list}${'x'.repeat(200)}/`), 404, 'not_found');
    await expectProblem(ask(`${list}a%00b/`), 404, 'not_found');
    if (name !== 'Express') await expectProblem(ask(`${basePath}/nothing`), 404, 'not_found');
    const refused = await expectProblem(ask(`${list}x/`, { method: 'POST' }), 405, 'method_not_allowed');
    expect(refused.headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, PUT');
    expect(log).toEqual([]);
  });

  test('malformed percent-encoding is a 400', async () => {
    const reply = await ask(`${list}%zz/`);
    expect(reply.status).toBe(400);
    // The host's router refuses it before any plugin sees it.
    if (name !== 'Fastify plugin') expect(await reply.json()).toMatchObject({ code: 'invalid_url' });
  });

  test('HEAD, OPTIONS and preflight', async () => {
    const [got, head] = [await ask(`${basePath}/slow`), await ask(`${basePath}/slow`, { method: 'HEAD' })];
    expect(await got.json()).toEqual({ path: `${basePath}/slow` });
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([
      200,
      '',
      got.headers.get('content-length'),
    ]);
    for (const path of ['/events', '/file']) expect(await (await ask(basePath + path, { method: 'HEAD' })).text()).toBe('');
    const sized = await ask(`${basePath}/sized`, { method: 'HEAD' });
    expect([sized.status, sized.headers.get('content-length')]).toEqual([200, '1234']);
    expect(await (await ask(`${basePath}/sized`)).text()).toBe('a{}');
    const headers = { origin: ORIGIN, 'access-control-request-method': 'POST' };
    const preflight = await ask(`${basePath}/file/`, { method: 'OPTIONS', headers });
    expect([preflight.status, preflight.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    const foreign = await ask(`${basePath}/slow/`, { method: 'OPTIONS', headers });
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([204, null]);
  });

  test('a body is taken up to the limit, whether or not it says its length', async () => {
    const send = (body: NonNullable<RequestInit['body']>) =>
      ask(`${basePath}/file`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/octet-stream' },
        duplex: 'half',
      } as RequestInit);
    const streamed = (size: number) => new Blob([Buffer.alloc(size)]).stream();
    expect(await (await send(Buffer.alloc(100_000))).json()).toEqual({ size: 100_000 });
    expect(await (await send(streamed(100_000))).json()).toEqual({ size: 100_000 });
    expect(await (await send('')).json()).toEqual({ size: 0 });
    await expectProblem(send(Buffer.alloc(100_001)), 413, 'payload_too_large');
    expect(await statusOfChunked(host.port, `${basePath}/file`, 100_001)).toBe(413);
    expect((await ask(`${basePath}/slow`)).status).toBe(200);
  });

  test('streams of bytes arrive whole, or visibly broken', async () => {
    const reply = await ask(`${basePath}/file`);
    expect([reply.headers.get('content-type'), (await reply.text()).length]).toEqual(['application/octet-stream', 1_000_000]);
    const bytes = await ask(`${basePath}/file`, { headers: { 'x-bytes': '1' } });
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([0, 255]);
    await expect(ask(`${basePath}/file`, { headers: { 'x-break': '1' } }).then((broken) => broken.text())).rejects.toThrow();
  });

  test('nothing of a stream is made for HEAD', async () => {
    const before = made;
    const head = await ask(`${basePath}/file`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(made).toBe(before);
  });

  test('what a view varies by comes beside what its reply varies by in any case', async () => {
    const ofHost = hasHost && name !== 'Hono' ? ['X-Host'] : [];
    const varyOf = async (path: string, init?: RequestInit) =>
      (await ask(basePath + path, init)).headers
        .get('vary')
        ?.split(', ')
        .sort((a, b) => a.localeCompare(b));
    expect(await varyOf('/sized')).toEqual(['Accept-Encoding', 'origin', ...ofHost]);
    expect(await varyOf('/sized', { method: 'POST' })).toEqual(['Accept-Language', 'Origin', ...ofHost]);
    expect(await varyOf('/file')).toEqual(['Origin', ...ofHost]);
    expect(await varyOf('/events', { headers: { origin: ORIGIN } })).toEqual(['Origin', ...ofHost]);
  });

  test('events go on after the last one', async () => {
    const whole = await ask(`${basePath}/events`);
    expect(whole.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await whole.text()).toBe([1, 2, 3].map((id) => `id: ${id}\nevent: step\ndata: ${id}\n\n`).join(''));
    const rest = await ask(`${basePath}/events/?last_event_id=2`);
    expect(await rest.text()).toBe('id: 3\nevent: step\ndata: 3\n\n');
    await expectProblem(ask(`${basePath}/events`, { headers: { 'last-event-id': 'x' } }), 400, 'invalid_input');
  });

  test.each(['/events', '/slow'])('a client that goes away stops %s', async (path) => {
    const controller = new AbortController();
    const traceId = crypto.randomUUID();
    const reply = ask(basePath + path, { headers: { 'x-stay': '1', 'x-trace-id': traceId }, signal: controller.signal });
    if (path === '/events') await (await reply).body?.getReader().read();
    else await new Promise((resolve) => setTimeout(resolve, 100));
    controller.abort();
    await expect(path === '/slow' ? reply : Promise.reject(new Error())).rejects.toThrow();
    await expect.poll(() => stopped.includes(traceId), { timeout: 5_000 }).toBe(true);
  });

  test('parallel requests keep to themselves', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `trace-${index}`);
    const replies = await Promise.all(ids.map((id) => ask(`${basePath}/slow?`, { headers: { 'x-trace-id': id } })));
    expect(replies.map((reply) => reply.headers.get('x-trace-id'))).toEqual(ids);
  });

  if (hasHost)
    test('the host keeps what is its own', async () => {
      expect(await (await ask('/own')).text()).toBe('host');
      if (name === 'Fastify plugin') {
        expect([(await ask('/own/error')).status, (await ask('/none')).status, await (await ask('/none')).text()]).toEqual([
          418,
          404,
          'host',
        ]);
      }
      if (name === 'Express') expect(await (await ask('/automate/own')).text()).toBe('host');
    });

  test('closing ends event streams', async () => {
    const other = await start(api);
    const traceId = crypto.randomUUID();
    const headers = { ...as('alice'), 'x-stay': '1', 'x-trace-id': traceId };
    const reply = await fetch(`http://127.0.0.1:${other.port}${basePath}/events`, { headers });
    const text = reply.text();
    await other.close();
    expect(await text).toContain('id: 3');
    expect(stopped).toContain(traceId);
  });
});

/** The status a chunked upload gets when it is sent as long as the server takes it. */
function statusOfChunked(port: number, path: string, size: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer alice\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n`;
    socket.write(`${head}${size.toString(16)}\r\n`);
    // The last chunk never comes: who waits for the whole body would not answer.
    socket.write(Buffer.alloc(size));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString('latin1'))?.[1]));
    });
    socket.once('error', reject);
  });
}

describe('a mount that cannot work', () => {
  const { api } = createTestApi(router, { basePath: '/automate' });

  test('a prefix that is not the base path stops the start', async () => {
    await expect(Fastify().register(fastifyPlugin(api), { prefix: '/other' })).rejects.toThrow('base path "/automate"');
    expect(() => createTestApi(router, { basePath: '/a/{b}' })).toThrow('plain segments');
  });

  test('Express with another mount, or with the body read before us, is told what to change', async () => {
    const app = express();
    app.use('/other', createNodeHandler(api));
    app.use(express.json()).use('/automate', createNodeHandler(api));
    app.use((error: Error, _request: unknown, response: { end(text: string): void }, _next: unknown) =>
      response.end(error.message),
    );
    const { port, close } = await listen(app, () => undefined);
    expect(await (await fetch(`http://127.0.0.1:${port}/other/slow`)).text()).toContain("basePath: '/other'");
    const headers = { ...as('alice'), 'content-type': 'application/json' };
    const read = await fetch(`http://127.0.0.1:${port}/automate/api/v1/workflows`, {
      method: 'POST',
      body: '{"name":"x"}',
      headers,
    });
    expect([read.status, await read.json()]).toEqual([
      500,
      expect.objectContaining({ code: 'body_consumed', detail: expect.stringContaining('express.json()') }),
    ]);
    await close();
  });

  test('a fetch handler needs no server, and a body without a length still needs a type', async () => {
    const handler = createFetchHandler(api);
    const url = 'http://host/automate/api/v1/workflows';
    const untyped = new Request(url, { method: 'POST', body: '{"name":"x"}', headers: as('alice') });
    expect((await handler(untyped)).status).toBe(415);
    const typed = new Request(url, {
      method: 'POST',
      body: '{"name":"x"}',
      headers: { ...as('alice'), 'content-type': 'application/json' },
    });
    expect((await handler(typed)).status).toBe(201);
    expect((await handler(new Request('http://host/api/v1/workflows', { headers: as('alice') }))).status).toBe(404);
    const events = await handler(
      new Request('http://host/automate/events', { headers: { ...as('alice'), 'x-stay': '1', 'x-trace-id': 'cancelled' } }),
    );
    const reader = events.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await expect.poll(() => stopped.includes('cancelled')).toBe(true);
  });
});
