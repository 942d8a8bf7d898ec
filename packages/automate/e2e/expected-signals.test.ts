import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, waitForExecution } from './support/executions.ts';
import { edge, handleOf, log, nap, wait } from './support/graphs.ts';

describe.each(databaseKinds)('which signals are expected on %s', (kind) => {
  let server: TestServer;
  let does: ReturnType<typeof handleOf>;

  beforeAll(async () => {
    server = await createTestServer(kind, { environment: { AUTOMATE_LEASE_SECONDS: '3' } });
    does = handleOf(server);
  });
  afterAll(() => server?.close());

  const started = async (nodes: { id: string; type: string }[], edges: { source: string; target: string }[] = []) =>
    does.start(await createWorkflow(server, nodes, edges));
  const foreach = (items: unknown, nodes: object[], more: object = {}) => ({
    id: 'loop',
    type: 'flow.foreach',
    config: { items, body: { nodes, edges: [] }, ...more },
  });
  const refused = { status: 409, body: { code: 'signal_not_expected' } };

  it('is none after it was taken, or the wait was over', async () => {
    const taken = await started([wait('go'), nap('on', 600)], [edge('go', 'on')]);
    await does.stepReaches(taken, 'go', 'waiting');
    expect((await does.signal(taken, 'go')).status).toBe(202);
    await does.stepReaches(taken, 'on', 'waiting');
    expect(await does.signal(taken, 'go')).toMatchObject(refused);
    const short = { ...wait('go'), config: { name: 'go', timeout_seconds: 0.2 } };
    const over = await started([short, nap('late', 600)], [edge('go', 'late', 'timeout')]);
    await does.stepReaches(over, 'late', 'waiting');
    expect(await does.signal(over, 'go')).toMatchObject(refused);
  });

  it('is none where the step was skipped or lost a race, or the execution ends', async () => {
    const never = { id: 'is', type: 'logic.if', config: { condition: false } };
    const skipped = await started([never, wait('go'), nap('on', 600)], [edge('is', 'go', 'true'), edge('is', 'on', 'false')]);
    await does.stepReaches(skipped, 'on', 'waiting');
    expect(await does.signal(skipped, 'go')).toMatchObject(refused);
    const nodes = [wait('go'), nap('first', 0.2), log('join', { join: 'first_success' }), nap('on', 600)];
    const lost = await started(nodes, [edge('go', 'join'), edge('first', 'join'), edge('join', 'on')]);
    await does.stepReaches(lost, 'on', 'waiting');
    expect(await does.signal(lost, 'go')).toMatchObject(refused);
  });

  it('is one for each step that waits or is to come, counting those that were sent', async () => {
    const nodes = [wait('first', 'go'), nap('pause', 1.5), wait('second', 'go'), nap('on', 600)];
    const execution = await started(nodes, [edge('first', 'pause'), edge('pause', 'second'), edge('second', 'on')]);
    await does.stepReaches(execution, 'first', 'waiting');
    const sent = await Promise.all([1, 2, 3, 4].map(() => does.signal(execution, 'go')));
    expect(sent.map(({ status }) => status).toSorted()).toEqual([202, 202, 409, 409]);
    await does.stepReaches(execution, 'on', 'waiting');
    expect(await does.signal(execution, 'go')).toMatchObject(refused);
  });

  it('comes again in a loop, as often as there are items', async () => {
    const execution = await started([foreach([1, 2, 3], [wait('go')]), nap('on', 600)], [edge('loop', 'on')]);
    await does.stepReaches(execution, 'loop/go', 'waiting');
    const sent = [];
    for (let n = 0; n < 5; n += 1) sent.push((await does.signal(execution, 'go')).status);
    expect(sent).toEqual([202, 202, 202, 409, 409]);
    await does.stepReaches(execution, 'on', 'waiting');
    expect(await does.signal(execution, 'go')).toMatchObject(refused);
  });

  it('comes once in a group, and again and again where nobody knows how often', async () => {
    const group = { id: 'group', type: 'flow.group', config: { body: { nodes: [wait('go')], edges: [] } } };
    const once = await started([nap('pause', 1), group], [edge('pause', 'group')]);
    await does.stepReaches(once, 'pause', 'waiting');
    expect([(await does.signal(once, 'go')).status, (await does.signal(once, 'go')).status]).toEqual([202, 409]);
    expect((await waitForExecution(server, once)).status).toBe('succeeded');
    const condition = { '!=': [{ var: 'previous.stop' }, true] };
    const loop = { id: 'loop', type: 'flow.while', config: { condition, body: { nodes: [wait('go')], edges: [] } } };
    const often = await started([loop]);
    await does.stepReaches(often, 'loop/go', 'waiting');
    for (let n = 0; n < 4; n += 1) expect((await does.signal(often, 'go', { stop: n === 3 })).status).toBe(202);
    expect(await waitForExecution(server, often)).toMatchObject({ status: 'succeeded', output: { stop: true } });
  });

  it('answers an approval that is over or lost as one that is not there', async () => {
    const approval = { id: 'ok', type: 'core.approval', config: { title: 'May it?' } };
    const nodes = [approval, nap('first', 0.3), log('join', { join: 'first_success' }), nap('on', 600)];
    const lost = await started(nodes, [edge('ok', 'join'), edge('first', 'join'), edge('join', 'on')]);
    const list = async () =>
      (await server.call<{ results: { id: string; execution_id: string }[] }>('GET', '/api/v1/approvals/')).body.results;
    await does.stepReaches(lost, 'ok', 'waiting');
    const [open] = (await list()).filter(({ execution_id }) => execution_id === lost);
    await does.stepReaches(lost, 'on', 'waiting');
    const late = await server.call('POST', `/api/v1/approvals/${open?.id}/decide/`, { decision: 'approved' });
    expect(late).toMatchObject({ status: 404, body: { code: 'approval_not_found' } });
  });
});
