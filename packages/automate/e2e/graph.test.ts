import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { withContract } from './support/openapi.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';

const log = (id: string, more: object = {}) => ({ id, type: 'core.log', config: { message: id }, ...more });
const set = (id: string, template: object, more: object = {}) => ({ id, type: 'core.transform', config: { template }, ...more });
const edge = (source: string, target: string, condition?: string) => ({ source, target, ...(condition && { condition }) });

describe.each(databaseKinds)('graphs on %s', (kind) => {
  let server: TestServer;
  let sink: ScriptedSink;

  beforeAll(async () => {
    sink = await createScriptedSink();
    server = await withContract(
      await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host, AUTOMATE_LEASE_SECONDS: '3' } }),
    );
  });
  afterAll(async () => {
    await server?.close();
    await sink?.close();
  });

  const call = (id: string, path: string, more: object = {}, config: object = {}) => ({
    id,
    type: 'http.request',
    config: { method: 'POST', url: `${sink.url}${path}`, ...config },
    ...more,
  });
  const once = { retry: { attempts: 1 } };

  describe('an error edge', () => {
    it('is taken when a step fails, with the reason in reach, and no other is', async () => {
      const id = await createWorkflow(
        server,
        [call('call', '/500', once), log('fine'), set('rescue', { why: '{{ steps.call.error.code }}' }), log('after')],
        [edge('call', 'fine'), edge('call', 'rescue', 'error'), edge('rescue', 'after')],
      );
      const execution = await runWorkflow(server, id);
      expect(execution.status).toBe('succeeded');
      const steps = stepsOf(execution);
      expect(steps.call).toMatchObject({ status: 'failed', route: 'error', error: { code: 'http_status' } });
      expect([steps.fine?.status, steps.after?.status]).toEqual(['skipped', 'succeeded']);
      expect(steps.rescue?.output).toEqual({ why: 'http_status' });
    });

    it('is not taken when the step succeeds', async () => {
      const id = await createWorkflow(
        server,
        [call('call', '/200'), set('fine', { ok: true }), log('rescue')],
        [edge('call', 'fine'), edge('call', 'rescue', 'error')],
      );
      const execution = await runWorkflow(server, id);
      expect(stepsOf(execution).rescue?.status).toBe('skipped');
      expect(execution.output).toEqual({ ok: true });
    });
  });

  it('goes on after a failure that may be passed over', async () => {
    const id = await createWorkflow(
      server,
      [call('call', '/500', { ...once, on_error: 'continue' }), set('next', { code: '{{ steps.call.error.code }}' })],
      [edge('call', 'next')],
    );
    expect(await runWorkflow(server, id)).toMatchObject({ status: 'succeeded', output: { code: 'http_status' } });
  });

  describe('a join', () => {
    const nap = (id: string, seconds: number) => ({ id, type: 'core.sleep', config: { seconds } });
    const fork = (join: string) =>
      createWorkflow(
        server,
        [log('start'), nap('fast', 0.05), nap('slow', 1.5), log('join', { join })],
        [edge('start', 'fast'), edge('start', 'slow'), edge('fast', 'join'), edge('slow', 'join')],
      );
    const at = (steps: ReturnType<typeof stepsOf>, id: string, field: 'started_at' | 'finished_at') =>
      Date.parse(steps[id]?.[field] ?? '');

    it('waits for all by default, or for the first that arrives', async () => {
      const all = stepsOf(await runWorkflow(server, await fork('all')));
      expect(at(all, 'join', 'started_at')).toBeGreaterThanOrEqual(at(all, 'slow', 'finished_at'));
      const execution = await runWorkflow(server, await fork('any'));
      const any = stepsOf(execution);
      expect(at(any, 'join', 'started_at')).toBeLessThan(at(any, 'slow', 'finished_at'));
      expect(execution.steps.filter(({ node }) => node === 'join')).toHaveLength(1);
      expect(any.slow?.status).toBe('succeeded');
    });

    it('takes the first success and forgives the branches that fail, unless all do', async () => {
      const race = (left: string, right: string) =>
        createWorkflow(
          server,
          [
            log('start'),
            call('left', left, once),
            log('behind'),
            call('right', right, once),
            log('join', { join: 'first_success' }),
          ],
          [edge('start', 'left'), edge('start', 'right'), edge('left', 'behind'), edge('behind', 'join'), edge('right', 'join')],
        );
      const execution = await runWorkflow(server, await race('/500', '/200'));
      expect(execution.status).toBe('succeeded');
      const steps = stepsOf(execution);
      expect([steps.left?.status, steps.behind?.status, steps.join?.status]).toEqual(['failed', 'skipped', 'succeeded']);
      const lost = await runWorkflow(server, await race('/500', '/503'));
      expect(lost).toMatchObject({ status: 'failed', error: { code: 'all_branches_failed', node: 'join' } });
    });
  });

  it('stops a branch at a filter that does not hold', async () => {
    const id = await createWorkflow(
      server,
      [{ id: 'gate', type: 'core.filter', config: { condition: { '>': [{ var: 'event.payload.n' }, 1] } } }, log('behind')],
      [edge('gate', 'behind')],
    );
    expect(stepsOf(await runWorkflow(server, id, { n: 2 })).behind?.status).toBe('succeeded');
    const stopped = await runWorkflow(server, id, { n: 1 });
    expect([stopped.status, stepsOf(stopped).behind?.status]).toEqual(['succeeded', 'skipped']);
  });

  describe('flow.foreach', () => {
    const loop = (config: object, body: object, more: object = {}) => ({
      id: 'loop',
      type: 'flow.foreach',
      config: { ...config, body },
      ...more,
    });

    it('runs its body for each item and collects the results in order, some at a time', async () => {
      const body = {
        nodes: [
          call('call', '/echo', {}, { json: { n: '{{ item.n }}', index: '{{ index }}' } }),
          set('out', { n: '{{ item.n }}', seen: '{{ steps.call.output.body.n }}' }),
        ],
        edges: [edge('call', 'out')],
      };
      const id = await createWorkflow(
        server,
        [
          loop({ items: '{{ event.payload.items }}', concurrency: 3 }, body),
          set('after', { count: '{{ steps.loop.output.size }}' }),
        ],
        [edge('loop', 'after')],
      );
      const before = sink.mostAtOnce('/echo');
      expect(before).toBe(0);
      const items = Array.from({ length: 10 }, (_, n) => ({ n }));
      const execution = await runWorkflow(server, id, { items });
      expect(execution.status, JSON.stringify(execution.error)).toBe('succeeded');
      const [row] = execution.steps.filter(({ node }) => node === 'loop');
      expect(row?.output).toEqual(items.map(({ n }) => ({ n, seen: n })));
      expect(execution.output).toEqual({ count: 10 });
      expect(sink.mostAtOnce('/echo')).toBeLessThanOrEqual(3);
      expect(sink.mostAtOnce('/echo')).toBeGreaterThan(1);
      expect(
        execution.steps
          .filter(({ node }) => node === 'loop/call')
          .map(({ iteration }) => iteration)
          .sort((a, b) => a - b),
      ).toEqual(items.map(({ n }) => n));
      const keys = sink.calls.filter(({ path }) => path === '/echo').map(({ key }) => key);
      expect(new Set(keys)).toEqual(new Set(items.map(({ n }) => `${execution.id}:loop/call:${n}`)));
    });

    it('fails with its first failed item, or keeps the errors as results', async () => {
      const body = { nodes: [call('call', '/{{ item }}', once)], edges: [] };
      const strict = await createWorkflow(server, [loop({ items: [200, 500, 200] }, body)]);
      expect(await runWorkflow(server, strict)).toMatchObject({ status: 'failed', error: { code: 'http_status', node: 'loop' } });
      const lenient = await createWorkflow(server, [loop({ items: [200, 500, 200], on_item_error: 'continue' }, body)]);
      const execution = await runWorkflow(server, lenient);
      expect(execution.status).toBe('succeeded');
      expect(execution.output).toMatchObject([{ status: 200 }, { error: { code: 'http_status' } }, { status: 200 }]);
      const caught = await createWorkflow(
        server,
        [loop({ items: [500] }, body), set('rescue', { code: '{{ steps.loop.error.code }}' })],
        [edge('loop', 'rescue', 'error')],
      );
      expect((await runWorkflow(server, caught)).output).toEqual({ code: 'http_status' });
    });

    it('nests, sleeps inside, and sees the steps around it', async () => {
      const inner = {
        nodes: [
          { id: 'nap', type: 'core.sleep', config: { seconds: 0.3 } },
          set('out', { text: '{{ steps.first.output.prefix }}{{ item }}' }),
        ],
        edges: [edge('nap', 'out')],
      };
      const outer = {
        nodes: [{ id: 'inner', type: 'flow.foreach', config: { items: { var: 'item' }, concurrency: 5, body: inner } }],
        edges: [],
      };
      const id = await createWorkflow(
        server,
        [set('first', { prefix: '>' }), loop({ items: [['a', 'b'], [], ['c']], concurrency: 2 }, outer)],
        [edge('first', 'loop')],
      );
      const execution = await runWorkflow(server, id);
      expect(execution.output).toEqual([[{ text: '>a' }, { text: '>b' }], [], [{ text: '>c' }]]);
    });

    it('refuses what is no list, and bodies that are wrong', async () => {
      const id = await createWorkflow(server, [loop({ items: '{{ event.payload.n }}' }, { nodes: [log('x')], edges: [] })]);
      expect(await runWorkflow(server, id, { n: 3 })).toMatchObject({ status: 'failed', error: { code: 'invalid_items' } });
      for (const [body, pointer] of [
        [undefined, '/graph/nodes/0/config/body'],
        [{ nodes: [] }, '/graph/nodes/0/config/body/nodes'],
        [{ nodes: [{ id: 'x', type: 'nope' }] }, '/graph/nodes/0/config/body/nodes/0/type'],
        [
          { nodes: [{ id: 'x', type: 'core.log', config: { message: '{{' } }] },
          '/graph/nodes/0/config/body/nodes/0/config/message',
        ],
      ] as const) {
        const reply = await server.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/workflows/', {
          name: 'x',
          graph: { nodes: [{ id: 'loop', type: 'flow.foreach', config: { items: [1], body } }] },
        });
        expect([reply.status, reply.body.errors[0]?.pointer]).toEqual([400, pointer]);
      }
    });
  });

  describe('flow.while', () => {
    it('runs until its condition no longer holds, and fails at its ceiling', async () => {
      const body = { nodes: [set('count', { n: '{{ index | plus: 1 }}' })], edges: [] };
      const loop = (limit: number, maximum: number) =>
        createWorkflow(server, [
          {
            id: 'loop',
            type: 'flow.while',
            config: { condition: { '<': [{ var: 'index' }, limit] }, maximum_iterations: maximum, body },
          },
        ]);
      expect((await runWorkflow(server, await loop(4, 10))).output).toEqual({ n: 4 });
      expect((await runWorkflow(server, await loop(0, 10))).output).toBeNull();
      expect(await runWorkflow(server, await loop(5, 3))).toMatchObject({ status: 'failed', error: { code: 'loop_limit' } });
    });
  });

  describe('a policy of retries', () => {
    it('tries as often, after these codes, with these pauses', async () => {
      const retry = { attempts: 3, backoff: 'fixed', initial_seconds: 0.2, jitter: false };
      const id = await createWorkflow(server, [call('call', '/503-always', { retry })]);
      const execution = await runWorkflow(server, id);
      expect(stepsOf(execution).call).toMatchObject({ status: 'failed', attempts: 3 });
      const times = sink.calls.filter(({ path }) => path === '/503-always').map(({ at }) => at);
      expect(times).toHaveLength(3);
      for (const [index, time] of times.entries())
        if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(180);
      const other = await createWorkflow(server, [
        call('call', '/503-never', { retry: { ...retry, retry_on: ['step_timeout'] } }),
      ]);
      expect(stepsOf(await runWorkflow(server, other)).call?.attempts).toBe(1);
    });

    it('waits for as long as the other side asks', async () => {
      const id = await createWorkflow(server, [call('call', '/429-once', { retry: { attempts: 2, initial_seconds: 0 } })]);
      expect((await runWorkflow(server, id)).status).toBe('succeeded');
      const [first, second] = sink.calls.filter(({ path }) => path === '/429-once');
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(950);
    });
  });

  it('ends a try that takes too long, and an execution that does', async () => {
    const step = await createWorkflow(server, [call('call', '/hang', { timeout_seconds: 0.3, ...once })]);
    expect(await runWorkflow(server, step)).toMatchObject({ status: 'failed', error: { code: 'step_timeout', node: 'call' } });
    expect(await sink.wasAborted('/hang')).toBe(true);
    const whole = await createWorkflow(server, [log('a'), call('call', '/hang')], [edge('a', 'call')], {
      settings: { timeout_seconds: 0.5 },
    });
    expect(await runWorkflow(server, whole)).toMatchObject({ status: 'failed', error: { code: 'execution_timeout' } });
    const asleep = await createWorkflow(server, [{ id: 'nap', type: 'core.sleep', config: { seconds: 60 } }], [], {
      settings: { timeout_seconds: 0.5 },
    });
    const execution = await runWorkflow(server, asleep);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'execution_timeout' } });
    expect(stepsOf(execution).nap?.status).toBe('cancelled');
  });

  describe('workflow.run', () => {
    it('runs another workflow and waits for it, or does not', async () => {
      await createWorkflow(
        server,
        [{ id: 'nap', type: 'core.sleep', config: { seconds: 0.3 } }, set('out', { got: '{{ event.payload.n }}' })],
        [edge('nap', 'out')],
        { slug: `child-${kind}` },
      );
      const parent = (config: object) =>
        createWorkflow(server, [
          {
            id: 'run',
            type: 'workflow.run',
            config: { workflow: `child-${kind}`, input: { n: '{{ event.payload.n }}' }, ...config },
          },
        ]);
      const waited = await runWorkflow(server, await parent({}), { n: 7 });
      expect(waited).toMatchObject({ status: 'succeeded', output: { got: 7 } });
      const children = await server.call<{ results: { status: string; parent_execution_id: string }[] }>(
        'GET',
        `/api/v1/executions/?parent_execution_id=${waited.id}`,
      );
      expect(children.body.results).toMatchObject([{ status: 'succeeded', parent_execution_id: waited.id }]);
      const started = await runWorkflow(server, await parent({ wait: false }), { n: 8 });
      const child = await waitForExecution(server, (started.output as { execution_id: string }).execution_id);
      expect(child).toMatchObject({ status: 'succeeded', output: { got: 8 }, parent_execution_id: null });
    });

    it('hands a failure up, is found by its slug alone, and does not start itself without end', async () => {
      await createWorkflow(server, [call('call', '/500', once)], [], { slug: `broken-${kind}` });
      const run = (workflow: string) => [{ id: 'run', type: 'workflow.run', config: { workflow } }];
      const failed = await runWorkflow(server, await createWorkflow(server, run(`broken-${kind}`)));
      expect(failed).toMatchObject({ status: 'failed', error: { code: 'workflow_failed', node: 'run' } });
      const missing = await runWorkflow(server, await createWorkflow(server, run('no-such-thing')));
      expect(missing).toMatchObject({ status: 'failed', error: { code: 'workflow_not_found' } });
      const self = await createWorkflow(server, run(`self-${kind}`), [], { slug: `self-${kind}` });
      expect(await runWorkflow(server, self)).toMatchObject({ status: 'failed', error: { code: 'workflow_failed' } });
    });
  });

  it('starts the error workflow with what failed and why', async () => {
    await createWorkflow(
      server,
      [set('seen', { code: '{{ event.payload.execution.error.code }}', of: '{{ event.payload.workflow.slug }}' })],
      [],
      { slug: `on-error-${kind}` },
    );
    const id = await createWorkflow(server, [call('call', '/500', once)], [], {
      slug: `fails-${kind}`,
      settings: { error_workflow: `on-error-${kind}` },
    });
    const failed = await runWorkflow(server, id);
    expect(failed.status).toBe('failed');
    const seen = await eventually(
      async () => {
        const { body } = await server.call<{ results: { id: string; status: string; output: unknown; trace_id: string }[] }>(
          'GET',
          `/api/v1/executions/?trace_id=${failed.trace_id}`,
        );
        return body.results.find((execution) => execution.id !== failed.id && execution.status === 'succeeded');
      },
      (found) => found !== undefined,
    );
    expect(seen?.output).toEqual({ code: 'http_status', of: `fails-${kind}` });
  });

  describe('cancelling', () => {
    const cancel = (id: string) => server.call<{ ending: string }>('POST', `/api/v1/executions/${id}/cancel/`);
    const start = async (id: string) =>
      (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, {})).body.execution_id;
    const reaches = (id: string, status: string) =>
      eventually(
        async () => (await server.call<{ status: string }>('GET', `/api/v1/executions/${id}/`)).body.status,
        (seen) => seen === status,
      );

    it('stops a running step and keeps the next from starting', async () => {
      const id = await createWorkflow(server, [call('call', '/hang-to-cancel'), log('after')], [edge('call', 'after')]);
      const execution = await start(id);
      await eventually(async () => sink.calls.some(({ path }) => path === '/hang-to-cancel'), Boolean);
      expect(await cancel(execution)).toMatchObject({ status: 202, body: { ending: 'cancelled' } });
      const ended = await waitForExecution(server, execution);
      expect(ended.status).toBe('cancelled');
      expect(stepsOf(ended).call?.status).toBe('cancelled');
      expect(stepsOf(ended).after).toBeUndefined();
      expect(await sink.wasAborted('/hang-to-cancel')).toBe(true);
      const again = await server.call<{ code: string }>('POST', `/api/v1/executions/${execution}/cancel/`);
      expect([again.status, again.body.code]).toEqual([409, 'execution_ended']);
    });

    it('ends one that sleeps, in loops and sub-workflows too', async () => {
      const nap = { id: 'nap', type: 'core.sleep', config: { seconds: 600 } };
      const loop = {
        id: 'loop',
        type: 'flow.foreach',
        config: { items: [1, 2, 3], concurrency: 2, body: { nodes: [nap], edges: [] } },
      };
      await createWorkflow(server, [loop], [], { slug: `naps-${kind}` });
      const parent = await start(
        await createWorkflow(server, [{ id: 'run', type: 'workflow.run', config: { workflow: `naps-${kind}` } }]),
      );
      const child = await eventually(
        async () =>
          (
            await server.call<{ results: { id: string; status: string }[] }>(
              'GET',
              `/api/v1/executions/?parent_execution_id=${parent}`,
            )
          ).body.results[0],
        (found) => found?.status === 'waiting',
      );
      await cancel(parent);
      expect((await waitForExecution(server, parent)).status).toBe('cancelled');
      const ended = await waitForExecution(server, child?.id ?? '');
      expect(ended.status).toBe('cancelled');
      expect(new Set(ended.steps.map(({ status }) => status))).toEqual(new Set(['cancelled']));
    });

    it('undoes what was done, the last step first, once each', async () => {
      const undo = (path: string) => ({
        compensate: {
          type: 'http.request',
          config: { method: 'POST', url: `${sink.url}/${path}`, json: { of: '{{ steps.one.output.status }}' } },
        },
      });
      const steps = [
        call('one', '/do-1', undo('undo-1')),
        call('two', '/do-2', undo('undo-2')),
        { id: 'nap', type: 'core.sleep', config: { seconds: 600 } },
      ];
      const edges = [edge('one', 'two'), edge('two', 'nap')];
      const execution = await start(await createWorkflow(server, steps, edges));
      await reaches(execution, 'waiting');
      await cancel(execution);
      const ended = await waitForExecution(server, execution);
      expect(ended.status).toBe('cancelled');
      expect(sink.calls.filter(({ path }) => path.startsWith('/undo')).map(({ path, body }) => [path, body])).toEqual([
        ['/undo-2', { of: 200 }],
        ['/undo-1', { of: 200 }],
      ]);
      expect(ended.steps.filter(({ node }) => node.endsWith('#undo')).map(({ node, status }) => [node, status])).toEqual([
        ['two#undo', 'succeeded'],
        ['one#undo', 'succeeded'],
      ]);
    });

    it('undoes after a failure too, in loops too, and says what could not be undone', async () => {
      const undo = (path: string) => ({
        compensate: { type: 'http.request', config: { method: 'POST', url: `${sink.url}/${path}` } },
      });
      const body = { nodes: [call('book', '/book', undo('back/{{ item }}'))], edges: [] };
      const nodes = [
        { id: 'loop', type: 'flow.foreach', config: { items: ['a', 'b'], body } },
        call('pay', '/pay', { ...undo('500'), ...once }),
        call('boom', '/500', once),
      ];
      const execution = await runWorkflow(
        server,
        await createWorkflow(server, nodes, [edge('loop', 'pay'), edge('pay', 'boom')]),
      );
      expect(execution).toMatchObject({
        status: 'failed',
        error: { code: 'http_status', node: 'boom', message: expect.stringContaining('could not be undone') },
      });
      expect(sink.calls.filter(({ path }) => path.startsWith('/back/')).map(({ path }) => path)).toEqual(['/back/b', '/back/a']);
    });
  });

  describe('core.wait_for_signal', () => {
    const wait = (config: object, more: object = {}) => ({
      id: 'wait',
      type: 'core.wait_for_signal',
      config: { name: 'paid', ...config },
      ...more,
    });
    const start = async (id: string, input = {}) =>
      (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input })).body.execution_id;
    const signal = (id: string, body: object) =>
      server.call<{ code: string; errors?: { pointer: string }[] }>('POST', `/api/v1/executions/${id}/signal/`, body);
    const isWaiting = (id: string) =>
      eventually(
        async () => (await server.call<{ status: string }>('GET', `/api/v1/executions/${id}/`)).body.status,
        (status) => status === 'waiting',
      );

    it('goes on with the data, once, where it stood', async () => {
      const id = await createWorkflow(
        server,
        [log('before'), wait({}), set('after', { amount: '{{ steps.wait.output.amount }}' })],
        [edge('before', 'wait'), edge('wait', 'after')],
      );
      const execution = await start(id);
      await isWaiting(execution);
      expect(stepsOf((await server.call<Execution>('GET', `/api/v1/executions/${execution}/`)).body).wait).toMatchObject({
        status: 'waiting',
        waits_for: 'paid',
      });
      const replies = await Promise.all([
        signal(execution, { name: 'paid', data: { amount: 5 } }),
        signal(execution, { name: 'paid', data: { amount: 6 } }),
      ]);
      expect(replies.map(({ status }) => status)).toContain(202);
      const ended = await waitForExecution(server, execution);
      expect(ended.status).toBe('succeeded');
      expect([{ amount: 5 }, { amount: 6 }]).toContainEqual(ended.output);
      expect(stepsOf(ended).before?.attempts).toBe(1);
      const late = await signal(execution, { name: 'paid' });
      expect([late.status, late.body.code]).toEqual([409, 'execution_ended']);
    });

    it('takes a signal that came before it was reached', async () => {
      const id = await createWorkflow(
        server,
        [{ id: 'nap', type: 'core.sleep', config: { seconds: 0.6 } }, wait({})],
        [edge('nap', 'wait')],
      );
      const execution = await start(id);
      expect((await signal(execution, { name: 'paid', data: { early: true } })).status).toBe(202);
      expect((await waitForExecution(server, execution)).output).toEqual({ early: true });
    });

    it('checks the data, and refuses what no step waits for', async () => {
      const schema = { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] };
      const execution = await start(await createWorkflow(server, [wait({ schema })]));
      await isWaiting(execution);
      const wrong = await signal(execution, { name: 'paid', data: { amount: 'much' } });
      expect([wrong.status, wrong.body.errors?.[0]?.pointer]).toEqual([400, '/data/amount']);
      const other = await signal(execution, { name: 'other' });
      expect([other.status, other.body.code]).toEqual([409, 'signal_not_expected']);
      expect((await signal(execution, { name: 'child:wait:0' })).status).toBe(409);
      expect((await signal(execution, { name: 'paid', data: { amount: 1 } })).status).toBe(202);
      expect((await waitForExecution(server, execution)).status).toBe('succeeded');
      const bad = await server.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/workflows/', {
        name: 'x',
        graph: { nodes: [wait({ schema: { type: 'object', properties: { a: { pattern: '(a+)+$' } } } })] },
      });
      expect([bad.status, bad.body.errors[0]?.pointer]).toEqual([400, '/graph/nodes/0/config/schema/properties/a/pattern']);
    });

    it('gives up after its time: by the edge there is for it, else as a failure', async () => {
      const nodes = [wait({ timeout_seconds: 0.3 }), log('paid'), log('late')];
      const edges = [edge('wait', 'paid'), edge('wait', 'late', 'timeout')];
      const late = stepsOf(await runWorkflow(server, await createWorkflow(server, nodes, edges)));
      expect([late.paid?.status, late.late?.status]).toEqual(['skipped', 'succeeded']);
      const failed = await runWorkflow(server, await createWorkflow(server, nodes.slice(0, 2), edges.slice(0, 1)));
      expect(failed).toMatchObject({ status: 'failed', error: { code: 'step_timeout', node: 'wait' } });
    });

    it('is named by each item of a loop', async () => {
      const body = { nodes: [{ id: 'wait', type: 'core.wait_for_signal', config: { name: 'ok-{{ item }}' } }], edges: [] };
      const execution = await start(
        await createWorkflow(server, [{ id: 'loop', type: 'flow.foreach', config: { items: ['a', 'b'], concurrency: 2, body } }]),
      );
      await isWaiting(execution);
      await signal(execution, { name: 'ok-b', data: 'B' });
      await isWaiting(execution);
      await signal(execution, { name: 'ok-a', data: 'A' });
      expect((await waitForExecution(server, execution)).output).toEqual(['A', 'B']);
    });
  });
});
