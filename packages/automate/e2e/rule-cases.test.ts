import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';

interface Case {
  readonly id: string;
  readonly name: string;
  readonly event: { readonly payload: Record<string, unknown> };
  readonly outcome: { readonly passed: boolean; readonly matched: boolean | null; readonly error: string | null };
}
interface Problem {
  readonly code: string;
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

const say = { id: 'say', type: 'core.log', config: { message: 'x' } };
const filter = (amount: number) => ({ '>': [{ var: 'payload.amount' }, amount] });
const trigger = (amount: number) => ({ type: 'event', event_type: 'order.*', filter: filter(amount) });
const order = (amount: number) => ({ type: 'order.created', source: 'shop', payload: { amount } });

describe.each(databaseKinds)('cases of rules on %s', (kind) => {
  let server: TestServer;
  let path = '';
  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false });
    const { body } = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
      name: 'Large orders',
      graph: {
        nodes: [{ id: 'each', type: 'flow.foreach', config: { items: [1], body: { nodes: [asked], edges: [] } } }, say],
        edges: [{ source: 'each', target: 'say' }],
      },
      triggers: [trigger(100)],
    });
    path = `/api/v1/workflows/${body.id}/`;
  });
  afterAll(() => server?.close());

  const asked = { id: 'asked', type: 'logic.if', config: { condition: { '==': [{ var: 'item' }, 1] } } };
  const save = (body: object, headers = {}) => server.call<Case & Problem>('POST', `${path}cases/`, body, headers);
  const list = async (query = '', headers = {}) =>
    (await server.call<{ version: number; results: Case[] }>('GET', `${path}cases/${query}`, undefined, headers)).body;
  const draft = (amount: number, headers = {}) =>
    server.call<{ version: number }>(
      'POST',
      `${path}versions/`,
      { graph: { nodes: [say] }, triggers: [trigger(amount)] },
      headers,
    );
  const publish = (body: object) => server.call<Problem & { workflow_version: number }>('POST', `${path}publish/`, body);
  const recorded = async (action: string) =>
    (await server.call<{ results: { diff: unknown }[] }>('GET', `/api/v1/audit/?action=${action}`)).body.results;
  async function keyOf(scopes: readonly string[], slug = 'default') {
    const { id: tenantId } = await server.automate.ensureTenant(slug);
    const { value } = await server.automate.apiKeys.create({ tenantId, name: 'x', scopes: [...scopes], isStaff: false });
    return { authorization: `Bearer ${value}` };
  }

  it('are saved by their names, and say what the published version makes of them', async () => {
    expect((await save({ name: 'Large', event: order(120), matches: true })).status).toBe(201);
    expect((await save({ name: 'Small', event: order(7), matches: true })).body.outcome).toEqual({
      passed: false,
      matched: false,
      error: null,
    });
    await save({ name: 'Small', event: order(7), matches: false });
    await save({ name: 'Another type', event: { type: 'person.created', payload: { amount: 200 } }, matches: false });
    await save({ name: 'In the loop', step: 'each/asked', event: { item: 1 }, matches: true });
    expect((await save({ name: 'No such step', step: 'each/gone', event: {}, matches: true })).body.outcome).toMatchObject({
      passed: false,
      matched: null,
      error: expect.stringContaining('each/gone'),
    });
    const { results } = await list();
    expect(results.map(({ name, outcome }) => [name, outcome.passed])).toEqual([
      ['Another type', true],
      ['In the loop', true],
      ['Large', true],
      ['No such step', false],
      ['Small', true],
    ]);
    for (const { id, name } of results)
      if (name === 'No such step' || name === 'In the loop')
        expect((await server.call('DELETE', `${path}cases/${id}/`)).status).toBe(204);
    expect((await list()).results).toHaveLength(3);
    expect((await server.call('DELETE', `${path}cases/${results[0]?.name}/`)).status).toBe(404);
  });

  it('keep a version from being published that says otherwise, unless somebody takes it upon them', async () => {
    const stored = await draft(500);
    expect([stored.status, stored.body.version]).toEqual([201, 2]);
    expect((await server.call<{ workflow_version: number }>('GET', path)).body).toMatchObject({
      workflow_version: 1,
      latest_version: 2,
    });
    expect((await list('?version=2')).results.map(({ name, outcome }) => [name, outcome.passed])).toContainEqual([
      'Large',
      false,
    ]);
    const refused = await publish({ version: 2 });
    expect([refused.status, refused.body.code]).toEqual([409, 'cases_failed']);
    expect(refused.body.errors).toEqual([
      { pointer: '/cases/Large', code: 'case_failed', message: '"Large" was to start an execution, and starts none' },
    ]);
    const whole = { name: 'Large orders', graph: { nodes: [say] }, triggers: [trigger(500)] };
    expect((await server.call<Problem>('PUT', path, whole)).body.code).toBe('cases_failed');
    const imported = await server.call<{ applied: boolean; results: [{ errors: unknown[] }] }>(
      'POST',
      '/api/v1/workflows/import/',
      [{ ...whole, slug: 'large-orders' }],
    );
    expect(imported.body).toMatchObject({ applied: false, results: [{ status: 'failed', errors: [{ code: 'case_failed' }] }] });
    expect((await server.call<{ latest_version: number }>('GET', path)).body.latest_version).toBe(2);
    expect((await publish({ version: 2, ignore_cases: true })).body.workflow_version).toBe(2);
    const audit = await server.call<{ results: { diff: unknown; actor: string }[] }>(
      'GET',
      '/api/v1/audit/?action=workflow.ignore_cases',
    );
    expect(audit.body.results).toMatchObject([{ diff: { version: 2, failed: ['Large'] } }]);
    // It is as given already, so nothing is published and nothing has to pass.
    const { body: asItIs } = await server.call<object[]>('GET', '/api/v1/workflows/export/?slug_in=large-orders');
    expect((await server.call('POST', '/api/v1/workflows/import/', asItIs)).body).toMatchObject({
      results: [{ status: 'unchanged' }],
    });
    expect((await publish({ version: 1 })).body.workflow_version).toBe(1);
    // An import that takes it upon itself is recorded as well.
    const forced = await server.call('POST', '/api/v1/workflows/import/?ignore_cases=true', asItIs);
    expect(forced.body).toMatchObject({ applied: true, results: [{ status: 'updated' }] });
    expect((await recorded('workflow.ignore_cases')).map(({ diff }) => diff)).toContainEqual({ version: 3, failed: ['Large'] });
    expect((await recorded('workflow.save_case')).map(({ diff }) => diff)).toContainEqual({ name: 'Large', matches: true });
    expect((await publish({ version: 1 })).body.workflow_version).toBe(1);
    // Nothing fails, so there is nothing to record.
    expect((await publish({ version: 1, ignore_cases: true })).status).toBe(200);
    expect(await recorded('workflow.ignore_cases')).toHaveLength(2);
  });

  it('are of a tenant and a role, and show no secret', async () => {
    await save({
      name: 'Secret',
      event: { type: 'order.paid', payload: { amount: 1, password: 'open sesame' } },
      matches: false,
    });
    const reader = await keyOf(['workflows:read']);
    const found = (await list('', reader)).results.find(({ name }) => name === 'Secret');
    expect(found?.event.payload.password).toBe('[redacted]');
    expect((await server.call('GET', `${path}cases/?raw=true`, undefined, reader)).status).toBe(403);
    expect((await save({ name: 'x', event: {}, matches: true }, reader)).status).toBe(403);
    expect((await draft(1, reader)).status).toBe(403);
    const stranger = await keyOf(['*'], `strangers-${kind}`);
    const graph = { nodes: [say] };
    expect((await server.call('GET', `${path}cases/`, undefined, stranger)).status).toBe(404);
    expect((await server.call('POST', `${path}versions/`, { graph }, stranger)).status).toBe(404);
    expect((await server.call('DELETE', `${path}cases/${found?.id}/`, undefined, stranger)).status).toBe(404);
    // Who writes but may not publish keeps a draft, and gets no further.
    const writer = await keyOf(['workflows:read', 'workflows:write']);
    expect((await draft(1, writer)).status).toBe(201);
    expect((await server.call('POST', `${path}publish/`, { version: 1, ignore_cases: true }, writer)).status).toBe(403);
  });

  it('are bounded in number, size and time', async () => {
    expect((await save({ name: 'Huge', event: { payload: 'x'.repeat(70_000) }, matches: true })).status).toBe(400);
    const items = Array.from({ length: 9_000 }, (_, n) => n);
    const heavy = { some: [{ var: 'payload.items' }, { '>': [{ '+': [{ var: '' }, 1] }, 1_000_000] }] };
    await server.call('POST', `${path}versions/`, {
      graph: { nodes: [say] },
      triggers: Array.from({ length: 50 }, () => ({ type: 'event', event_type: 'heavy', filter: heavy })),
    });
    const { latest_version: version } = (await server.call<{ latest_version: number }>('GET', path)).body;
    const { results } = await list();
    for (let index = results.length; index < 50; index++)
      expect((await save({ name: `Heavy ${index}`, event: { type: 'heavy', payload: { items } }, matches: false })).status).toBe(
        201,
      );
    expect((await save({ name: 'One too many', event: {}, matches: false })).body.code).toBe('too_many_cases');
    expect((await save({ name: 'Heavy 49', event: order(1), matches: false })).status).toBe(201);
    const judged = (await list(`?version=${version}`)).results;
    expect(judged).toHaveLength(50);
    expect(judged.some(({ outcome }) => outcome.error?.includes('took longer'))).toBe(true);
    expect((await publish({ version })).body.code).toBe('cases_failed');
  });

  it('drafts are refused like versions, and by who has seen another state', async () => {
    const wrong = await server.call<Problem>('POST', `${path}versions/`, { graph: { nodes: [{ id: 'a', type: 'no.such' }] } });
    expect([wrong.status, wrong.body.errors[0]?.pointer]).toEqual([400, '/graph/nodes/0/type']);
    expect((await draft(1, { 'if-match': '"another"' })).status).toBe(412);
  });

  it('what a workflow can be made of is described by JSON Schemas', async () => {
    const { body } = await server.call<{
      steps: { type: string; config: object; fields: object; routes: unknown }[];
      triggers: object[];
    }>('GET', '/api/v1/workflows/step-types/');
    expect(body.steps.find(({ type }) => type === 'logic.if')).toMatchObject({
      routes: ['true', 'false'],
      fields: { condition: 'condition' },
      config: { type: 'object', properties: { condition: { description: 'JSONLogic' } } },
    });
    expect(body.triggers).toContainEqual(expect.objectContaining({ type: 'event' }));
  });

  it('summaries tell what starts workflows, and how they went', async () => {
    const id = path.split('/')[4];
    await server.call('POST', `${path}run/`, { input: {} });
    const { body, status } = await server.call<{ results: object[] }>('GET', `/api/studio/workflows/?ids=${id}`);
    expect([status, body.results]).toMatchObject([
      200,
      [
        {
          id,
          latest: [{ status: 'queued' }],
          succeeded: 0,
          failed: 0,
          subscription: null,
          next_start: null,
          triggers: [{ has_filter: true }],
        },
      ],
    ]);
    const stranger = await keyOf(['*'], `strangers-${kind}`);
    expect(
      (await server.call<{ results: object[] }>('GET', `/api/studio/workflows/?ids=${id}`, undefined, stranger)).body.results,
    ).toEqual([]);
    for (const scope of ['studio:read', 'workflows:read'])
      expect((await server.call('GET', `/api/studio/workflows/?ids=${id}`, undefined, await keyOf([scope]))).status).toBe(403);
  });
});
