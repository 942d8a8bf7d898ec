import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { type GatewayHouse, type LoggedCall, openGatewayHouse } from './support/gateway-house.ts';
import { WORDS } from './support/model-answers.ts';
import { createTenant } from './support/tenants.ts';

const chat = (config: object, more: object = {}) => ({ id: 'ask', type: 'llm.chat', config, ...more });
const ticket = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name', 'age'] };
const usage = { input_tokens: 40, cache_read_tokens: 60, cache_write_tokens: 0, output_tokens: 25, reasoning_tokens: 15 };
const once = { retry: { attempts: 1 } };

describe.each(databaseKinds)('steps that ask models on %s', (kind) => {
  let house: GatewayHouse;
  let server: TestServer;
  beforeAll(async () => {
    house = await openGatewayHouse(kind);
    server = house.server;
    await house.provider('demo', {
      kind: 'demo',
      config: { rules: [{ contains: 'not json', reply: 'No.' }] },
      api_key: undefined,
    });
  });
  afterAll(() => house?.close());

  const run = async (node: object, input: object = {}) =>
    runWorkflow(server, await createWorkflow(server, [node as ReturnType<typeof chat>]), input);
  const errorOf = ({ steps }: Execution) => steps[0]?.error as { code: string; message: string } | null;
  const loggedOf = (model: string, count = 1) => house.calls(model, count) as Promise<(LoggedCall & Record<string, unknown>)[]>;

  it('give a text with what it cost, and are in the log with their execution', async () => {
    await house.endpoint('step-text', 'good');
    const node = chat({ model: '{{ event.payload.model }}', system: 'Be short.', prompt: 'Hello {{ event.payload.name }}' });
    const execution = await run(node, { model: 'step-text', name: 'Ada' });
    const [call] = await loggedOf('step-text');
    expect(execution.output).toEqual({
      text: WORDS.join(' '),
      object: null,
      tool_calls: [],
      finish_reason: 'stop',
      usage,
      cost_usd: null,
      call_id: call?.id,
      model: 'good',
      provider: 'of-step-text',
    });
    expect(call).toMatchObject({
      status: 'succeeded',
      caller: `execution:${execution.id}`,
      execution_id: execution.id,
      step: 'ask',
      trace_id: execution.trace_id,
      api_key_id: null,
    });
    const seen = house.vendor.requests.find(({ model }) => model === 'good');
    expect(seen?.body.messages).toEqual([
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Hello Ada' },
    ]);
    expect(seen?.headers['idempotency-key']).toMatch(/^[0-9a-f]{64}$/);
    expect(stepsOf(execution).ask?.input).toMatchObject({ model: 'step-text', prompt: 'Hello Ada' });
  });

  it('give an object that fits the schema, or say why it does not', async () => {
    await house.endpoint('step-object', 'good');
    expect((await run(chat({ model: 'step-object', prompt: 'Who?', schema: ticket }))).output).toMatchObject({
      object: { name: 'Ada', age: 36 },
      text: '{"name":"Ada","age":36}',
    });
    const wrong = { ...ticket, properties: { ...ticket.properties, age: { type: 'integer', maximum: 30 } } };
    const before = house.vendor.count('good');
    const failed = await run(
      chat({ model: 'step-object', prompt: 'Who?', schema: wrong }, { retry: { attempts: 2, initial_seconds: 0 } }),
    );
    expect(errorOf(failed)).toMatchObject({ code: 'answer_mismatch', message: expect.stringContaining('/age') });
    expect(house.vendor.count('good')).toBe(before + 2);
    const category = { type: 'object', properties: { category: { enum: ['billing', 'technical'] } }, required: ['category'] };
    const asked = chat({ model: 'demo/demo', prompt: 'A technical fault', schema: category });
    expect((await run(asked)).output).toMatchObject({ object: { category: 'technical' }, cost_usd: '0', provider: 'demo' });
    const text = chat({ model: 'demo/demo', prompt: 'not json', schema: category }, once);
    expect(errorOf(await run(text))).toMatchObject({ code: 'answer_not_json' });
  });

  it('take whole conversations, and hand on tools', async () => {
    await house.endpoint('step-tools', 'tooling');
    const messages = [
      { role: 'user', content: 'Weather in {{ event.payload.city }}?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
    ];
    const tools = [{ name: 'weather', description: 'Tells the weather', parameters: { type: 'object', properties: {} } }];
    const told = await run(chat({ model: 'step-tools', messages, tools }), { city: 'Rome' });
    expect(told.output).toMatchObject({ text: 'The tool said: sunny', tool_calls: [] });
    const called = await run(
      chat({ model: 'step-tools', messages: '{{ event.payload.said }}', tools, tool_choice: 'required' }),
      {
        said: [{ role: 'user', content: 'Weather?' }],
      },
    );
    expect(called.output).toMatchObject({
      finish_reason: 'tool-calls',
      tool_calls: [{ id: 'call_1', name: 'weather', arguments: { city: 'Rome', note: 'naïve – “ok”' } }],
    });
    const wrong = await run(chat({ model: 'step-tools', messages: [{ role: 'wizard' }] }));
    expect(errorOf(wrong)).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('/messages/0') });
  });

  it('wait as long as a provider asks, and are tried again', async () => {
    await house.endpoint('step-busy', 'fault-retry-after-9', { attempts: { retries: 0 } });
    const execution = await run(chat({ model: 'step-busy', prompt: 'x' }, { retry: { attempts: 2, initial_seconds: 0 } }));
    expect(execution.status).toBe('succeeded');
    const step = stepsOf(execution).ask;
    expect(step?.attempts).toBe(2);
    const calls = await loggedOf('step-busy', 2);
    expect(calls.map(({ error_code }) => error_code)).toEqual([null, 'provider_rate_limited']);
    const [second, first] = calls.map(({ created_at }) => Date.parse(String(created_at)));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000);
    const keys = house.vendor.requests.filter(({ model }) => model === 'fault-retry-after-9');
    expect(new Set(keys.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('fail at once with the code and the words of the gateway when another try would change nothing', async () => {
    for (const [model, code, count] of [
      ['fault-auth-1', 'provider_auth', 1],
      ['fault-bad-request-1', 'provider_refused', 1],
      ['fault-quota-1', 'provider_rate_limited', 1],
      ['fault-server-error-1', 'provider_failed', 3],
    ] as const) {
      const slug = `step-${model}`;
      await house.endpoint(slug, model, { attempts: { retries: 0 } });
      const failed = await run(chat({ model: slug, prompt: 'x' }, { retry: { attempts: 3, initial_seconds: 0 } }));
      expect([model, errorOf(failed)?.code, house.vendor.count(model)]).toEqual([model, code, count]);
      expect(errorOf(failed)?.message).toContain(`of-${slug}: `);
    }
    expect(errorOf(await run(chat({ model: 'nowhere', prompt: 'x' })))).toMatchObject({ code: 'model_not_found' });
    await house.endpoint('step-short', 'good', { limits: { max_output_tokens: 10 } });
    const long = chat({ model: 'step-short', prompt: 'x', max_output_tokens: 20 });
    expect(errorOf(await run(long))?.message).toContain('must be at most 10 for this endpoint');
  });

  it('stop when a budget of the tenant is spent', async () => {
    const { call } = await createTenant(server, 'step-budget');
    await call('POST', '/api/v1/providers/', { slug: 'demo', kind: 'demo', config: {} });
    const budget = await call<{ id: string }>('POST', '/api/v1/gateway/budgets/', {
      name: 'One request',
      metric: 'requests',
      amount: '1',
      period: 'day',
    });
    expect(budget.status, JSON.stringify(budget.body)).toBe(201);
    const node = (id: string) => ({ ...chat({ model: 'demo/demo', prompt: 'x' }), id });
    const made = await call<{ id: string }>('POST', '/api/v1/workflows/', {
      name: 'Two',
      graph: { nodes: [node('one'), node('two')], edges: [{ source: 'one', target: 'two' }] },
    });
    const started = await call<{ execution_id: string }>('POST', `/api/v1/workflows/${made.body.id}/run/`, { input: {} });
    const ended = await eventually(
      async () => (await call<Execution>('GET', `/api/v1/executions/${started.body.execution_id}/`)).body,
      ({ status }) => status === 'failed' || status === 'succeeded',
    );
    expect(stepsOf(ended)).toMatchObject({
      one: { status: 'succeeded' },
      two: { status: 'failed', attempts: 1, error: { code: 'budget_spent', message: expect.stringContaining('One request') } },
    });
  });

  it('leave the provider when they are cancelled, or too late', async () => {
    await house.endpoint('step-cancel', 'fault-stall-21');
    const id = await createWorkflow(server, [chat({ model: 'step-cancel', prompt: 'x' })]);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input: {} });
    await eventually(
      async () => house.vendor.count('fault-stall-21'),
      (count) => count === 1,
    );
    await server.call('POST', `/api/v1/executions/${body.execution_id}/cancel/`);
    expect(await house.vendor.abortedAt('fault-stall-21')).toBeGreaterThan(0);
    expect((await waitForExecution(server, body.execution_id)).status).toBe('cancelled');
    expect(await loggedOf('step-cancel')).toMatchObject([{ status: 'cancelled' }]);
    await house.endpoint('step-late', 'fault-stall-22');
    const late = await run(chat({ model: 'step-late', prompt: 'x' }, { timeout_seconds: 0.5, ...once }));
    expect(errorOf(late)).toMatchObject({ code: 'step_timeout' });
    expect(await house.vendor.abortedAt('fault-stall-22')).toBeGreaterThan(0);
  });

  it('make vectors', async () => {
    await house.endpoint('step-embed', 'vectors', { tasks: ['llm.embed'] });
    const embed = (config: object) => ({ id: 'embed', type: 'llm.embed', config: { model: 'step-embed', ...config } });
    const { output } = await run(embed({ input: ['one', '{{ event.payload.text }}'], dimensions: 4 }), { text: 'three' });
    expect(output).toMatchObject({ dimensions: 4, model: 'vectors', provider: 'of-step-embed', cost_usd: null });
    expect((output as { embeddings: number[][] }).embeddings.map((vector) => vector.length)).toEqual([4, 4]);
    expect((await run(embed({ input: '{{ event.payload.texts }}' }), { texts: ['a', 'b', 'c'] })).output).toMatchObject({
      dimensions: 8,
    });
    const [call] = await loggedOf('step-embed', 2);
    expect(call).toMatchObject({ task: 'llm.embed', step: 'embed' });
    const none = await run(embed({ input: '{{ event.payload.texts }}' }), { texts: [] });
    expect(errorOf(none)).toMatchObject({ code: 'invalid_input' });
  });

  it('run the version of a prompt that its label leads to then', async () => {
    const say = (word: string) => ({
      messages: [{ role: 'user', content: `${word} {{ name }}` }],
      variables: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      model: 'demo/demo',
    });
    await server.call('POST', '/api/v1/prompts/', { name: 'Greeting', slug: 'step-greeting', version: say('Hello') });
    await server.call('POST', '/api/v1/prompts/step-greeting/versions/', say('Goodbye'));
    const move = (body: object) => server.call('PUT', '/api/v1/prompts/step-greeting/labels/production/', body);
    expect((await move({ version: 1 })).status).toBeLessThan(300);
    const node = (config: object = {}) => ({
      id: 'say',
      type: 'prompt.run',
      config: { prompt: 'step-greeting', variables: { name: '{{ event.payload.name }}' }, ...config },
    });
    const id = await createWorkflow(server, [node()]);
    const outputOf = async () => (await runWorkflow(server, id, { name: 'Ada' })).output;
    expect(await outputOf()).toMatchObject({
      text: expect.stringContaining('Hello Ada'),
      prompt: { slug: 'step-greeting', version: 1, label: 'production' },
    });
    await move({ version: 2 });
    expect(await eventually(outputOf, (output) => JSON.stringify(output).includes('Goodbye'))).toMatchObject({
      prompt: { version: 2 },
    });
    expect((await run(node({ version: 1 }), { name: 'Bob' })).output).toMatchObject({ prompt: { version: 1, label: null } });
    const all = { variables: '{{ event.payload }}' };
    expect((await run(node(all), { name: 'Eve' })).output).toMatchObject({ text: expect.stringContaining('Eve') });
    expect(errorOf(await run(node({ variables: {} })))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('name'),
    });
    expect(errorOf(await run(node({ label: 'nowhere' }), { name: 'x' }))).toMatchObject({ code: 'prompt_label_not_found' });

    // Of several versions each execution has one, in all of its steps, and a person the same each time.
    await move({ variants: [1, 2].map((version) => ({ version, weight: 1 })) });
    const twice = await createWorkflow(server, [node(), { ...node(), id: 'again' }, { ...node(), id: 'more' }]);
    const versions = new Set<number>();
    for (let round = 0; round < 12; round += 1) {
      const steps = (await runWorkflow(server, twice, { name: 'Ada' })).steps;
      const seen = new Set(steps.map(({ output }) => (output as { prompt: { version: number } }).prompt.version));
      expect(seen.size).toBe(1);
      for (const version of seen) versions.add(version);
    }
    expect(versions.size).toBe(2);
    const sticky = await createWorkflow(server, [node({ sticky_key: '{{ event.payload.name }}' })]);
    const chosen = new Set<number>();
    for (let round = 0; round < 6; round += 1) {
      const { output } = await runWorkflow(server, sticky, { name: 'Ada' });
      chosen.add((output as { prompt: { version: number } }).prompt.version);
    }
    expect(chosen.size).toBe(1);
  });

  it('are not paid again when an execution goes on or is replayed from behind them', async () => {
    await house.endpoint('step-replay', 'slow-replay');
    const id = await createWorkflow(
      server,
      [
        chat({ model: 'step-replay', prompt: 'x' }),
        { id: 'after', type: 'core.set', config: { values: { said: '{{ steps.ask.output.text }}' } } },
      ],
      [{ source: 'ask', target: 'after' }],
    );
    const first = await runWorkflow(server, id);
    expect(first.output).toEqual({ said: WORDS.join(' ') });
    const replay = await server.call<{ execution_id: string }>('POST', `/api/v1/executions/${first.id}/replay/`, {
      from_step: 'after',
    });
    expect((await waitForExecution(server, replay.body.execution_id)).output).toEqual(first.output);
    expect(house.vendor.count('slow-replay')).toBe(1);
  });

  it('have an endpoint do any of its tasks', async () => {
    await house.endpoint('step-modal', 'good');
    const node = (config: object) => ({ id: 'do', type: 'modal.run', config: { endpoint: 'step-modal', ...config } });
    const { output } = await run(node({ input: { prompt: 'Hello {{ event.payload.name }}' }, params: { temperature: 0 } }), {
      name: 'Ada',
    });
    expect(output).toMatchObject({
      task_type: 'llm.chat',
      outputs: { text: WORDS.join(' ') },
      artifacts: [],
      usage,
      cost_usd: null,
      call_ids: [expect.any(String)],
    });
    expect(await loggedOf('step-modal')).toMatchObject([{ step: 'do', caller: expect.stringMatching(/^execution:/) }]);
    const all = node({ input: '{{ event.payload }}' });
    expect((await run(all, { prompt: 'x' })).status).toBe('succeeded');
    expect(errorOf(await run(all, { nothing: 'x' }))).toMatchObject({ code: 'invalid_input' });
    expect(errorOf(await run(node({ task_type: 'audio.tts', input: { text: 'x' } })))).toMatchObject({
      code: 'task_not_allowed',
    });
    expect(errorOf(await run(node({ endpoint: 'nowhere', input: {} })))).toMatchObject({ code: 'not_found' });
  });

  it('say what is wrong with a configuration when it is saved, and are left out of dry runs', async () => {
    const refused = async (config: object) => {
      const reply = await server.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/workflows/', {
        name: 'x',
        graph: { nodes: [chat(config)], edges: [] },
      });
      expect(reply.status).toBe(400);
      return reply.body.errors.map(({ pointer }) => pointer.replace('/graph/nodes/0/config', ''));
    };
    expect(await refused({ model: 'm' })).toEqual(['/prompt']);
    expect(await refused({ model: 'm', messages: '{{ x }}', system: 'x' })).toContain('/system');
    expect(await refused({ model: 'm', prompt: 'x', schema: { type: 'nope' } })).toEqual(['/schema/type']);
    expect(await refused({ model: 'm', prompt: 'x', tools: [{ name: 'a' }, { name: 'a' }] })).toEqual(['/tools/1/name']);
    expect(await refused({ model: 'm', prompt: '{{ secrets.KEY }}' })).toEqual(['/prompt']);
    const id = await createWorkflow(server, [chat({ model: 'demo/demo', prompt: 'x' })]);
    const dry = (body: object) =>
      server.call<{ status: string; error: object | null }>('POST', `/api/v1/workflows/${id}/dry-run/`, body);
    expect((await dry({})).body).toMatchObject({ status: 'failed', error: { code: 'pin_required' } });
    expect((await dry({ pins: { ask: { text: 'pinned' } } })).body).toMatchObject({ status: 'succeeded' });
  });
});
