import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerEvent } from './event-stream.ts';
import { type LocalServer, type Received, sendJson, startServer, streamOf } from './test-support.ts';

let server: LocalServer | undefined;
afterEach(() => server?.close());

type Reply = (response: ServerResponse, request: Received) => void;

/** A server with one reply for each connection in turn; the last one is for all that follow. */
async function serve(...replies: Reply[]): Promise<LocalServer> {
  server = await startServer((request, response, number) => replies[Math.min(number, replies.length) - 1]?.(response, request));
  return server;
}

const open = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
const block = (id: number, data: unknown = { n: id }) => `id: ${id}\nevent: step\ndata: ${JSON.stringify(data)}\n\n`;
/** Sends, and ends as a server does that has told everything. */
const ended =
  (...texts: string[]): Reply =>
  (response) =>
    open(response).end(texts.join(''));
/** Sends, and breaks the connection. */
const broken =
  (...texts: string[]): Reply =>
  (response) => {
    open(response).write(`:\n\n${texts.join('')}`);
    setTimeout(() => response.destroy(), 20);
  };

async function collect(stream: AsyncIterable<ServerEvent>): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
const ids = (events: readonly ServerEvent[]) => events.map(({ id }) => Number(id));
const askedFrom = () => server?.received.map(({ headers }) => headers['last-event-id']);

describe('a stream of events', () => {
  it('gives name, id and data, JSON or text, and asks for event-stream', async () => {
    const { url } = await serve(ended(block(1), 'data: [DONE]\n\n', 'event: token\ndata: 42\n\n'), ended());
    expect(await collect(streamOf({}, { baseUrl: url })())).toEqual([
      { id: '1', event: 'step', data: { n: 1 }, text: '{"n":1}' },
      { id: '1', event: 'message', data: '[DONE]', text: '[DONE]' },
      { id: '1', event: 'token', data: 42, text: '42' },
    ]);
    expect(server?.received[0]?.headers.accept).toBe('text/event-stream');
  });

  it('connects when it is first asked', async () => {
    const { url, received } = await serve(ended(block(1)), ended());
    const stream = streamOf({}, { baseUrl: url })();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(received).toHaveLength(0);
    await collect(stream);
    expect(received).toHaveLength(2);
  });

  it('goes on behind the last event when the connection breaks', async () => {
    const { url } = await serve(
      broken('retry: 5\n', block(1), block(2)),
      broken(block(3), 'id: 4\ndata: cut o'),
      ended(block(4)),
      ended(),
    );
    expect(ids(await collect(streamOf({}, { baseUrl: url })()))).toEqual([1, 2, 3, 4]);
    expect(askedFrom()).toEqual([undefined, '2', '3', '4']);
  });

  it('starts behind an event that the caller knows', async () => {
    const { url } = await serve(ended(block(8)), ended());
    expect(ids(await collect(streamOf({}, { baseUrl: url })({}, { lastEventId: '7' })))).toEqual([8]);
    expect(askedFrom()).toEqual(['7', '8']);
  });

  it('goes on after a clean end, as of a server that was restarted, until there is nothing more', async () => {
    const { url } = await serve(ended(), ended(block(1)), ended(block(2)), ended());
    expect(ids(await collect(streamOf({}, { baseUrl: url })()))).toEqual([1, 2]);
    expect(askedFrom()).toEqual([undefined, undefined, '1', '2']);
  });

  it('ends with a 204', async () => {
    const { url, received } = await serve(ended(block(1)), (response) => response.writeHead(204).end());
    expect(ids(await collect(streamOf({}, { baseUrl: url })()))).toEqual([1]);
    expect(received).toHaveLength(2);
  });

  it('ends with the connection when the events have no ids, since it would hear all of them again', async () => {
    const { url, received } = await serve(ended('data: 1\n\n', 'data: 2\n\n'));
    expect(await collect(streamOf({}, { baseUrl: url })())).toHaveLength(2);
    expect(received).toHaveLength(1);
  });

  it('tells nothing twice when the server starts again from the first event', async () => {
    const { url, received } = await serve(ended(block(1), block(2)));
    expect(ids(await collect(streamOf({}, { baseUrl: url })()))).toEqual([1, 2]);
    expect(received).toHaveLength(2);
    const again = await serve(broken('retry: 1\n', block(1), block(2)));
    await expect(collect(streamOf({}, { baseUrl: again.url })())).rejects.toMatchObject({ code: 'stream_not_resumable' });
  });

  it('waits for a server that is away', async () => {
    const { url } = await serve(
      broken('retry: 5\n', block(1)),
      (response) => sendJson(response, 503, {}, { 'retry-after': '0' }),
      (response) => response.destroy(),
      ended(block(2)),
      ended(),
    );
    expect(ids(await collect(streamOf({}, { baseUrl: url })()))).toEqual([1, 2]);
  });

  it('gives up when connections break again and again without a new event', async () => {
    const { url, received } = await serve(broken('retry: 1\n', block(1)), broken());
    const seen: number[] = [];
    const follow = async () => {
      for await (const { id } of streamOf({}, { baseUrl: url })({}, { reconnects: 2 })) seen.push(Number(id));
    };
    await expect(follow()).rejects.toMatchObject({ code: 'network_error', operation: 'thing.do' });
    expect([seen, received.length]).toEqual([[1], 3]);
  });

  it('takes a long silence for a broken connection', async () => {
    const silent: Reply = (response) => open(response).write(`retry: 1\n${block(1)}`);
    const { url } = await serve(silent, ended(block(2)), ended());
    expect(ids(await collect(streamOf({}, { baseUrl: url })({}, { idleMs: 50 })))).toEqual([1, 2]);
    const again = await serve(silent);
    const stream = streamOf({}, { baseUrl: again.url })({}, { idleMs: 20, reconnects: 0 });
    await expect(collect(stream)).rejects.toMatchObject({ code: 'stream_stalled' });
  });

  it('ends at once when the caller aborts', async () => {
    const { url } = await serve((response) => open(response).write(block(1)));
    const controller = new AbortController();
    const follow = async () => {
      for await (const _ of streamOf({}, { baseUrl: url })({}, { signal: controller.signal }))
        controller.abort(new Error('enough'));
    };
    await expect(follow()).rejects.toThrow('enough');
  });

  it('closes the connection when the caller breaks off', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const { url } = await serve((response) => {
      response.on('close', resolve);
      open(response).write(block(1));
    });
    for await (const _ of streamOf({}, { baseUrl: url })()) break;
    await closed;
  });

  it('fails with the problem when there is no such stream', async () => {
    const { url, received } = await serve((response) =>
      sendJson(response, 404, { status: 404, code: 'not_found', title: 'Not found' }),
    );
    await expect(collect(streamOf({}, { baseUrl: url })())).rejects.toMatchObject({ status: 404, code: 'not_found' });
    expect(received).toHaveLength(1);
  });

  it('fails when something else comes back', async () => {
    const { url } = await serve((response) => sendJson(response, 200, {}));
    await expect(collect(streamOf({}, { baseUrl: url })())).rejects.toMatchObject({ code: 'invalid_reply' });
  });

  it('goes on after an error event of a source that failed for the moment, and fails with one that will not pass', async () => {
    const problem = (status: number) =>
      `event: error\ndata: ${JSON.stringify({ status, code: 'database_unavailable', detail: 'Away.' })}\n\n`;
    const { url } = await serve(ended('retry: 1\n', block(1), problem(503)), ended(block(2)), ended());
    expect(ids(await collect(streamOf({}, { baseUrl: url })()))).toEqual([1, 2]);
    const gone = await serve(ended(block(1), problem(403)));
    await expect(collect(streamOf({}, { baseUrl: gone.url })())).rejects.toMatchObject({ status: 403, detail: 'Away.' });
    const own = 'id: 2\nevent: error\ndata: {"status":500,"code":"step_failed"}\n\n';
    const told = await serve(ended(block(1), own), ended());
    expect(ids(await collect(streamOf({}, { baseUrl: told.url })()))).toEqual([1, 2]);
  });

  it('of a POST is never asked for twice', async () => {
    const post = { method: 'POST', takes: ['application/json'] };
    const { url, received } = await serve(broken(block(1)));
    await expect(collect(streamOf(post, { baseUrl: url })({ question: '?' }))).rejects.toMatchObject({ code: 'network_error' });
    expect(received).toHaveLength(1);
    const good = await serve(ended(block(1)));
    expect(await collect(streamOf(post, { baseUrl: good.url })({ question: '?' }))).toHaveLength(1);
    expect(good.received.map(({ body }) => body)).toEqual(['{"question":"?"}']);
  });
});
