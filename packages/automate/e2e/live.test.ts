import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, waitForExecution } from './support/executions.ts';
import { sized } from './support/lanes.ts';
import { type ServerProcess, startServerProcess, startWorkerProcess, type WorkerProcess } from './support/server-process.ts';

interface Event {
  readonly id: number;
  readonly event: string;
  readonly data: { node: string; iteration: number; status: string; state: string };
}

const weighed = new URL('fixtures/weighed.ts', import.meta.url).href;
const STALL_SECONDS = 3;
/** That take nothing of what they asked for, 9 MB each. */
const READERS = sized(60, 200);

/** On PostgreSQL two API processes and a worker, each a process of its own; on PGlite all in one. */
describe.each(databaseKinds)('live updates on %s', (kind) => {
  let server: TestServer;
  let other: ServerProcess | undefined;
  let worker: WorkerProcess | undefined;

  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: kind === 'pglite' });
    if (kind === 'pglite') return;
    other = await startServerProcess(
      server.database,
      { AUTOMATE_BOOTSTRAP_TOKEN: server.token, AUTOMATE_API_STREAM_STALL_SECONDS: String(STALL_SECONDS) },
      ['serve'],
      { nodeOptions: ['--expose-gc', '--import', weighed] },
    );
    worker = await startWorkerProcess(server.database);
  });
  afterAll(async () => {
    await worker?.kill();
    await other?.kill();
    await server?.close();
  });

  const hosts = () => [server.url, other?.url ?? server.url];

  /** The events of a stream until it ends, or until there are so many. */
  async function read(host: string, path: string, after = 0, most = Number.POSITIVE_INFINITY): Promise<Event[]> {
    const stop = new AbortController();
    const headers = { authorization: `Bearer ${server.token}`, 'last-event-id': String(after) };
    const reply = await fetch(new URL(path, host), { headers, signal: stop.signal });
    expect(reply.status).toBe(200);
    let text = '';
    let events: Event[] = [];
    const decoder = new TextDecoder();
    for await (const chunk of reply.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      events = eventsIn(text);
      if (events.length >= most) break;
    }
    stop.abort();
    return events.slice(0, most);
  }

  const start = async (id: string, input: object = {}) =>
    (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input })).body.execution_id;

  /** @param seconds how long it sleeps: a stream that is opened at once, at a process that has answered nothing yet, finds it asleep */
  const chain = (seconds = 1) =>
    createWorkflow(
      server,
      [
        { id: 'first', type: 'core.log', config: { message: 'x' } },
        { id: 'nap', type: 'core.sleep', config: { seconds } },
        { id: 'each', type: 'flow.foreach', config: { items: '{{ event.payload.items }}', body: body() } },
      ],
      [
        { source: 'first', target: 'nap' },
        { source: 'nap', target: 'each' },
      ],
    );
  const body = () => ({ nodes: [{ id: 'say', type: 'core.set', config: { values: { n: '{{ item }}' } } }], edges: [] });
  const items = Array.from({ length: 15 }, (_, index) => index);

  /** What a follower has seen: ids that grow, the last state of every step, and the end as the last word. */
  function requireWhole(events: readonly Event[], execution: Execution): void {
    const ids = events.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    const steps = events.filter(({ event }) => event === 'step').map(({ id, data }) => ({ seq: id, ...data }));
    const last = new Map(steps.map(({ seq, node, iteration, status }) => [`${node} ${iteration}`, [seq, status]]));
    expect(last).toEqual(
      new Map(execution.steps.map(({ node, iteration, seq, status }) => [`${node} ${iteration}`, [seq, status]])),
    );
    expect(events.at(-1)).toMatchObject({ event: 'execution', data: { status: 'succeeded' } });
    expect(events.filter(({ event }) => event === 'execution')).toHaveLength(1);
  }

  it('reach the followers of every process, in order, once', async () => {
    const id = await chain(5);
    const executions = await Promise.all(Array.from({ length: 8 }, () => start(id, { items })));
    const streams = executions.flatMap((execution) =>
      hosts().map((host) => ({ execution, events: read(host, `/api/v1/executions/${execution}/events/`) })),
    );
    for (const { execution, events } of streams) {
      requireWhole(await events, await waitForExecution(server, execution));
      const sleeping = (await events).filter(({ data }) => data.node === 'nap').map(({ data }) => data.status);
      expect(sleeping).toEqual(['waiting', 'succeeded']);
    }
  });

  it('are taken up again at another process, without loss and without repetition', async () => {
    const execution = await start(await chain(), { items });
    const path = `/api/v1/executions/${execution}/events/`;
    const [one = '', two = ''] = hosts();
    const seen: Event[] = [];
    for (let turn = 0; seen.at(-1)?.event !== 'execution'; turn += 1)
      seen.push(...(await read(turn % 2 === 0 ? one : two, path, seen.at(-1)?.id ?? 0, 1 + (turn % 4))));
    requireWhole(seen, await waitForExecution(server, execution));
    expect(await read(one, path, seen.at(-1)?.id)).toEqual([]);
  });

  it('tell of a job too, under ids that count up', async () => {
    const execution = await start(await chain(), { items });
    const path = `/api/v1/jobs/${execution}/events/`;
    const streams = await Promise.all(hosts().map((host) => read(host, path)));
    for (const events of streams) {
      const ids = events.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      expect(events.map(({ data }) => data.state)).toContain('scheduled');
      expect(events.at(-1)?.data.state).toBe('succeeded');
      expect(await read(server.url, path, ids.at(-1))).toEqual([]);
      expect((await read(server.url, path, ids[0])).at(-1)?.id).toBe(ids.at(-1));
    }
  });

  // What a process keeps can only be told from outside of it.
  it.runIf(kind === 'postgres')(
    'cost a bounded memory for readers that take nothing, which are dropped and come back',
    { timeout: 300_000 },
    async () => {
      const { pid, url } = other as ServerProcess;
      const weigh = () => weightOf(other as ServerProcess);
      const large = await createWorkflow(server, [
        {
          id: 'each',
          type: 'flow.foreach',
          config: {
            items: '{{ event.payload.items }}',
            collect: false,
            body: {
              nodes: [{ id: 'big', type: 'core.set', config: { values: { text: '{{ event.payload.text }}' } } }],
              edges: [],
            },
          },
        },
      ]);
      const input = { items: Array.from({ length: 60 }, (_, index) => index), text: randomBytes(75_000).toString('hex') };
      const execution = await waitForExecution(server, await start(large, input), 60_000);
      const path = `/api/v1/executions/${execution.id}/events/`;
      const [before, sockets] = [await weigh(), socketsOf(pid)];
      const readers = Array.from({ length: READERS }, () => openPaused(url, path, server.token));
      await eventually(
        async () => socketsOf(pid),
        (count) => count >= sockets + READERS,
        60_000,
      );
      let most = 0;
      await eventually(
        async () => {
          most = Math.max(most, (await weigh()) - before);
          return socketsOf(pid);
        },
        (count) => count <= sockets + 5,
        200_000,
      );
      expect(most).toBeLessThan(READERS * 3 * 1_048_576);
      const taken = await Promise.all(readers.slice(0, 10).map((socket) => restOf(socket)));
      for (const socket of readers) socket.destroy();
      for (const text of taken) {
        const seen = eventsIn(text.slice(text.indexOf('\r\n\r\n') + 4).replace(/\r\n[0-9a-f]+\r\n|^[0-9a-f]+\r\n/g, ''));
        expect(seen.some(({ event }) => event === 'execution')).toBe(false);
      }
      const seen = await read(url, path, 0, 20);
      seen.push(...(await read(url, path, seen.at(-1)?.id ?? 0)));
      const ids = seen.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      const big = seen.filter(({ data }) => data.node === 'each/big').map(({ data }) => data.iteration);
      expect(big.sort((a, b) => a - b)).toEqual(input.items);
      expect(seen.at(-1)?.event).toBe('execution');
    },
  );
});

function eventsIn(text: string): Event[] {
  return [...text.matchAll(/(?:^|\n)id: (\d+)\nevent: (\w+)\ndata: (.+)\n(?=\n)/g)].map(([, id, event = '', data = '']) => ({
    id: Number(id),
    event,
    data: JSON.parse(data) as Event['data'],
  }));
}

/** Asks for a stream and reads nothing of it. */
function openPaused(url: string, path: string, token: string): Socket {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`);
  return socket;
}

/** What was on its way to a socket that nobody read, until its end. */
async function restOf(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
  return text;
}

/** Bytes of memory that a process has without its garbage, which nobody has taken away yet on a busy machine. */
async function weightOf({ pid, errors }: ServerProcess): Promise<number> {
  const weights = () => [...errors().matchAll(/^weight: (\d+)$/gm)].map(([, bytes]) => Number(bytes));
  const { length } = weights();
  process.kill(pid, 'SIGUSR2');
  const told = await eventually(
    async () => weights(),
    (found) => found.length > length,
  );
  return told[length] as number;
}

function socketsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}
