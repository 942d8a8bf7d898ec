import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStep, type Field, type StepType } from '../src/engine/index.ts';
import { fieldBelow, takesSecrets } from '../src/engine/steps/fields/fields.ts';
import { builtInSteps } from '../src/engine/steps/registry.ts';
import { agentRun } from '../src/gateway/steps/agent/agent-run.ts';
import { modelSteps } from '../src/gateway/steps/model-steps.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow } from './support/executions.ts';
import { secretSpellings } from './support/secret-spellings.ts';
import { stepSamples } from './support/step-samples.ts';

interface Problem {
  readonly errors?: readonly { pointer: string; code: string }[];
}
type Config = Record<string, unknown>;
type Schema = Record<string, unknown>;

/** Of a host program: it takes secrets in some fields, also below others, and has templates, rules and plain ones beside them. */
const sends = defineStep({
  type: 'host.sends',
  description: 'Of the host.',
  config: z.strictObject({
    token: z.string(),
    title: z.string(),
    only: z.unknown().optional(),
    value: z.unknown().optional(),
    account: z.strictObject({ user: z.string(), password: z.string() }).optional(),
    parts: z.array(z.strictObject({ name: z.string(), key: z.string() })).optional(),
    more: z.record(z.string(), z.unknown()).optional(),
  }),
  fields: {
    token: 'secret-text',
    title: 'text',
    only: 'condition',
    value: 'rule',
    account: { fields: { user: 'template', password: 'secret-template' } },
    parts: { each: { fields: { name: 'header', key: 'secret-header' } } },
  },
  run: (_input, { secrets, scope }) => ({ output: { names: secrets.names, sees: Object.keys(scope) } }),
});
const types: readonly StepType[] = [...builtInSteps, agentRun, ...modelSteps, sends];
const samples: typeof stepSamples = {
  ...stepSamples,
  'host.sends': [
    {
      token: 'x',
      title: 'x',
      only: true,
      value: 1,
      account: { user: 'x', password: 'x' },
      parts: [{ name: 'x', key: 'x' }],
      more: { a: 'x' },
    },
  ],
};

/** What a step type declares for a place of its configuration. */
function declared({ fields }: StepType, path: readonly string[]): Field | undefined {
  return path.reduce<Field | undefined>((field, key) => fieldBelow(field, /^\d+$/.test(key) ? Number(key) : key), { fields });
}

/** Every place of a schema that can hold a value of its own, at any depth: top-level ones are those that a configuration has. */
function placesOf(schema: Schema, path: readonly string[] = []): (readonly string[])[] {
  const branches = (schema.anyOf ?? schema.oneOf ?? schema.allOf) as Schema[] | undefined;
  if (branches) return branches.flatMap((branch) => placesOf(branch, path));
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const more = schema.additionalProperties;
  return [
    ...(path.length > 0 ? [path] : []),
    ...properties.flatMap(([name, inner]) => placesOf(inner, [...path, name])),
    ...(typeof more === 'object' ? placesOf(more as Schema, [...path, 'some']) : []),
    ...(schema.items ? placesOf(schema.items as Schema, [...path, '0']) : []),
  ];
}

function fieldsOf({ type, config, bodyField }: StepType): string[] {
  const schema = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }) as Schema;
  const places = placesOf(schema).map((path) => path.join('/'));
  // One that only groups others has no fields of its own.
  if (bodyField === undefined) expect(places.length, `${type} has fields`).toBeGreaterThan(0);
  return [...new Set(places)];
}

function withValue(config: Config, [first = '', ...rest]: readonly string[], value: unknown): Config {
  if (rest.length === 0) return { ...config, [first]: value };
  const inner = config[first];
  if (rest[0] === '0') return { ...config, [first]: [value] };
  return { ...config, [first]: withValue(typeof inner === 'object' && inner !== null ? (inner as Config) : {}, rest, value) };
}

/** A node for each field and spelling, where the type takes no secret. */
function refusedNodes(): { id: string; type: string; config: Config; field: string; spelling: unknown }[] {
  return types.flatMap((type) =>
    fieldsOf(type).flatMap((field) => {
      const path = field.split('/');
      const [top = ''] = path;
      if (takesSecrets(declared(type, path))) return [];
      const sample = samples[type.type]?.find((config) => top in config) ?? samples[type.type]?.[0] ?? {};
      return secretSpellings.map((spelling, index) => {
        const bodied = type.bodyField && {
          [type.bodyField]: { nodes: [{ id: 'in', type: 'core.log', config: { message: 'x' } }] },
        };
        const config = { ...withValue(sample, field.split('/'), spelling), ...bodied };
        return { id: `${type.type}-${field}-${index}`.replace(/[^\w-]/g, '_'), type: type.type, config, field, spelling };
      });
    }),
  );
}

const chunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

it('have a sample for every field of every step type', () => {
  expect(Object.keys(samples).sort()).toEqual(types.map(({ type }) => type).sort());
  for (const type of types) {
    const given = new Set(samples[type.type]?.flatMap((config) => Object.keys(config)));
    expect(
      fieldsOf(type)
        .map((field) => field.split('/')[0] ?? '')
        .filter((field) => !given.has(field)),
      type.type,
    ).toEqual([]);
    for (const sample of samples[type.type] ?? []) type.compile(type.config.parse(sample));
  }
});

describe.each(databaseKinds)('fields of steps on %s', (kind) => {
  let server: TestServer;
  const nodes = refusedNodes();
  const HELLO = [{ id: 'hello', type: 'core.log', config: { message: 'hello' } }];
  beforeAll(async () => {
    server = await createTestServer(kind, { steps: [sends], environment: { AUTOMATE_LOG_LEVEL: 'fatal' } });
    const secret = { name: 'PAY', value: 'a-value-that-pays-4711', hosts: ['api.example.com'] };
    expect((await server.call('POST', '/api/v1/secrets/', secret)).status).toBe(201);
  });
  afterAll(() => server?.close());

  const save = (body: object) => server.call<Problem>('POST', '/api/v1/workflows/', { name: 'x', ...body });
  /** Puts a graph into the database as an older version would have let it in. */
  const smuggle = async (graph: object): Promise<string> => {
    const id = await createWorkflow(server, HELLO);
    await server.automate.db.query('update workflow_versions set graph = $2 where workflow_id = $1', [id, JSON.stringify(graph)]);
    return id;
  };
  const graphOf = (all: readonly { id: string; type: string; config: Config }[]) => ({
    nodes: all.map(({ id, type, config }) => ({ id, type, config, on_error: 'continue' })),
    edges: [],
  });
  const node = { id: 'a', type: 'core.log', config: { message: '{{ secrets.PAY }}' } };
  const within = (inner: object, items = '{{ event.payload.list }}') => ({
    id: 'loop',
    type: 'flow.foreach',
    config: { items, body: { nodes: [inner], edges: [] } },
  });
  const undone = { id: 'b', type: 'core.log', config: { message: 'x' }, compensate: { type: 'core.log', config: node.config } };

  it('take no secret but where the type says so, in any spelling', async () => {
    expect(nodes.length).toBeGreaterThan(1_000);
    for (const some of chunks(nodes, 4)) {
      // A reply tells no more than twenty findings.
      const reply = await save({ graph: graphOf(some) });
      expect(reply.status).toBe(400);
      const refused = new Set(
        reply.body.errors?.filter(({ code }) => code === 'secret_refused').map(({ pointer }) => pointer.split('/')[3]),
      );
      const passed = some.filter((_, index) => !refused.has(String(index)));
      expect(passed.map(({ type, field, spelling }) => `${type} ${field} ${JSON.stringify(spelling)}`)).toEqual([]);
    }
  });

  it('see none at run either, whatever an older version let in', async () => {
    for (const some of chunks(nodes, 500)) {
      const execution = await runWorkflow(server, await smuggle(graphOf(some)), {
        name: 'secrets',
        list: [1],
        go: true,
        middle: '',
      });
      const { rows } = await server.automate.db.query<{ node: string; code: string | null; input: string; output: string }>(
        `select node_path as node, error->>'code' as code, input::text as input, output::text as output from step_runs
         where execution_id = $1`,
        [execution.id],
      );
      expect(rows.length).toBe(some.length);
      expect(rows.filter(({ code }) => code !== 'secret_refused').map(({ node: id, code }) => `${id} ${code}`)).toEqual([]);
      expect(JSON.stringify(rows)).not.toContain('pays');
    }
  }, 120_000);

  it('take none in loops at any depth, nor in what undoes a step', async () => {
    for (const [graph, pointer] of [
      [{ nodes: [within(node)] }, '/graph/nodes/0/config/body/nodes/0/config/message'],
      [{ nodes: [within(within(node))] }, '/graph/nodes/0/config/body/nodes/0/config/body/nodes/0/config/message'],
      [{ nodes: [within(HELLO[0] as object, '{{ secrets.PAY }}')] }, '/graph/nodes/0/config/items'],
      [{ nodes: [undone] }, '/graph/nodes/0/compensate/config/message'],
      [{ nodes: [within(undone)] }, '/graph/nodes/0/config/body/nodes/0/compensate/config/message'],
    ] as const) {
      const reply = await save({ graph: { ...graph, edges: [] } });
      expect(reply.body.errors?.map((error) => [error.code, error.pointer])).toEqual([['secret_refused', pointer]]);
    }
    const inner = await runWorkflow(server, await smuggle({ nodes: [within(within(node))], edges: [] }), { list: [[1]] });
    expect(inner).toMatchObject({ status: 'failed', error: { code: 'secret_refused' } });
    const fails = { id: 'fails', type: 'core.transform', config: { template: { a: '{{ event.payload.none }}' } } };
    const edges = [{ source: 'b', target: 'fails' }];
    const execution = await runWorkflow(server, await smuggle({ nodes: [undone, fails], edges }));
    expect(execution.status).toBe('failed');
    expect(JSON.stringify(execution)).toContain('secret_refused');
  });

  it('hold up no other step of a version that an older one let in', async () => {
    const graph = { nodes: [...HELLO, { ...node, on_error: 'continue' }], edges: [{ source: 'hello', target: 'a' }] };
    const id = await smuggle(graph);
    const execution = await runWorkflow(server, id);
    expect(execution.steps.map(({ node: step, status }) => `${step} ${status}`).sort()).toEqual(['a failed', 'hello succeeded']);
    const replay = await server.call('POST', `/api/v1/executions/${execution.id}/replay/`, { from_step: 'a' });
    expect(replay.status).toBe(202);
    const dry = await server.call<{ steps: { error: { code: string } | null }[] }>('POST', `/api/v1/workflows/${id}/dry-run/`, {
      version: 1,
    });
    expect(dry.body.steps?.map(({ error }) => error?.code)).toEqual([undefined, 'secret_refused']);
  });

  it('are not all there is: triggers and settings take none', async () => {
    const graph = { nodes: HELLO, edges: [] };
    const trigger = { type: 'event', event_type: 'a.b' };
    for (const [body, pointer] of [
      [{ triggers: [{ ...trigger, filter: { '==': [{ var: 'secrets.PAY' }, 'a'] } }] }, '/triggers/0/filter/==/0'],
      [{ triggers: [{ ...trigger, filter: { missing: ['secrets.PAY'] } }] }, '/triggers/0/filter'],
      [{ triggers: [{ ...trigger, config: { a: { $secret: 'PAY' } } }] }, '/triggers/0/config/a'],
      [{ settings: { idempotency_key: '{{ secrets.PAY }}' } }, '/settings/idempotency_key'],
      [{ settings: { concurrency: { limit: 1, key: '{{ secrets.PAY }}' } } }, '/settings/concurrency/key'],
      [{ settings: { rate_limit: { limit: 1, period_seconds: 1, key: '{{ secrets.PAY }}' } } }, '/settings/rate_limit/key'],
      [{ settings: { debounce: { seconds: 1, key: '{% if secrets.PAY %}{% endif %}' } } }, '/settings/debounce/key'],
      [{ settings: { batch: { size: 2, seconds: 1, key: '{{ ["secrets"].PAY }}' } } }, '/settings/batch/key'],
      [{ settings: { priority: { if: [{ var: 'secrets.PAY' }, 1, 2] } } }, '/settings/priority/if/0'],
      [{ settings: { error_workflow: '{{ secrets.PAY }}' } }, '/settings/error_workflow'],
    ] as const) {
      const reply = await save({ graph, ...body });
      expect([reply.status, reply.body.errors?.map((error) => [error.code, error.pointer])], JSON.stringify(body)).toEqual([
        400,
        [['secret_refused', pointer]],
      ]);
    }
  });

  it('that take secrets take them whole, and only where they can be recognised again', async () => {
    const url = 'https://api.example.com/';
    const one = (config: object, type = 'http.request') => save({ graph: { nodes: [{ id: 'a', type, config }], edges: [] } });
    const taking = types.flatMap((type) =>
      fieldsOf(type)
        .filter((field) => takesSecrets(declared(type, field.split('/'))))
        .map((field) => `${type.type} ${field}`),
    );
    expect(taking.sort()).toEqual(
      [
        ...['url', 'headers', 'headers/some', 'query', 'query/some', 'json', 'body'].map((field) => `http.request ${field}`),
        ...['token', 'account/password', 'parts/0/key'].map((field) => `host.sends ${field}`),
      ].sort(),
    );
    for (const config of [
      { url: `${url}{{ secrets.PAY }}` },
      { url: '{{ secrets.PAY }}/path' },
      { url: 'https://{{ event.payload.region }}.example.com/?key={{ secrets.PAY }}' },
      { url, headers: { authorization: 'Basic {{ event.payload.user | append: ":" | append: secrets.PAY | base64_encode }}' } },
      { url, query: { key: '{{ secrets.PAY }}' } },
      { url, json: { key: { $secret: 'PAY' }, signed: '{{ event.id | hmac_sha256: secrets.PAY }}' } },
      { url, body: '{% if event.payload.a %}{{ secrets.PAY | json }}{% endif %}' },
    ])
      expect((await one(config)).status, JSON.stringify(config)).toBe(201);
    const whole = new Set(['{{ secrets.PAY }}', '{{secrets["PAY"]}}', "a {{- secrets['PAY'] -}} b"]);
    for (const spelling of secretSpellings.filter((text) => typeof text === 'string' && !whole.has(text))) {
      // Written whole, it only looks for another way to the same.
      if (/^\{\{ \["(?:secrets|\\u0073ecrets)"\]/.test(spelling as string)) continue;
      const reply = await one({ url, body: spelling });
      expect(
        reply.body.errors?.map(({ code }) => code),
        spelling as string,
      ).toContain('invalid_secret');
    }
    for (const wrong of [
      'https://{{ secrets.PAY }}/',
      'https://a.{{ secrets.PAY }}.example.com/',
      '{{ event.payload.a }}{{ secrets.PAY }}',
    ])
      expect(
        (await one({ url: wrong })).body.errors?.map(({ code }) => code),
        wrong,
      ).toContain('secret_refused');
    const mixed = await one({ token: '{{ secrets.PAY }}', title: '{{ [event.payload.name].PAY }}' }, 'host.sends');
    expect(mixed.body.errors?.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['secret_refused', '/graph/nodes/0/config/title'],
    ]);
  });
});
