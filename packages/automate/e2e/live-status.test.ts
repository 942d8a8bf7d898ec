import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually, waitForExecution } from './support/executions.ts';
import { createGatedSink, type GatedSink } from './support/gated-sink.ts';
import { loseJob } from './support/lost-job.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

interface Event {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly id?: string; readonly node?: string; readonly status: string; readonly ending?: string | null };
}

/** What somebody sees who follows an execution. */
interface Follower {
  readonly events: Event[];
  readonly ended: Promise<void>;
}

describe.each(databaseKinds)('the status of an execution, live, on %s', (kind) => {
  let server: TestServer;
  let other: ServerProcess | undefined;
  let sink: GatedSink;

  beforeAll(async () => {
    sink = await createGatedSink();
    const environment = { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, AUTOMATE_LEASE_SECONDS: '2' };
    server = await createTestServer(kind, { environment });
    if (kind === 'pglite') return;
    other = await startServerProcess(server.database, { ...environment, AUTOMATE_BOOTSTRAP_TOKEN: server.token }, ['serve']);
  });
  afterAll(async () => {
    await other?.kill();
    await server?.close();
    await sink?.close();
  });

  const hosts = () => [server.url, other?.url ?? server.url];
  const pathOf = (execution: string) => `/api/v1/executions/${execution}/events/`;

  /** Hands on the events of one connection as they come, until it ends or there were so many. */
  async function connect(host: string, path: string, last: number | undefined, most: number, on: (event: Event) => void) {
    const stop = new AbortController();
    const headers = { authorization: `Bearer ${server.token}`, ...(last !== undefined && { 'last-event-id': String(last) }) };
    const reply = await fetch(new URL(path, host), { headers, signal: stop.signal });
    expect(reply.status).toBe(200);
    let text = '';
    let count = 0;
    for await (const chunk of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const found = eventsIn(text);
      for (const event of found.slice(count, most)) on(event);
      count = found.length;
      if (count >= most) break;
    }
    stop.abort();
  }

  function follow(execution: string, host: string): Follower {
    const events: Event[] = [];
    const ended = connect(host, pathOf(execution), undefined, Number.POSITIVE_INFINITY, (event) => events.push(event));
    return { events, ended };
  }

  /** Leaves after each event, and comes back at the other process. */
  function hop(execution: string): Follower {
    const events: Event[] = [];
    const ended = (async () => {
      for (let turn = 0; events.at(-1)?.event !== 'execution'; turn += 1)
        await connect(hosts()[turn % 2] ?? '', pathOf(execution), events.at(-1)?.id, 1, (event) => events.push(event));
    })();
    return { events, ended };
  }

  const start = async (id: string) =>
    (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, {})).body.execution_id;
  const signal = async (id: string, name: string) =>
    expect((await server.call('POST', `/api/v1/executions/${id}/signal/`, { name })).status).toBe(202);
  const statusOf = async (id: string) => (await server.call<{ status: string }>('GET', `/api/v1/executions/${id}/`)).body.status;
  const statusesOf = ({ events }: Follower) =>
    events.flatMap(({ event, data }) => (event === 'step' ? [] : [`${event} ${data.status}`]));
  const wait = (name: string) => ({ id: name, type: 'core.wait_for_signal', config: { name } });
  const call = { id: 'call', type: 'http.request', config: { method: 'POST', url: '', timeout_seconds: 100 } };
  const called = () =>
    eventually(
      async () => sink.waiting(),
      (count) => count > 0,
    );
  const workflow = (extra: object = {}) =>
    createWorkflow(
      server,
      [wait('go'), { ...call, config: { ...call.config, url: `${sink.url}/${kind}` } }, wait('end')],
      [
        { source: 'go', target: 'call' },
        { source: 'call', target: 'end' },
      ],
      extra,
    );

  it('is told whenever it changes, at every process, once, also to who comes back', async () => {
    const id = await workflow({ settings: { concurrency: { limit: 1 } } });
    const first = await start(id);
    await eventually(
      () => statusOf(first),
      (status) => status === 'waiting',
    );
    const execution = await start(id);
    const followers = [...hosts().map((host) => follow(execution, host)), hop(execution)];
    const seen: string[] = [];
    /** The status as all followers have it, and as it is shown. */
    async function reaches(status: string): Promise<void> {
      seen.push(`status ${status}`);
      await eventually(
        async () => followers.map(statusesOf),
        (all) => all.every((each) => each.length >= seen.length),
      );
      for (const follower of followers) expect(statusesOf(follower)).toEqual(seen);
      expect(await statusOf(execution)).toBe(status);
    }
    await reaches('queued');
    await server.call('POST', `/api/v1/executions/${first}/cancel/`);
    await reaches('waiting');
    await signal(execution, 'go');
    await reaches('running');
    sink.release();
    await reaches('waiting');
    await signal(execution, 'end');
    await Promise.all(followers.map(({ ended }) => ended));
    const ended = await waitForExecution(server, execution);
    for (const follower of followers) {
      expect(statusesOf(follower)).toEqual([...seen, 'execution succeeded']);
      const ids = follower.events.map((event) => event.id);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      const steps = follower.events.filter(({ event }) => event === 'step');
      for (const { node, seq, status } of ended.steps)
        expect(steps.findLast(({ data }) => data.node === node)).toMatchObject({ id: seq, data: { status } });
      expect(follower.events[0]).toEqual({
        id: 0,
        event: 'status',
        data: { id: execution, status: 'queued', ending: null, started_at: null },
      });
    }
    const late = follow(execution, server.url);
    await late.ended;
    expect(statusesOf(late)).toEqual(['execution succeeded']);
    expect(late.events.at(-1)?.id).toBe(followers[0]?.events.at(-1)?.id);
    const again: Event[] = [];
    await connect(server.url, pathOf(execution), late.events.at(-1)?.id, 1, (event) => again.push(event));
    expect(again).toEqual([]);
  });

  it('comes with the steps that wait and are tried again, in their order', async () => {
    const retry = { attempts: 2, initial_seconds: 1, jitter: false };
    const url = `${sink.url}/${kind}`;
    const id = await createWorkflow(server, [{ ...call, retry, config: { ...call.config, url } }]);
    const follower = follow(await start(id), hosts()[1] ?? '');
    for (let tries = 0; tries < 2; tries += 1) {
      await called();
      sink.release({ status: 503 });
    }
    await follower.ended;
    const told = follower.events.map(({ event, data }) => `${event} ${data.status}`).filter((each) => !each.endsWith(' running'));
    expect(told.slice(told.indexOf('step retrying'))).toEqual([
      'step retrying',
      'status waiting',
      'step failed',
      'execution failed',
    ]);
  });

  it('goes on behind the end of one that is tried again', async () => {
    const execution = await start(await workflow());
    const before = follow(execution, server.url);
    await eventually(
      async () => statusesOf(before),
      (all) => all.at(-1) === 'status waiting',
    );
    await loseJob(server.automate.db, execution);
    await before.ended;
    expect(statusesOf(before).at(-1)).toBe('execution failed');
    expect((await server.call('POST', `/api/v1/jobs/${execution}/redrive/`)).status).toBe(202);
    const after: Event[] = [];
    const ended = connect(hosts()[1] ?? '', pathOf(execution), before.events.at(-1)?.id, 100, (event) => after.push(event));
    await signal(execution, 'go');
    await called();
    sink.release();
    await signal(execution, 'end');
    await ended;
    expect(after.at(-1)).toMatchObject({ event: 'execution', data: { status: 'succeeded' } });
    const steps = (await waitForExecution(server, execution)).steps.map(({ node }) => node);
    expect(new Set(after.flatMap(({ event, data }) => (event === 'step' ? [data.node] : [])))).toEqual(new Set(steps));
    const ids = [...before.events, ...after].map((event) => event.id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });
});

function eventsIn(text: string): Event[] {
  return [...text.matchAll(/(?:^|\n)id: (\d+)\nevent: (\w+)\ndata: (.+)\n(?=\n)/g)].map(([, id, event = '', data = '']) => ({
    id: Number(id),
    event,
    data: JSON.parse(data) as Event['data'],
  }));
}
