import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutbound, type Outbound } from './outbound.ts';
import { createResolver } from './resolve.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let handler: Handler = (_request, response) => response.end();
let origin = '';
let outbound: Outbound;
const server = createServer((request, response) => handler(request, response));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  outbound = createOutbound({
    policy: { allowHosts: [`127.0.0.1:${port}`, `shop.test:${port}`] },
    resolve: async () => ['127.0.0.1'],
  });
});
afterAll(async () => {
  await outbound.close();
  server.closeAllConnections();
  server.close();
});

describe('request', () => {
  it('sends method, headers and body and reads the reply', async () => {
    handler = async (request, response) => {
      const body = (await request.toArray()) as Buffer[];
      response.writeHead(201, { 'x-method': request.method, 'x-key': request.headers['x-key'] });
      response.end(`got ${Buffer.concat(body)}`);
    };
    const reply = await outbound.request({ url: `${origin}/a?b=1`, method: 'post', headers: { 'X-Key': 'k' }, body: 'hello' });
    expect(reply).toMatchObject({ status: 201, headers: { 'x-method': 'POST', 'x-key': 'k' }, url: `${origin}/a?b=1` });
    expect(reply.body.toString()).toBe('got hello');
  });

  it('undoes gzip and stops a gzip bomb', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(50_000_000)));
    };
    await expect(outbound.request({ url: origin })).rejects.toMatchObject({ code: 'outbound_too_large' });
    handler = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('small'));
    expect((await outbound.request({ url: origin })).body.toString()).toBe('small');
  });

  it('stops a body that is larger than the cap, declared or not', async () => {
    handler = (_request, response) => response.end(Buffer.alloc(5_000));
    await expect(outbound.request({ url: origin, maxBytes: 4_999 })).rejects.toMatchObject({ code: 'outbound_too_large' });
    handler = (_request, response) => {
      const more = () => !response.destroyed && response.write(Buffer.alloc(65_536), () => setImmediate(more));
      more();
    };
    await expect(outbound.request({ url: origin, maxBytes: 1e6 })).rejects.toMatchObject({ code: 'outbound_too_large' });
    handler = (_request, response) => response.writeHead(200, { 'x-big': 'x'.repeat(70_000) }).end();
    await expect(outbound.request({ url: origin })).rejects.toMatchObject({ code: 'outbound_too_large' });
  });

  it('ends at its deadline: no headers, a dripping body, a slow look-up', async () => {
    handler = () => {};
    await expect(outbound.request({ url: origin, timeoutMs: 60 })).rejects.toMatchObject({ code: 'outbound_timeout' });
    handler = (_request, response) => {
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(timer));
    };
    await expect(outbound.request({ url: origin, timeoutMs: 80 })).rejects.toMatchObject({ code: 'outbound_timeout' });
    const slow = createOutbound({ resolve: () => new Promise(() => {}) });
    await expect(slow.request({ url: 'https://example.com/', timeoutMs: 40 })).rejects.toMatchObject({
      code: 'outbound_timeout',
    });
  });

  it('ends when its caller aborts, and closes the connection', async () => {
    const controller = new AbortController();
    const closed = new Promise((resolve) => {
      handler = (request) => {
        request.socket.once('close', resolve);
        controller.abort();
      };
    });
    await expect(outbound.request({ url: origin, signal: controller.signal })).rejects.toMatchObject({
      code: 'outbound_aborted',
    });
    await closed;
    await expect(outbound.request({ url: origin, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'outbound_aborted',
    });
  });

  it('names a failure without the address behind the name', async () => {
    handler = (request) => request.socket.destroy();
    const url = origin.replace('127.0.0.1', 'shop.test');
    const error = await outbound.request({ url }).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'outbound_failed', status: 502 });
    expect(error.message).toContain('shop.test');
    expect(error.message).not.toContain('127.0.0.1');
  });

  it('refuses what is not allow-listed, other ports of an allow-listed host too', async () => {
    await expect(outbound.request({ url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({
      code: 'outbound_refused',
      status: 400,
    });
    await expect(outbound.check('http://[::1]/')).rejects.toMatchObject({ code: 'outbound_refused' });
    await expect(outbound.check(origin)).resolves.toBeUndefined();
  });

  it.each(['CONNECT', 'TRACE', 'GET / HTTP/1.1'])('refuses the method %s', async (method) => {
    await expect(outbound.request({ url: origin, method })).rejects.toMatchObject({ code: 'outbound_refused' });
  });
});

describe('redirects', () => {
  it('drops what may be a credential on the way to another origin, and keeps it on the way to the same', async () => {
    const seen: IncomingMessage['headers'][] = [];
    handler = (request, response) => {
      seen.push(request.headers);
      const other = `${origin.replace('127.0.0.1', 'shop.test')}/end`;
      const location = { '/': '/same', '/same': other }[request.url ?? ''];
      response.writeHead(location ? 307 : 200, location ? { location } : {}).end();
    };
    const headers = { authorization: 'Bearer a', cookie: 'b', 'x-api-key': 'c', accept: 'text/plain' };
    const { url } = await outbound.request({ url: `${origin}/`, headers });
    expect(url).toContain('shop.test');
    expect(seen[1]).toMatchObject(headers);
    expect(seen[2]).not.toHaveProperty('authorization');
    expect(seen[2]).not.toHaveProperty('cookie');
    expect(seen[2]).not.toHaveProperty('x-api-key');
    expect(seen[2]).toHaveProperty('accept', 'text/plain');
  });

  it('turns POST into GET on 303 and hands the 3xx back when told to', async () => {
    const methods: unknown[] = [];
    handler = (request, response) => {
      methods.push(request.method, request.headers['content-type']);
      response.writeHead(request.url === '/' ? 303 : 200, { location: '/next' }).end();
    };
    const post = { url: `${origin}/`, method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' };
    await outbound.request(post);
    expect(methods).toEqual(['POST', 'text/plain', 'GET', undefined]);
    expect((await outbound.request({ ...post, followRedirects: false })).status).toBe(303);
  });

  it('stops a circle and a chain that is too long', async () => {
    handler = (request, response) => response.writeHead(302, { location: request.url }).end();
    await expect(outbound.request({ url: origin })).rejects.toMatchObject({ code: 'outbound_too_many_redirects' });
    handler = (request, response) => response.writeHead(302, { location: `${request.url}x` }).end();
    await expect(outbound.request({ url: origin })).rejects.toMatchObject({ code: 'outbound_too_many_redirects' });
  });
});

describe('stream', () => {
  it('hands out pieces as they arrive and keeps cap and deadline', async () => {
    handler = (_request, response) => {
      response.write('one');
      setTimeout(() => response.end('two'), 20);
    };
    const { body } = await outbound.stream({ url: origin });
    expect((await body.toArray()).map(String)).toEqual(['one', 'two']);

    handler = (_request, response) => response.write('one');
    const endless = await outbound.stream({ url: origin, timeoutMs: 60 });
    await expect(endless.body.toArray()).rejects.toMatchObject({ code: 'outbound_timeout' });
  });

  it('closes the connection when the reader leaves', async () => {
    const closed = new Promise((resolve) => {
      handler = (request, response) => {
        request.socket.once('close', resolve);
        response.write('one');
      };
    });
    const { body } = await outbound.stream({ url: origin });
    body.destroy();
    await closed;
  });
});

describe('settings', () => {
  it.each(['*', 'a b', 'http://x', '10.0.0.0/33', 'x:0', 'x:99999'])('refuses the allow-list entry %s at start', (entry) => {
    expect(() => createOutbound({ policy: { allowHosts: [entry] } })).toThrow(/neither host/);
  });

  it('takes addresses in any spelling', async () => {
    const open = createOutbound({ policy: { allowHosts: ['[0:0::1]:8080', 'fd00::/8', '10.1.0.0/16'] } });
    await open.check('http://[::1]:8080/');
    await open.check('http://[fd12::1]/');
    await open.check('http://10.1.2.3/');
    await expect(open.check('http://10.2.2.3/')).rejects.toMatchObject({ code: 'outbound_refused' });
  });

  it('looks listed names up in local sources', async () => {
    expect(await createResolver()('localhost', { isLocal: true })).toContain('127.0.0.1');
  });
});
