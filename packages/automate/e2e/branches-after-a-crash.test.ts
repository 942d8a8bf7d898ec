import { expect, it } from 'vitest';
import { createTestDatabase, databaseKinds } from '../src/testing/index.ts';
import { type Execution, eventually } from './support/executions.ts';
import { callOf, edge, log, nap, once, set, wait } from './support/graphs.ts';
import { createScriptedSink } from './support/scripted-sink.ts';
import { startServerProcess } from './support/server-process.ts';

it.each(databaseKinds)('races, limits and retries of loops go on where they stood after kill -9 on %s', async (kind) => {
  const database = await createTestDatabase(kind);
  const sink = await createScriptedSink();
  const call = callOf(sink);
  const environment = {
    AUTOMATE_BOOTSTRAP_TOKEN: 'a-token-that-only-tests-use-0123456789',
    AUTOMATE_LEASE_SECONDS: '3',
    AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host,
  };
  let server = await startServerProcess(database, environment);
  try {
    const started = async (nodes: object[], edges: object[] = [], more: object = {}) => {
      const made = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
        name: 'x',
        graph: { nodes, edges },
        ...more,
      });
      expect(made.status).toBe(201);
      return (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${made.body.id}/run/`, {})).body
        .execution_id;
    };
    const get = async (id: string) => (await server.call<Execution>('GET', `/api/v1/executions/${id}/`)).body;
    const endOf = (id: string) =>
      eventually(
        () => get(id),
        ({ finished_at }) => finished_at !== null,
        60_000,
      );
    const stepOf = ({ steps }: Execution, path: string) => steps.filter(({ node }) => node === path);
    const graph = (nodes: object[], edges: object[] = []) => ({ nodes, edges });

    await server.call('POST', '/api/v1/workflows/', { name: 'Sleeper', slug: 'sleeper', graph: graph([nap('nap', 600)]) });
    // Decided before the crash, with one branch that runs, one that waits, and one that has done something.
    const race = await started(
      [
        call('done', '/race-done'),
        wait('answer'),
        call('hang', '/hang-race'),
        nap('timer', 3),
        set('join', { ok: true }, { join: 'first_success' }),
        nap('on', 4),
        log('last'),
      ],
      [
        edge('done', 'answer'),
        edge('answer', 'join'),
        edge('hang', 'join'),
        edge('timer', 'join'),
        edge('join', 'on'),
        edge('on', 'last'),
      ],
    );
    // Not decided before the crash.
    const open = await started(
      [nap('timer', 5), wait('answer'), set('join', { ok: true }, { join: 'any', cancel_losers: true })],
      [edge('timer', 'join'), edge('answer', 'join')],
    );
    const limit = await started([
      {
        id: 'group',
        type: 'flow.group',
        timeout_seconds: 6,
        config: {
          body: graph([{ id: 'child', type: 'workflow.run', config: { workflow: 'sleeper' } }, call('hang', '/hang-limit')]),
        },
      },
    ]);
    const retried = await started([
      {
        id: 'loop',
        type: 'flow.foreach',
        retry: { attempts: 3, initial_seconds: 5, jitter: false, backoff: 'fixed' },
        config: {
          items: ['a', 'b', 'c', '500'],
          body: graph([call('first', '/first-{{ item }}'), call('call', '/{{ item }}-once', once)], [edge('first', 'call')]),
        },
      },
    ]);
    await eventually(
      () => get(race),
      (execution) => stepOf(execution, 'on')[0]?.status === 'waiting',
    );
    await eventually(
      () => get(open),
      ({ status }) => status === 'waiting',
    );
    await eventually(
      () => get(retried),
      (execution) => stepOf(execution, 'loop')[0]?.status === 'retrying',
    );
    await eventually(async () => sink.calls.some(({ path }) => path === '/hang-limit'), Boolean);
    const children = async () =>
      (await server.call<{ results: Execution[] }>('GET', `/api/v1/executions/?parent_execution_id=${limit}`)).body.results;
    await eventually(children, (all) => all.length === 1 && all[0]?.status === 'waiting');
    await server.kill();
    server = await startServerProcess(database, environment);

    const raced = await endOf(race);
    expect(raced.status).toBe('succeeded');
    expect(raced.steps.map(({ node, status }) => `${node} ${status}`).toSorted()).toEqual([
      'answer cancelled',
      'done succeeded',
      'hang cancelled',
      'join succeeded',
      'last succeeded',
      'on succeeded',
      'timer succeeded',
    ]);
    expect(sink.calls.filter(({ path }) => path === '/race-done')).toHaveLength(1);
    expect(await endOf(open)).toMatchObject({ status: 'succeeded', output: { ok: true } });

    const late = await endOf(limit);
    expect(late).toMatchObject({ status: 'failed', error: { code: 'step_timeout', node: 'group' } });
    const took = Date.parse(late.finished_at ?? '') - Date.parse(late.started_at ?? '');
    expect(took).toBeGreaterThan(5_900);
    expect((await eventually(children, ([child]) => child?.finished_at !== null))[0]?.status).toBe('cancelled');

    const again = await endOf(retried);
    expect(again.status).toBe('succeeded');
    expect(stepOf(again, 'loop')[0]?.attempts).toBe(2);
    const counts = ['/first-a', '/a-once', '/first-500', '/500-once'].map(
      (path) => sink.calls.filter((made) => made.path === path).length,
    );
    expect(counts).toEqual([1, 1, 1, 2]);
  } finally {
    await server.kill();
    await sink.close();
    await database.dispose();
  }
});
