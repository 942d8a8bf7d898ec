import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { type AgentRequest, type AgentVendor, createAgentVendor, toolTexts } from './support/agent-house.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { handleOf } from './support/graphs.ts';
import { bothKinds } from './support/lanes.ts';
import { createScriptedSink, type ScriptedSink } from './support/scripted-sink.ts';

const weather = {
  name: 'weather',
  description: 'Tells the weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  type: 'core.transform',
  config: { template: { city: '{{ arguments.city }}', sky: 'clear' } },
};

interface Output {
  readonly text: string;
  readonly stopped_by: string | null;
  readonly turns: number;
  readonly usage: Readonly<Record<string, number>>;
  readonly cost_usd: string | null;
  readonly tool_calls: number;
  readonly invalid_calls: number;
  readonly failed_calls: number;
}

describe.each(bothKinds)('agents on %s', (kind) => {
  let server: TestServer;
  let vendor: AgentVendor;
  let sink: ScriptedSink;
  let models = 0;

  beforeAll(async () => {
    vendor = await createAgentVendor(() => 'nothing');
    sink = await createScriptedSink();
    server = await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: `${vendor.host},${sink.host}` } });
    const config = { base_url: vendor.url };
    await server.call('POST', '/api/v1/providers/', {
      slug: 'vendor',
      kind: 'openai-compatible',
      config,
      api_key: 'sk-vendor-key-1234',
    });
  });
  afterAll(async () => {
    await server?.close();
    await vendor?.close();
    await sink?.close();
  });
  beforeEach(() => {
    vendor.delayMs = 0;
    vendor.requests.length = 0;
    models += 1;
  });

  const agent = (config: object = {}, more: object = {}) => ({
    id: 'agent',
    type: 'agent.run',
    config: {
      model: `vendor/m${models}`,
      prompt: 'What is the weather in {{ event.payload.city }}?',
      tools: [weather],
      ...config,
    },
    ...more,
  });
  /** Turns of the model, one after the other; the last one is said again and again. */
  const scripted = (...turns: (string | readonly [string, unknown][])[]) => {
    vendor.script = (_request, turn) => turns[Math.min(turn, turns.length - 1)] as string;
  };
  const run = async (config: object = {}, input: object = { city: 'Rome' }) => {
    const workflow = await createWorkflow(server, [agent(config)]);
    return runWorkflow(server, workflow, input);
  };
  const outputOf = ({ output, error, status }: Execution) => {
    expect({ status, error }).toEqual({ status: 'succeeded', error: null });
    return output as unknown as Output;
  };
  const price = (values: object) => server.call('POST', '/api/v1/gateway/prices/', { model: `m${models}`, ...values });
  const last = () => vendor.requests.at(-1) as AgentRequest;

  it('calls tools side by side until it has an answer, and each turn and call is a step', async () => {
    scripted(
      [
        ['weather', { city: 'Rome' }],
        ['weather', { city: 'Oslo' }],
      ],
      'Clear in both.',
    );
    await price({ input: '1', output: '10' });
    const execution = await run({ system: 'You help {{ event.payload.city }}.', model: `{{ "vendor" }}/m${models}` });
    expect(outputOf(execution)).toEqual({
      text: 'Clear in both.',
      finish_reason: 'stop',
      stopped_by: null,
      turns: 2,
      usage: { input_tokens: 200, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 40, reasoning_tokens: 0 },
      cost_usd: '0.0006',
      tool_calls: 2,
      invalid_calls: 0,
      failed_calls: 0,
    });
    const paths = execution.steps
      .filter(({ status }) => status === 'succeeded')
      .map(({ node, iteration }) => `${node} ${iteration}`);
    expect(paths).toEqual(
      expect.arrayContaining(['agent/model 0', 'agent/model 1', 'agent/calls:0/tool_weather 0', 'agent/calls:0/tool_weather 1']),
    );
    const [first, second] = vendor.requests;
    expect(first?.messages[0]).toEqual({ role: 'system', content: 'You help Rome.' });
    expect(first?.tools?.[0]?.function).toMatchObject({ name: 'weather', parameters: { required: ['city'] } });
    const [rome, oslo] = toolTexts(second as AgentRequest);
    const mark = /^<(tool-output-[0-9a-f]{24})>\n/.exec(rome ?? '')?.[1];
    expect(rome).toBe(`<${mark}>\n{"sky":"clear","city":"Rome"}\n</${mark}>`);
    expect(oslo).toContain('"Oslo"');
    expect(JSON.stringify(second?.messages.slice(0, 2))).toContain(mark);
    interface Logged {
      readonly execution_id: string | null;
      readonly step: string | null;
    }
    const calls = await eventually(
      async () =>
        (await server.call<{ results: Logged[] }>('GET', `/api/v1/gateway/calls/?model=vendor/m${models}`)).body.results,
      (all) => all.length === 2,
    );
    expect(calls.map(({ execution_id: id, step }) => [id, step]).toSorted()).toEqual([
      [execution.id, 'agent/model'],
      [execution.id, 'agent/model:1'],
    ]);
  });

  it('tells the model what is wrong with a call, counts it, and goes on', async () => {
    scripted(
      [
        ['weather', { town: 'Rome' }],
        ['weather', '{"city": '],
        ['nothing', {}],
      ],
      [['weather', { city: 'Rome' }]],
      'Clear.',
    );
    const execution = await run();
    expect(outputOf(execution)).toMatchObject({ turns: 3, tool_calls: 4, invalid_calls: 3, failed_calls: 0 });
    const [wrong, broken, unknown, right] = toolTexts(last());
    expect(wrong).toMatch(/do not fit the schema.*city/s);
    expect(broken).toContain('no JSON object');
    expect(unknown).toContain('no such tool; there are: weather');
    expect(right).toContain('clear');
    expect(execution.steps.filter(({ node, status }) => node.endsWith('tool_weather') && status === 'succeeded')).toHaveLength(1);
  });

  it('gives the error of a tool to the model, or fails with it', async () => {
    const broken = {
      ...weather,
      type: 'http.request',
      config: { url: `${sink.url}/500-{{ arguments.city }}` },
      retry: { attempts: 1 },
    };
    scripted([['weather', { city: 'Rome' }]], 'It failed.');
    const execution = await run({ tools: [broken] });
    expect(outputOf(execution)).toMatchObject({ text: 'It failed.', failed_calls: 1 });
    expect(toolTexts(last())[0]).toContain('The tool failed:');
    const failed = await run({ tools: [broken], on_tool_error: 'fail' });
    expect(failed).toMatchObject({ status: 'failed', error: { node: 'agent', code: 'http_status' } });
  });

  it('runs workflows of the tenant as tools, and bounds what they give', async () => {
    await server.call('POST', '/api/v1/workflows/', {
      name: 'Long',
      slug: 'long-answer',
      graph: {
        nodes: [
          { id: 'a', type: 'core.transform', config: { template: { said: '{{ event.payload.word }}{{ event.payload.word }}' } } },
        ],
      },
    });
    const tool = { name: 'long', description: 'Says a word twice.', workflow: 'long-answer' };
    scripted(
      [
        ['long', { word: 'x'.repeat(200) }],
        ['missing', {}],
      ],
      'Done.',
    );
    const missing = { name: 'missing', description: 'Is not there.', workflow: 'not-there' };
    const execution = await run({ tools: [tool, missing], tool_output_characters: 100 });
    expect(outputOf(execution)).toMatchObject({ tool_calls: 2, failed_calls: 1 });
    const [text, none] = toolTexts(last());
    expect(text).toContain(`${'x'.repeat(91)}\n[cut: these are the first 100 of 411 characters]`);
    expect(none).toContain('not-there');
    const children = await server.call<{ results: Execution[] }>(
      'GET',
      `/api/v1/executions/?parent_execution_id=${execution.id}`,
    );
    expect(children.body.results).toHaveLength(1);
  });

  it('derives the arguments from the step type, and what the model says is no template', async () => {
    scripted([['note', { message: '{{ event.payload.city }}' }]], 'Done.');
    const execution = await run({ tools: [{ name: 'note', description: 'Notes a text.', type: 'core.log' }] });
    expect(outputOf(execution).invalid_calls).toBe(0);
    expect(vendor.requests[0]?.tools?.[0]?.function.parameters).toMatchObject({ required: ['message'] });
    expect(stepsOf(execution)['agent/calls:0/tool_note']?.input).toMatchObject({ message: '{{ event.payload.city }}' });
  });

  describe('ceilings', () => {
    const endless = () => scripted([['weather', { city: 'Rome' }]]);

    it('of turns', async () => {
      endless();
      const execution = await run({ max_turns: 3 });
      expect(execution).toMatchObject({ status: 'failed', error: { node: 'agent', code: 'agent_limit' } });
      expect(execution.error?.message).toContain('"max_turns": 3');
      expect(vendor.requests).toHaveLength(3);
    });

    it('of tokens', async () => {
      endless();
      const execution = await run({ max_tokens: 300 });
      expect(execution.error).toMatchObject({ code: 'agent_limit', message: expect.stringContaining('ceiling of tokens') });
      expect(vendor.requests.map(({ max_tokens }) => max_tokens)).toEqual([300, 180, 60]);
    });

    it('of cost', async () => {
      endless();
      await price({ input: '1', output: '10' });
      const execution = await run({ max_cost_usd: 0.0005 });
      expect(execution.error).toMatchObject({ code: 'agent_limit', message: expect.stringContaining('ceiling of cost') });
      expect(vendor.requests).toHaveLength(2);
    });

    it('of cost cannot be held without a price, and stops', async () => {
      endless();
      const execution = await run({ max_cost_usd: 1 });
      expect(execution.error).toMatchObject({ code: 'agent_cost_unknown', message: expect.stringContaining('max_cost_usd') });
      expect(vendor.requests).toHaveLength(1);
    });

    it('let the model answer once more without tools', async () => {
      vendor.script = ({ tool_choice: choice }) => (choice === 'none' ? 'What I have.' : [['weather', { city: 'Rome' }]]);
      const execution = await run({ max_turns: 2, on_limit: 'answer' });
      expect(outputOf(execution)).toMatchObject({ text: 'What I have.', stopped_by: 'turns', turns: 3, tool_calls: 2 });
      expect(last().messages.at(-1)).toMatchObject({ role: 'user' });
    });
  });

  describe('approvals', () => {
    const asking = { ...weather, approval: { title: 'Look at {{ arguments.city }}?' } };
    interface Waiting {
      readonly id: string;
      readonly title: string;
    }
    const decided = async (decision: object) => {
      scripted([['weather', { city: 'Rome' }]], 'Done.');
      const workflow = await createWorkflow(server, [agent({ tools: [asking] })]);
      const id = await handleOf(server).start(workflow, { city: 'Rome' });
      const [waiting] = (await eventually(
        async () => (await server.call<{ results: Waiting[] }>('GET', `/api/v1/approvals/?execution_id=${id}`)).body.results,
        (all) => all.length === 1,
      )) as [Waiting];
      expect(waiting.title).toBe('Look at Rome?');
      expect((await server.call('POST', `/api/v1/approvals/${waiting.id}/decide/`, decision)).status).toBe(200);
      return waitForExecution(server, id);
    };

    it('granted', async () => {
      const execution = await decided({ decision: 'approved' });
      expect(outputOf(execution)).toMatchObject({ failed_calls: 0 });
      expect(toolTexts(last())[0]).toContain('clear');
    });

    it('rejected', async () => {
      const execution = await decided({ decision: 'rejected', comment: 'not today' });
      expect(outputOf(execution)).toMatchObject({ failed_calls: 1 });
      expect(toolTexts(last())[0]).toContain('a person rejected it, saying: not today');
      expect(stepsOf(execution)['agent/calls:0/tool_weather']?.status).toBe('skipped');
    });

    it('not decided in time', async () => {
      scripted([['weather', { city: 'Rome' }]], 'Done.');
      const execution = await run({ tools: [{ ...weather, approval: { timeout_seconds: 0.1 } }] });
      expect(outputOf(execution)).toMatchObject({ failed_calls: 1 });
      expect(toolTexts(last())[0]).toContain('nobody decided');
    });
  });

  it('ends at once when it is cancelled', async () => {
    vendor.delayMs = 30_000;
    const workflow = await createWorkflow(server, [agent()]);
    const { start, cancel } = handleOf(server);
    const id = await start(workflow, { city: 'Rome' });
    await eventually(
      async () => vendor.requests.length,
      (count) => count === 1,
    );
    expect((await cancel(id)).status).toBeLessThan(300);
    expect((await waitForExecution(server, id)).status).toBe('cancelled');
    vendor.delayMs = 0;
  });

  it('is replayed from behind, with its answer, and from itself, anew', async () => {
    scripted([['weather', { city: 'Rome' }]], 'Done.');
    const workflow = await createWorkflow(
      server,
      [agent(), { id: 'after', type: 'core.transform', config: { template: { said: '{{ steps.agent.output.text }}' } } }],
      [{ source: 'agent', target: 'after' }],
    );
    const first = await runWorkflow(server, workflow, { city: 'Rome' });
    expect(first.output).toEqual({ said: 'Done.' });
    const { replay } = handleOf(server);
    const behind = await replay(first.id, { from_step: 'after' });
    expect((await waitForExecution(server, behind.body.execution_id)).output).toEqual({ said: 'Done.' });
    expect(vendor.requests).toHaveLength(2);
    const anew = await replay(first.id, { from_step: 'agent' });
    expect((await waitForExecution(server, anew.body.execution_id)).output).toEqual({ said: 'Done.' });
    expect(vendor.requests).toHaveLength(4);
  });

  it('goes on with what it has paid for when its failed turn is run again', async () => {
    scripted([['weather', { city: 'Rome' }]], 'Clear.');
    const workflow = await createWorkflow(server, [agent({ max_turns: 1 })]);
    const failed = await runWorkflow(server, workflow, { city: 'Rome' });
    expect(failed.error?.code).toBe('agent_limit');
    const graph = { nodes: [agent({ max_turns: 5 })] };
    const saved = await server.call('PUT', `/api/v1/workflows/${workflow}/`, { name: 'Raised', graph });
    expect(saved.status).toBe(200);
    const again = await handleOf(server).replay(failed.id, { failed_items_of: 'agent', version: 'latest' });
    expect(again.status).toBe(202);
    const ended = await waitForExecution(server, again.body.execution_id);
    expect(outputOf(ended)).toMatchObject({ text: 'Clear.', turns: 2 });
    expect(vendor.requests).toHaveLength(2);
  });

  it('shows its turns in the explorer as a part of the graph', async () => {
    scripted([['weather', { city: 'Rome' }]], 'Clear.');
    const execution = await run();
    interface Node {
      readonly id: string;
      readonly config: { readonly body: { readonly nodes: readonly Node[] } };
    }
    interface Shown {
      readonly graph: { readonly nodes: readonly Node[] };
      readonly nodes: readonly { readonly path: string }[];
    }
    const { body } = await server.call<Shown>('GET', `/api/studio/explorer/${execution.id}/`);
    const [model, calls] = body.graph.nodes[0]?.config.body.nodes ?? [];
    expect([model?.id, calls?.id]).toEqual(['model', 'calls']);
    expect(calls?.config.body.nodes.map(({ id }) => id)).toEqual(['pick', 'tool_weather', 'result']);
    expect(body.nodes.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['agent', 'agent/model', 'agent/calls/tool_weather']),
    );
  });

  it('gives a tool its secrets, runs calls at the same time, and shows the model neither keys nor hosts', async () => {
    await server.call('POST', '/api/v1/secrets/', { name: 'SHOP', value: 'the-token-of-the-shop', hosts: [sink.host] });
    const config = {
      method: 'POST',
      url: `${sink.url}/echo`,
      headers: { authorization: 'Bearer {{ secrets.SHOP }}' },
      json: { place: '{{ arguments.place }}' },
    };
    const tool = { name: 'echo', description: 'Says it again.', parameters: { type: 'object' }, type: 'http.request', config };
    scripted(
      ['a', 'b', 'c', 'd'].map((place) => ['echo', { place }] as const),
      'Done.',
    );
    const execution = await run({ tools: [tool], parallel_calls: 3 });
    expect(outputOf(execution)).toMatchObject({ tool_calls: 4, failed_calls: 0 });
    expect(sink.mostAtOnce('/echo')).toBeGreaterThan(1);
    expect(sink.mostAtOnce('/echo')).toBeLessThanOrEqual(3);
    expect(toolTexts(last()).map((text) => /"place":"(.)"/.exec(text)?.[1])).toEqual(['a', 'b', 'c', 'd']);
    expect(JSON.stringify([vendor.requests, execution])).not.toContain('the-token-of-the-shop');
    const shown = { ...weather, config: { template: { key: '{{ secrets.SHOP }}' } } };
    const graph = { nodes: [agent({ tools: [shown] })] };
    const refused = await server.call<{ errors: object[] }>('POST', '/api/v1/workflows/', { name: 'x', graph });
    expect(refused.body.errors).toEqual([
      expect.objectContaining({ pointer: '/graph/nodes/0/config/tools/0/config/template/key', code: 'secret_refused' }),
    ]);
  });

  it('may have a group of steps as a tool, and another agent', async () => {
    const steps = [
      { id: 'one', type: 'core.set', config: { values: { n: '{{ arguments.n }}' } } },
      { id: 'two', type: 'core.transform', config: { template: { twice: '{{ steps.one.output.n }}{{ arguments.n }}' } } },
    ];
    const body = { nodes: steps, edges: [{ source: 'one', target: 'two' }] };
    const group = {
      name: 'twice',
      description: 'Says a number twice.',
      parameters: { type: 'object' },
      type: 'flow.group',
      config: { body },
    };
    const inner = { model: `vendor/inner${models}`, prompt: 'Answer {{ arguments.n }}', tools: [group] };
    const helper = { name: 'helper', description: 'Helps.', parameters: { type: 'object' }, type: 'agent.run', config: inner };
    vendor.script = ({ model }, turn) => {
      if (turn > 0) return model.startsWith('inner') ? 'Helped.' : 'Done.';
      return model.startsWith('inner') ? [['twice', { n: 4 }]] : [['helper', { n: 4 }]];
    };
    const execution = await run({ tools: [helper] });
    expect(outputOf(execution).text).toBe('Done.');
    expect(toolTexts(vendor.requests[2] as AgentRequest)[0]).toContain('"twice":"44"');
    expect(toolTexts(last())[0]).toContain('"text":"Helped."');
  });

  it('is one type for the policy, and its tools are others', async () => {
    const policy = (rules: object) => server.call('PUT', '/api/v1/policy/', rules);
    try {
      await policy({ allowed_step_types: ['agent.run', 'core.transform'] });
      scripted([['weather', { city: 'Rome' }]], 'Clear.');
      expect(outputOf(await run()).text).toBe('Clear.');
      const graph = { nodes: [agent({ tools: [{ name: 'log', description: 'x', type: 'core.log' }] })] };
      const refused = await server.call<{ code: string }>('POST', '/api/v1/workflows/', { name: 'x', graph });
      expect([refused.status, refused.body.code]).toEqual([403, 'policy_step_type_denied']);
    } finally {
      await policy({});
    }
  });

  it('asks no model in a dry run', async () => {
    const workflow = await createWorkflow(server, [agent()]);
    interface Report {
      readonly status: string;
      readonly error: { readonly code: string; readonly message: string } | null;
      readonly output: unknown;
    }
    const dry = (body: object) => server.call<Report>('POST', `/api/v1/workflows/${workflow}/dry-run/`, body);
    const without = await dry({ input: { city: 'Rome' } });
    expect(without.body.error).toMatchObject({ code: 'pin_required', message: expect.stringContaining('"agent/model"') });
    const pinned = await dry({ input: { city: 'Rome' }, pins: { agent: { text: 'Clear.' } } });
    expect(pinned.body).toMatchObject({ status: 'succeeded', output: { text: 'Clear.' } });
    expect(vendor.requests).toHaveLength(0);
  });

  it('works with the demo model', async () => {
    const rules = [{ contains: 'weather', tool_call: { name: 'weather', arguments: { city: 'Rome' } } }];
    const made = await server.call('POST', '/api/v1/providers/', { slug: 'demo-agent', kind: 'demo', config: { rules } });
    expect(made.body).toMatchObject({ slug: 'demo-agent' });
    const output = outputOf(await run({ model: 'demo-agent/demo' }));
    expect(output).toMatchObject({ turns: 2, tool_calls: 1 });
    expect(output.text).toContain('"sky":"clear"');
  });

  it('refuses what is wrong with tools, where it stands', async () => {
    const tools = [
      weather,
      weather,
      { name: 'a', description: 'x', type: 'agent.model', config: {} },
      { name: 'b', description: 'x', type: 'http.request', config: { url: 'https://example.com/', headers: 1 } },
      { name: 'c', description: 'x', type: 'core.log', config: { message: '{{ broken' } },
      { name: 'd', description: 'x', type: 'core.log', parameters: { type: 'string' } },
    ];
    const reply = await server.call<{ errors: { pointer: string; code: string }[] }>('POST', '/api/v1/workflows/', {
      name: 'x',
      graph: { nodes: [agent({ tools })] },
    });
    expect(reply.status).toBe(400);
    const pointers = reply.body.errors.map(({ pointer }) => pointer);
    for (const path of ['1/name', '2/type', '3/config/headers', '4/config/message', '5/parameters/type'])
      expect(pointers).toContain(`/graph/nodes/0/config/tools/${path}`);
    const alone = await server.call<{ errors: { code: string }[] }>('POST', '/api/v1/workflows/', {
      name: 'x',
      graph: { nodes: [{ id: 'a', type: 'agent.pick', config: { routes: [] } }] },
    });
    expect(alone.body.errors).toMatchObject([{ code: 'unknown_node_type' }]);
  });
});
