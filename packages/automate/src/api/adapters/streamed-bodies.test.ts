import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ApiRouter,
  BaseAPIView,
  type Context,
  createFastifyServer,
  createFetchHandler,
  createNodeHandler,
  fastifyPlugin,
} from '../index.ts';
import { as, createTestApi } from '../test-support.ts';

const Counted = z.object({ bytes: z.int(), pieces: z.int(), hasRaw: z.boolean() });
const MOST = 1_000_000;

class CountView extends BaseAPIView {
  static {
    this.describe('post', { consumes: ['*/*'], streamed: true, response: Counted, status: 200 });
  }
  async post(ctx: Context) {
    let [bytes, pieces] = [0, 0];
    for await (const piece of ctx.request.openBody?.() ?? []) {
      bytes += piece.byteLength;
      pieces += 1;
      if (bytes > MOST) return { bytes: -1, pieces, hasRaw: false };
    }
    return { bytes, pieces, hasRaw: ctx.request.rawBody !== undefined };
  }
}

const { api } = createTestApi(new ApiRouter().view('count', CountView, { basename: 'count' }));

type Send = (body: RequestInit['body'], headers?: Record<string, string>) => Promise<Response>;
const hosts: Readonly<Record<string, () => Promise<{ send: Send; close(): Promise<unknown> }>>> = {
  async 'our server'() {
    const app = createFastifyServer(api);
    return { send: sender(await app.listen({ port: 0, host: '127.0.0.1' })), close: () => app.close() };
  },
  async 'a Fastify app'() {
    const app = Fastify();
    await app.register(fastifyPlugin(api));
    return { send: sender(await app.listen({ port: 0, host: '127.0.0.1' })), close: () => app.close() };
  },
  async 'a listener of Node'() {
    const handler = createNodeHandler(api);
    const server = createServer((request, response) => handler(request, response));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const close = () => new Promise((resolve) => void server.close(resolve).closeAllConnections());
    return { send: sender(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), close };
  },
  async 'a function of fetch'() {
    const handler = createFetchHandler(api);
    const send: Send = (body, headers) => handler(new Request('http://x/count/', init(body, headers)));
    return { send, close: () => handler.close() };
  },
};

function init(body: RequestInit['body'], headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { ...as('alice'), ...headers },
    duplex: 'half',
    ...(body !== undefined && { body }),
  } as RequestInit;
}

function sender(url: string): Send {
  return (body, headers) => fetch(new URL('/count/', url), init(body, headers));
}

function streamOf(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(new Uint8Array(Math.min(left, 16_384)));
      left -= 16_384;
    },
  });
}

describe.each(Object.entries(hosts))('a streamed body in %s', (_, start) => {
  let host: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    host = await start();
  });
  afterAll(() => host?.close());

  it('is read as it comes, whatever its type', async () => {
    for (const [body, bytes] of [
      [streamOf(600_000), 600_000],
      ['{"not":"parsed"', 15],
      [undefined, 0],
    ] as const) {
      const reply = await host.send(body, body === undefined ? {} : { 'content-type': 'application/json' });
      expect([reply.status, await reply.json()]).toEqual([200, expect.objectContaining({ bytes, hasRaw: false })]);
    }
  });

  it('may be left unread, and the next request is answered', async () => {
    for (let count = 0; count < 3; count += 1) {
      expect(await (await host.send(new Uint8Array(3_000_000))).json()).toMatchObject({ bytes: -1 });
      expect(await (await host.send('next')).json()).toMatchObject({ bytes: 4 });
    }
  });
});

describe('a streamed body that comes slowly', () => {
  const server = createFastifyServer(api, { requestSeconds: 1 });
  let port: number;
  beforeAll(async () => {
    await server.listen({ port: 0, host: '127.0.0.1' });
    port = (server.server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  const head = `POST /count/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: ${as('alice').authorization}\r\ncontent-length: 25\r\n\r\n`;
  const said = (socket: ReturnType<typeof connect>) =>
    new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (data: Buffer) => {
        text += data.toString('latin1');
      });
      socket.on('error', () => undefined).on('close', () => resolve(text));
    });

  it('is waited for as long as some of it comes', { timeout: 25_000 }, async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(head);
    let left = 25;
    const dripping = setInterval(() => (left-- > 0 ? socket.write('.') : clearInterval(dripping)), 200);
    expect(await said(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"bytes":25/);
  });

  it('is let go when nothing comes', { timeout: 25_000 }, async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${head}abc`);
    expect(await said(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });
});
