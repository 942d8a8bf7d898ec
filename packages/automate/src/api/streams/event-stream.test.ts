import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { encodeEvent } from '../http/event-stream.ts';
import {
  ApiRouter,
  BaseAPIView,
  type Context,
  type EventStream,
  eventStream,
  lastEventIdOf,
  SequenceId,
  type StreamEvent,
} from '../index.ts';
import { as, createTestServer } from '../test-support.ts';
import { pumpEvents } from './event-pump.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(source: (signal: AbortSignal, after: number) => AsyncIterable<StreamEvent>) {
  class EventsView extends BaseAPIView {
    static {
      this.describe('get', { produces: 'text/event-stream' });
    }
    get(ctx: Context): EventStream {
      const after = lastEventIdOf(ctx, SequenceId) ?? 0;
      return eventStream((signal) => source(signal, after));
    }
  }
  const { app, log } = createTestServer(new ApiRouter().view('events', EventsView));
  await app.listen({ port: 0, host: '127.0.0.1' });
  closers.push(() => app.close());
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/events/`;
  const get = (init: RequestInit = {}, query = '') =>
    fetch(url + query, { ...init, headers: { ...as('alice'), ...init.headers } });
  return { app, log, get };
}

async function* count(_signal: AbortSignal, after: number): AsyncIterable<StreamEvent> {
  for (let id = after + 1; id <= 3; id += 1) yield { id: String(id), event: 'progress', data: { id } };
}

test('streams events and goes on after the last one', async () => {
  const { get } = await serve(count);
  const whole = await get();
  expect(whole.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(whole.headers.get('cache-control')).toBe('no-store');
  expect(whole.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
  expect(await whole.text()).toBe([1, 2, 3].map((id) => `id: ${id}\nevent: progress\ndata: {"id":${id}}\n\n`).join(''));
  const last = 'id: 3\nevent: progress\ndata: {"id":3}\n\n';
  expect(await (await get({ headers: { 'last-event-id': '2' } })).text()).toBe(last);
  expect(await (await get({}, '?last_event_id=2')).text()).toBe(last);
});

test.each(['9'.repeat(400), 'x', '-1', '1.5'])('a bad Last-Event-ID is a 400: %s', async (id) => {
  const { get } = await serve(count);
  const reply = await get({ headers: { 'last-event-id': id } });
  expect([reply.status, reply.headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
});

test('HEAD answers the headers and ends', async () => {
  const { get } = await serve(count);
  const reply = await get({ method: 'HEAD' });
  expect([reply.status, reply.headers.get('content-type'), await reply.text()]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
    '',
  ]);
});

test('a client that goes away ends the source', async () => {
  const ended = Promise.withResolvers<string>();
  const { get } = await serve(async function* (signal) {
    try {
      yield { event: 'ready', data: 1 };
      await once(signal, 'abort');
      ended.resolve('aborted');
    } finally {
      ended.resolve('returned');
    }
  });
  const controller = new AbortController();
  const reply = await get({ signal: controller.signal });
  await reply.body?.getReader().read();
  controller.abort();
  expect(await ended.promise).toBe('aborted');
});

test('the signal of any request fires when its client goes away, and that is no error', async () => {
  const [started, aborted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  class SlowView extends BaseAPIView {
    static {
      this.describe('post', { status: 204 });
    }
    async post(ctx: Context): Promise<void> {
      started.resolve();
      await once(ctx.request.signal, 'abort');
      aborted.resolve();
      throw new Error('stopped');
    }
  }
  const { app, log } = createTestServer(new ApiRouter().view('slow', SlowView));
  await app.listen({ port: 0, host: '127.0.0.1' });
  closers.push(() => app.close());
  const controller = new AbortController();
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/slow`;
  const reply = fetch(url, { method: 'POST', headers: as('alice'), signal: controller.signal });
  await started.promise;
  controller.abort();
  await expect(reply).rejects.toThrow();
  await aborted.promise;
  expect(log).toEqual([]);
});

test('an error after the start is an event, without detail', async () => {
  const { get, log } = await serve(async function* () {
    yield { event: 'token', data: 'a' };
    throw new Error('secret');
  });
  const body = await (await get()).text();
  expect(body).toMatch(/^event: token\ndata: a\n\nevent: error\ndata: \{"type":"\/api\/problems\/internal",.*\}\n\n$/);
  expect(body).not.toContain('secret');
  expect(String(log[0]?.error)).toContain('secret');
});

test('closing the server ends streams', async () => {
  const { app, get } = await serve(async function* (signal) {
    yield { event: 'ready', data: 1 };
    await once(signal, 'abort');
  });
  const reply = await get();
  const text = reply.text();
  await app.close();
  expect(await text).toBe('event: ready\ndata: 1\n\n');
});

test('an event cannot forge another', () => {
  expect(encodeEvent({ event: 'x', data: 'a\r\nevent: y\rid: 1\nb' })).toBe(
    'event: x\ndata: a\ndata: event: y\ndata: id: 1\ndata: b\n\n',
  );
  expect(() => encodeEvent({ event: 'x\ny', data: 1 })).toThrow(TypeError);
  expect(() => encodeEvent({ id: 'a\nb', event: 'x', data: 1 })).toThrow(TypeError);
});

async function* endless(): AsyncIterable<StreamEvent> {
  for (;;) yield { event: 'x', data: 'y'.repeat(1_000) };
}

test('a reader that takes nothing is dropped, and the source is asked for no more meanwhile', async () => {
  const sink = new PassThrough({ highWaterMark: 10_000 });
  let asked = 0;
  const counted = (async function* () {
    for await (const event of endless()) {
      asked += 1;
      yield event;
    }
  })();
  const { signal } = new AbortController();
  await pumpEvents({ source: counted, sink, signal, describeError: String, stallSeconds: 0.05 });
  expect(sink.destroyed).toBe(true);
  expect(asked).toBeLessThan(30);
});

test('a quiet stream is kept alive by comments', async () => {
  const sink = new PassThrough();
  const controller = new AbortController();
  const source = (async function* (): AsyncIterable<StreamEvent> {
    await once(controller.signal, 'abort');
    yield { event: 'late', data: 1 };
  })();
  const done = pumpEvents({ source, sink, signal: controller.signal, describeError: String, heartbeatSeconds: 0.01 });
  expect(String(await once(sink, 'data'))).toBe(':\n\n');
  controller.abort();
  await done;
  expect(sink.writableEnded).toBe(true);
});
