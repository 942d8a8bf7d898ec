import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { callOf, edge, handleOf, log, nap, once, set, wait } from './support/graphs.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';

describe.each(databaseKinds)('limits and groups on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;
  let does: ReturnType<typeof handleOf>;
  let call: ReturnType<typeof callOf>;

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await createTestServer(kind, {
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, AUTOMATE_LEASE_SECONDS: '3' },
    });
    does = handleOf(server);
    call = callOf(sink);
    await createWorkflow(server, [nap('nap', 600)], [], { slug: `sleeper-${kind}` });
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  type Node = { id: string; type: string };
  const graph = (nodes: object[], edges: object[] = []) => ({ nodes, edges });
  const foreach = (items: unknown, body: object, config: object = {}, more: object = {}) => ({
    id: 'loop',
    type: 'flow.foreach',
    config: { items, body, ...config },
    ...more,
  });
  const group = (body: object, more: object = {}) => ({ id: 'group', type: 'flow.group', config: { body }, ...more });
  const again = { attempts: 3, initial_seconds: 0, jitter: false };
  const callsOf = (path: string) => sink.calls.filter((made) => made.path === path).length;

  describe('timeout_seconds', () => {
    /** Of each kind of step, one that would take for ever. */
    const endless: Record<string, () => Node> = {
      'workflow.run': () => ({ id: 'step', type: 'workflow.run', config: { workflow: `sleeper-${kind}` } }) as Node,
      'flow.foreach': () => ({ ...foreach([1, 2], graph([nap('nap', 600)]), { concurrency: 2 }), id: 'step' }),
      'flow.while': () =>
        ({ id: 'step', type: 'flow.while', config: { condition: true, body: graph([nap('nap', 0.05)]) } }) as Node,
      'flow.group': () => ({ ...group(graph([call('hang', `/hang-group-${kind}`)])), id: 'step' }),
      'core.wait_for_signal': () => wait('step'),
      'core.approval': () => ({ id: 'step', type: 'core.approval', config: { title: 'May it?' } }) as Node,
      'core.sleep': () => nap('step', 600),
      'http.request': () => call('step', `/hang-${kind}`),
    };
    for (const [type, step] of Object.entries(endless)) {
      it(`ends a step of the type ${type}, which can lead on`, async () => {
        const nodes = [{ ...step(), timeout_seconds: 0.5, ...once }, set('out', { why: '{{ steps.step.error.code }}' })];
        const execution = await runWorkflow(server, await createWorkflow(server, nodes, [edge('step', 'out', 'error')]));
        expect(execution).toMatchObject({ status: 'succeeded', output: { why: 'step_timeout' } });
        expect(stepsOf(execution).step).toMatchObject({ status: 'failed', resume_at: null });
        for (const inner of execution.steps.filter(({ node }) => node.startsWith('step/')))
          expect(['succeeded', 'cancelled']).toContain(inner.status);
      });
    }

    it('leaves alone what ends in time, and the way out that a step has of its own', async () => {
      const nodes = [
        { ...wait('own'), config: { name: 'own', timeout_seconds: 0.2 }, timeout_seconds: 60 },
        { ...group(graph([nap('nap', 0.1)])), timeout_seconds: 30 },
        log('late'),
      ];
      const execution = await runWorkflow(server, await createWorkflow(server, nodes, [edge('own', 'late', 'timeout')]));
      expect(execution.status).toBe('succeeded');
      expect(stepsOf(execution).late?.status).toBe('succeeded');
    });

    it('holds for a loop whose items wait, and is known after it was taken up again', async () => {
      const nodes = [
        foreach([1, 2, 3], graph([nap('short', 0.1), nap('long', 600)], [edge('short', 'long')]), {}, { timeout_seconds: 1.2 }),
      ];
      const execution = await runWorkflow(server, await createWorkflow(server, nodes));
      expect(execution).toMatchObject({ status: 'failed', error: { code: 'step_timeout', node: 'loop' } });
    });
  });

  describe('retry of a loop or a group', () => {
    it('tries what has not succeeded again, and keeps the rest', async () => {
      const path = (of: string) => `/item-${kind}-${of}`;
      const body = graph(
        [call('before', path('{{ item }}')), call('flaky', '/{{ item }}-once', once)],
        [edge('before', 'flaky')],
      );
      const items = ['a', 'b', '500', 'c', 'd'];
      const execution = await runWorkflow(server, await createWorkflow(server, [foreach(items, body, {}, { retry: again })]));
      expect(execution.status).toBe('succeeded');
      expect(execution.output).toHaveLength(5);
      expect(stepsOf(execution).loop?.attempts).toBe(2);
      expect(items.map((item) => callsOf(path(item)))).toEqual([1, 1, 1, 1, 1]);
      expect(execution.steps).toHaveLength(11);
    });

    it('gives up after the last try, with what failed last', async () => {
      const execution = await runWorkflow(
        server,
        await createWorkflow(server, [group(graph([call('broken', '/503', once)]), { retry: again })]),
      );
      expect(execution).toMatchObject({ status: 'failed', error: { code: 'http_status' } });
      expect(stepsOf(execution).group?.attempts).toBe(3);
    });

    it('tries only after the codes that it names, and never unless it says so', async () => {
      const body = graph([call('broken', '/503', once)]);
      for (const [retry, attempts] of [
        [{ ...again, retry_on: ['step_timeout'] }, 1],
        [{ ...again, retry_on: ['http_status'] }, 3],
        [undefined, 1],
      ] as const) {
        const more = retry && { retry };
        for (const node of [group(body, more), foreach([1], body, {}, more)]) {
          const before = callsOf('/503');
          const execution = await runWorkflow(server, await createWorkflow(server, [node]));
          expect(stepsOf(execution)[node.id]?.attempts).toBe(attempts);
          expect(callsOf('/503') - before).toBe(attempts);
        }
      }
    });

    it('undoes once what was done, in whichever try', async () => {
      const undo = { compensate: { type: 'http.request', config: { method: 'POST', url: `${sink.url}/undo-retry-${kind}` } } };
      const body = graph([call('done', `/done-retry-${kind}`, undo), call('broken', '/503', once)], [edge('done', 'broken')]);
      const execution = await runWorkflow(server, await createWorkflow(server, [group(body, { retry: again })]));
      expect(execution.status).toBe('failed');
      expect([callsOf(`/done-retry-${kind}`), callsOf(`/undo-retry-${kind}`)]).toEqual([1, 1]);
    });

    it('takes up loops within where they are, after pauses on the disk too', async () => {
      const inner = {
        ...foreach('{{ item }}', graph([call('call', '/{{ item }}-once', once)])),
        id: 'inner',
      };
      const outer = foreach(
        [
          ['x1', 'x2'],
          ['x3', '501', 'x4'],
        ],
        graph([inner]),
        {},
        { retry: { ...again, initial_seconds: 0.4 } },
      );
      const execution = await runWorkflow(server, await createWorkflow(server, [outer]));
      expect(execution.status).toBe('succeeded');
      expect((execution.output as unknown[][]).map((list) => list.length)).toEqual([2, 3]);
      expect(['/x1-once', '/x2-once', '/x3-once', '/x4-once', '/501-once'].map(callsOf)).toEqual([1, 1, 1, 1, 2]);
    });

    it('counts its time anew', async () => {
      const node = group(graph([nap('nap', 600)]), { timeout_seconds: 0.3, retry: { ...again, attempts: 2 } });
      const execution = await runWorkflow(server, await createWorkflow(server, [node]));
      expect(execution.error?.code).toBe('step_timeout');
      expect(stepsOf(execution).group?.attempts).toBe(2);
    });
  });

  it('has one way out for all steps of a group, and its output', async () => {
    const fine = await runWorkflow(
      server,
      await createWorkflow(
        server,
        [
          log('before'),
          group(graph([log('a'), set('b', { seen: '{{ steps.before.output.message }}' })], [edge('a', 'b')])),
          set('out', { got: '{{ steps.group.output.seen }}' }),
        ],
        [edge('before', 'group'), edge('group', 'out')],
      ),
    );
    expect(fine.output).toEqual({ got: 'before' });
    expect(Object.keys(stepsOf(fine))).toContain('group/a');
    const caught = await runWorkflow(
      server,
      await createWorkflow(
        server,
        [
          group(graph([call('a', '/500', once), log('b')], [edge('a', 'b')])),
          set('rescue', { why: '{{ steps.group.error.code }}' }),
        ],
        [edge('group', 'rescue', 'error')],
      ),
    );
    expect(caught).toMatchObject({ status: 'succeeded', output: { why: 'http_status' } });
  });

  it('shows in a nested loop what the outer one goes over', async () => {
    const pair = set('pair', {
      outer: '{{ loops.loop.item }}',
      inner: '{{ loops.inner.item }}',
      at: '{{ loops.loop.index }}',
      own: '{{ item }}',
    });
    const inner = { ...foreach(['x', 'y'], graph([pair])), id: 'inner' };
    const execution = await runWorkflow(
      server,
      await createWorkflow(server, [foreach(['a', 'b'], graph([group(graph([inner]))]))]),
    );
    expect(execution.output).toEqual([
      [
        { outer: 'a', inner: 'x', at: 0, own: 'x' },
        { outer: 'a', inner: 'y', at: 0, own: 'y' },
      ],
      [
        { outer: 'b', inner: 'x', at: 1, own: 'x' },
        { outer: 'b', inner: 'y', at: 1, own: 'y' },
      ],
    ]);
  });

  describe('failed_items_of', () => {
    it('runs the failed items again and keeps the others, whole and in order', async () => {
      const body = graph(
        [call('first', `/first-${kind}`, {}, { json: { n: '{{ item }}' } }), call('second', '/{{ item }}-once', once)],
        [edge('first', 'second')],
      );
      for (const on_item_error of ['continue', 'fail']) {
        const codes = on_item_error === 'fail' ? ['400', '401', '507', '402', '403'] : ['404', '510', '405', '511', '406'];
        const first = () =>
          sink.calls.filter(({ path }) => path === `/first-${kind}`).map(({ body: sent }) => (sent as { n: string }).n);
        const before = first().length;
        const nodes = [
          foreach(codes, body, { on_item_error, concurrency: 2 }),
          call('gate', `/${on_item_error === 'fail' ? 200 : 512}-once`, once),
        ];
        const original = await runWorkflow(server, await createWorkflow(server, nodes, [edge('loop', 'gate')]));
        expect(original.status).toBe('failed');
        const reply = await does.replay(original.id, { failed_items_of: 'loop' });
        expect(reply.status).toBe(202);
        const repaired = await waitForExecution(server, reply.body.execution_id);
        expect(repaired.status).toBe('succeeded');
        expect(stepsOf(repaired).loop?.output).toMatchObject([{}, {}, {}, {}, {}].map(() => ({ status: expect.any(Number) })));
        // What succeeded in a failed item is not done again either.
        expect(first().slice(before).toSorted()).toEqual(codes.toSorted());
        expect(repaired.steps.filter(({ node }) => node.startsWith('loop/'))).toHaveLength(10);
        const nothing = await does.replay(repaired.id, { failed_items_of: 'loop' });
        expect(nothing).toMatchObject({ status: 409, body: { code: 'no_failed_items' } });
      }
    });

    it('runs items again of which something was undone, and many no more at once than the loop may', async () => {
      const undo = { compensate: { type: 'http.request', config: { method: 'POST', url: `${sink.url}/undo-repair` } } };
      const path = '/echo';
      const items = Array.from({ length: 12 }, (_, n) => n);
      const body = graph([call('done', path, undo)]);
      const nodes = [foreach(items, body, { concurrency: 3 }), call('boom', '/508-once', once)];
      const original = await runWorkflow(server, await createWorkflow(server, nodes, [edge('loop', 'boom')]));
      expect(original.status).toBe('failed');
      const reply = await does.replay(original.id, { failed_items_of: 'loop' });
      expect(await waitForExecution(server, reply.body.execution_id)).toMatchObject({ status: 'succeeded' });
      expect(callsOf(path)).toBe(24);
      expect(sink.mostAtOnce(path)).toBeLessThanOrEqual(3);
    });

    it('counts what it takes over among the bytes of the execution', async () => {
      const body = graph(
        [set('made', { text: '{{ item.text }}' }), call('sent', '/{{ item.code }}-once', once)],
        [edge('made', 'sent')],
      );
      const items = ['407', '513'].map((code) => ({ code, text: 'x'.repeat(10_000) }));
      const workflow = await createWorkflow(server, [foreach('{{ event.payload.items }}', body)]);
      const original = await runWorkflow(server, workflow, { items });
      expect(original.status).toBe('failed');
      const reply = await does.replay(original.id, { failed_items_of: 'loop' });
      await waitForExecution(server, reply.body.execution_id);
      const bytesOf = async (id: string, node: string) =>
        (
          await server.automate.db.query<{ bytes: number }>(
            'select bytes from step_runs where execution_id = $1 and node_path = $2 order by iteration',
            [id, node],
          )
        ).rows.map(({ bytes }) => bytes);
      const repaired = reply.body.execution_id;
      expect(await bytesOf(repaired, 'loop/made')).toEqual(await bytesOf(original.id, 'loop/made'));
      const [given = 0] = await bytesOf(original.id, 'loop');
      expect((await bytesOf(repaired, 'loop'))[0]).toBeGreaterThanOrEqual(given);
    });

    it('refuses what is no loop, and what it cannot be combined with', async () => {
      const nodes = [log('a'), foreach([1], graph([log('b')]))];
      const { id } = await runWorkflow(server, await createWorkflow(server, nodes));
      for (const [body, code] of [
        [{ failed_items_of: 'a' }, 'no_loop'],
        [{ failed_items_of: 'x' }, 'unknown_step'],
        [{ failed_items_of: 'loop', from_step: 'a' }, 'custom'],
        [{ failed_items_of: 'loop', input: {} }, 'custom'],
      ] as const)
        expect(await does.replay(id, body)).toMatchObject({
          status: 400,
          body: { errors: [{ pointer: '/failed_items_of', ...(code !== 'custom' && { code }) }] },
        });
    });
  });
});
