import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStep } from '../src/engine/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { createTenant } from './support/tenants.ts';

/** A step of the host that makes as much as it is told. */
const makes = defineStep({
  type: 'test.makes',
  description: 'Makes a large or deep value.',
  config: z.strictObject({ bytes: z.int().default(0), depth: z.int().default(0), items: z.int().default(0) }),
  // Nothing but the output is to count.
  input: () => null,
  run(_input, _context, { bytes, depth, items }) {
    if (items > 0) return { output: Array.from({ length: items }, () => 1) };
    if (depth > 0) return { output: JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) };
    return { output: { text: 'x'.repeat(bytes) } };
  },
});
const takes = defineStep({
  type: 'test.takes',
  description: 'Takes a large input.',
  config: z.strictObject({ bytes: z.int() }),
  input: ({ bytes }) => ({ text: '\u00e9'.repeat(bytes / 2) }),
  run: () => ({ output: 'ran' }),
});

const KIB = 1_024;
const STEP_BYTES = 256 * KIB;
const EXECUTION_BYTES = 1_024 * KIB;
const DOUBLINGS = Array.from({ length: 20 }, (_, index) => {
  const of = index === 0 ? '{{ event.payload }}' : `{{ steps.d${index - 1}.output }}`;
  return { id: `d${index}`, type: 'core.transform', config: { template: { a: of, b: of } } };
});
const INTO_THE_NEXT = DOUBLINGS.slice(1).map(({ id }, index) => ({ source: `d${index}`, target: id }));

describe.each(databaseKinds)('bounds of executions on %s', (kind) => {
  let server: TestServer;
  let host = '';
  let calls = 0;
  const text = randomBytes(48 * KIB).toString('base64');
  const sink = createServer((request, response) => {
    request.resume();
    calls += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    if (request.url === '/deep') response.end(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    else response.end(JSON.stringify({ text }));
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(sink.address() as AddressInfo).port}`;
    server = await createTestServer(kind, {
      steps: [makes, takes],
      environment: {
        AUTOMATE_STEP_BYTES: String(STEP_BYTES),
        AUTOMATE_EXECUTION_BYTES: String(EXECUTION_BYTES),
        AUTOMATE_OUTBOUND_ALLOW_HOSTS: host,
      },
    });
  });
  afterAll(async () => {
    await server?.close();
    sink.closeAllConnections();
    sink.close();
  });

  async function run(type: string, config: object, input: object = {}): Promise<Execution> {
    return runWorkflow(server, await createWorkflow(server, [{ id: 'a', type, config }]), input);
  }

  it.each([
    ['an output that is too large', 'test.makes', { bytes: STEP_BYTES }, 'output_too_large'],
    ['an output of too many items', 'test.makes', { items: STEP_BYTES }, 'output_too_large'],
    ['an output that is too deep', 'test.makes', { depth: 129 }, 'output_too_deep'],
    ['an output as deep as a stack', 'test.makes', { depth: 100_000 }, 'output_too_deep'],
    ['an input that is too large, in bytes', 'test.takes', { bytes: STEP_BYTES }, 'input_too_large'],
  ])('fails a step with %s', async (_, type, config, code) => {
    const execution = await run(type, config);
    expect(execution).toMatchObject({ status: 'failed', error: { code, node: 'a' } });
    expect(execution.steps).toMatchObject([{ attempts: 1, output: null }]);
    if (code.endsWith('large')) expect(execution.error?.message).toContain(`${STEP_BYTES} bytes (AUTOMATE_STEP_BYTES)`);
  });

  it('keeps what is just within the limits', async () => {
    expect(await run('test.makes', { bytes: STEP_BYTES - 100 })).toMatchObject({ status: 'succeeded' });
    expect(await run('test.makes', { depth: 128 })).toMatchObject({ status: 'succeeded' });
    expect(await run('test.takes', { bytes: STEP_BYTES - 100 })).toMatchObject({ status: 'succeeded', output: 'ran' });
  });

  it('fails a step whose reply is as deep as a stack', async () => {
    expect(await run('http.request', { url: `http://${host}/deep` })).toMatchObject({ error: { code: 'output_too_deep' } });
  });

  it('fails the one of 20 doublings that is too large, and takes the error edge where there is one', async () => {
    const workflow = await createWorkflow(server, DOUBLINGS, INTO_THE_NEXT);
    const execution = await runWorkflow(server, workflow, { text: 'x'.repeat(KIB) });
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'output_too_large', node: 'd7' } });
    expect(stepsOf(execution).d6).toMatchObject({ status: 'succeeded' });
    const guarded = await createWorkflow(
      server,
      [
        { id: 'a', type: 'test.makes', config: { bytes: STEP_BYTES } },
        { id: 'b', type: 'core.transform', config: { template: { code: '{{ steps.a.error.code }}' } } },
      ],
      [{ source: 'a', target: 'b', condition: 'error' }],
    );
    expect(await runWorkflow(server, guarded)).toMatchObject({ status: 'succeeded', output: { code: 'output_too_large' } });
  });

  it('lets others go on beside runs that are too large, and repeats nothing of them', async () => {
    const other = { ...server, call: (await createTenant(server, `neighbour-${kind}`)).call };
    const get = (id: string) => ({ id, type: 'http.request', config: { url: `http://${host}/` } });
    const heavy = await createWorkflow(server, DOUBLINGS, INTO_THE_NEXT);
    const light = await createWorkflow(other, [get('a'), get('b')], [{ source: 'a', target: 'b' }]);
    const before = calls;
    const outcomeOf = async (as: TestServer, workflow: string) => {
      const { id, status } = await runWorkflow(as, workflow, { text: 'x'.repeat(KIB) });
      const job = await as.call<{ attempts: number }>('GET', `/api/v1/jobs/${id}/`);
      return `${status} ${job.body.attempts}`;
    };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? outcomeOf(server, heavy) : outcomeOf(other, light))),
    );
    expect(outcomes).toEqual(outcomes.map((_, n) => (n % 2 ? 'failed 1' : 'succeeded 1')));
    expect(calls - before).toBe(20);
  });

  it.each([true, false])('ends a loop over replies that are too many together, collected: %s', async (collect) => {
    const items = Array.from({ length: 40 }, (_, index) => index);
    const body = { nodes: [{ id: 'get', type: 'http.request', config: { url: `http://${host}/` } }], edges: [] };
    const before = calls;
    const execution = await run('flow.foreach', { items: '{{ event.payload.items }}', collect, body }, { items });
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'execution_too_large' } });
    expect(execution.error?.message).toContain(`${EXECUTION_BYTES} bytes (AUTOMATE_EXECUTION_BYTES)`);
    // Each of them was called once, and none after the one that had no room.
    const failed = execution.steps.filter(({ status }) => status === 'failed');
    expect(failed.map(({ attempts }) => attempts)).toContain(1);
    expect(calls - before).toBe(execution.steps.filter(({ node }) => node === 'a/get').length);
    expect(calls - before).toBeLessThan(20);
  });

  it('fails a loop whose results are too large together', async () => {
    const body = { nodes: [{ id: 'get', type: 'http.request', config: { url: `http://${host}/` } }], edges: [] };
    const before = calls;
    const execution = await run('flow.foreach', { items: '{{ event.payload.items }}', body }, { items: [1, 2, 3, 4, 5] });
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'output_too_large', node: 'a' } });
    expect(calls - before).toBe(5);
  });

  it('fails an execution whose last steps give out too much together', async () => {
    const nodes = ['a', 'b', 'c'].map((id) => ({ id, type: 'test.makes', config: { bytes: STEP_BYTES / 2 } }));
    const execution = await runWorkflow(server, await createWorkflow(server, nodes));
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'output_too_large' }, output: null });
    expect(execution.steps.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('counts on when it is taken up again, tries included', async () => {
    const big = (id: string) => ({ id, type: 'test.makes', config: { bytes: STEP_BYTES - 100 } });
    const pause = (id: string) => ({ id, type: 'core.sleep', config: { seconds: 0.2 } });
    const nodes = [big('a'), pause('p'), big('b'), pause('q'), big('c'), pause('r'), big('d'), big('e')];
    const edges = nodes.slice(1).map(({ id }, index) => ({ source: nodes[index]?.id as string, target: id }));
    const execution = await runWorkflow(server, await createWorkflow(server, nodes, edges));
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'execution_too_large', node: 'e' } });
    // A replay has what it takes over.
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/executions/${execution.id}/replay/`, {
      from_step: 'e',
    });
    expect(await waitForExecution(server, body.execution_id)).toMatchObject({
      error: { code: 'execution_too_large', node: 'e' },
    });
  });

  it('refuses a signal that has no room, as a failure of the step that waits', async () => {
    const nodes = [
      ...['a', 'b', 'c', 'd'].map((id) => ({ id, type: 'test.makes', config: { bytes: STEP_BYTES - 1_000 } })),
      { id: 'wait', type: 'core.wait_for_signal', config: { name: 'go' } },
    ];
    const edges = ['a', 'b', 'c', 'd'].map((source) => ({ source, target: 'wait' }));
    const workflow = await createWorkflow(server, nodes, edges);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, {});
    await eventually(
      async () => (await server.call<Execution>('GET', `/api/v1/executions/${body.execution_id}/`)).body,
      ({ status }) => status === 'waiting',
    );
    const data = { text: 'x'.repeat(50_000) };
    expect((await server.call('POST', `/api/v1/executions/${body.execution_id}/signal/`, { name: 'go', data })).status).toBe(202);
    const execution = await waitForExecution(server, body.execution_id);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'execution_too_large', node: 'wait' } });
  });
});
