import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  ApiRouter,
  BaseAPIView,
  BaseViewSet,
  type Context,
  documentationRouter,
  type EventStream,
  eventStream,
  healthRouter,
  html,
  type OperationOptions,
  PublicAPIMixin,
} from '../index.ts';
import { as, createTestApi, createTestServer, workflow, workflowRouter } from '../test-support.ts';

const Node = z.object({ id: z.string(), kind: z.string().default('task') }).meta({ id: 'Node' });
const Graph = z.object({ nodes: z.array(Node) }).meta({ id: 'Graph' });
const Same = z.object({ name: z.string() }).meta({ id: 'Same' });

class GraphViewSet extends BaseViewSet {
  static {
    this.describe('create', { body: Graph, response: Graph, query: z.object({ dry: z.boolean().default(false) }) });
    this.action('same', { detail: false, methods: ['post'], body: Same, response: Same });
    this.action('clear', { detail: true, methods: ['delete'] });
    this.action('events', { detail: true, produces: 'text/event-stream' });
  }
  create(ctx: Context<z.output<typeof Graph>>): z.output<typeof Graph> {
    return ctx.body;
  }
  same(ctx: Context<z.output<typeof Same>>): z.output<typeof Same> {
    return ctx.body;
  }
  clear(): void {}
  events(): EventStream {
    return eventStream(async function* () {});
  }
}

class PageView extends PublicAPIMixin(BaseAPIView) {
  static {
    this.describe('get', { produces: 'text/html', documented: false });
  }
  get() {
    return html('<!doctype html>');
  }
}

class OpenView extends PublicAPIMixin(BaseAPIView) {
  static {
    this.describe('post', { consumes: ['image/png'], response: Same });
  }
  post(ctx: Context): z.output<typeof Same> {
    return { name: String(ctx.request.rawBody?.length) };
  }
}

const router = new ApiRouter()
  .include('', workflowRouter())
  .register('graphs', GraphViewSet, { basename: 'graph' })
  .view('open', OpenView)
  .include('api', documentationRouter())
  .include('health', healthRouter());

async function document() {
  const made = createTestServer(router);
  const reply = await made.app.inject('/api/openapi.json');
  expect(reply.statusCode).toBe(200);
  return { ...made, document: reply.json() };
}

test('a page for people is left out of the document, and answers', async () => {
  const made = createTestServer(
    new ApiRouter().view('page', PageView).view('open', OpenView).include('api', documentationRouter()),
  );
  const { paths, tags } = (await made.app.inject('/api/openapi.json')).json();
  expect(Object.keys(paths)).toContain('/open/');
  expect(Object.keys(paths)).not.toContain('/page/');
  expect(tags).not.toContainEqual({ name: 'page' });
  expect((await made.app.inject('/page')).statusCode).toBe(200);
});

test('the document is valid OpenAPI 3.1 and has every route', async () => {
  const { document: made } = await document();
  const result = await new Validator().validate(structuredClone(made));
  expect(result).toMatchObject({ valid: true });
  expect(Object.keys(made.paths).toSorted()).toEqual(
    router
      .routes()
      .filter(({ options }) => options.documented !== false)
      .map((route) => route.path)
      .filter((path, index, all) => all.indexOf(path) === index)
      .toSorted(),
  );
  expect(made.paths['/api/v1/workflows/{id}/activate/'].post.operationId).toBe('workflow.activate');
});

test('what is sent has its own component only where it differs', async () => {
  const { document: made } = await document();
  const schemas = made.components.schemas;
  // Graph differs because the Node in it does.
  expect(Object.keys(schemas)).toEqual(
    expect.arrayContaining(['Graph', 'GraphInput', 'Node', 'NodeInput', 'Same', 'Problem', 'WorkflowView']),
  );
  expect(schemas.SameInput).toBeUndefined();
  expect(schemas.NodeInput.required).toEqual(['id']);
  expect(schemas.Node.required).toEqual(['id', 'kind']);
  expect(schemas.GraphInput.properties.nodes.items.$ref).toBe('#/components/schemas/NodeInput');
  expect(made.paths['/graphs/'].post.requestBody.content['application/json'].schema.$ref).toBe('#/components/schemas/GraphInput');
});

test('statuses, streams, parameters and security are as they are', async () => {
  const { paths } = (await document()).document;
  expect(paths['/graphs/{id}/clear/'].delete.responses['204']).toEqual({ description: 'No content' });
  expect(paths['/graphs/{id}/events/'].get.responses['200'].content).toEqual({
    'text/event-stream': { schema: { type: 'string' } },
  });
  expect(paths['/graphs/'].post.responses['201']).toBeDefined();
  const names = paths['/api/v1/workflows/'].get.parameters.map((parameter: { name: string }) => parameter.name);
  expect(names).toEqual(['cursor', 'limit', 'count', 'ordering', 'search', 'status', 'status_in', 'priority', 'fields']);
  expect(paths['/api/v1/workflows/'].get.responses['401']).toBeDefined();
  expect(paths['/open/'].post).toMatchObject({ security: [], requestBody: { content: { 'image/png': {} } } });
  expect(paths['/health/live/'].get.responses['401']).toBeUndefined();
});

test('replies match the document', async () => {
  const { app, store, document: made } = await document();
  store.rows.push(workflow(), workflow({ name: 'B' }));
  const id = String(store.rows[0]?.id);
  const ajv = new Ajv2020({ strict: false });
  (formats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema(made, 'api');
  const requests = [
    ['GET', '/api/v1/workflows/', '/api/v1/workflows/'],
    ['GET', `/api/v1/workflows/${id}`, '/api/v1/workflows/{id}/'],
    ['GET', '/api/v1/workflows/nope', '/api/v1/workflows/{id}/'],
    ['GET', '/api/v1/workflows/?limit=0', '/api/v1/workflows/'],
    ['POST', '/api/v1/workflows/', '/api/v1/workflows/', { name: 'C' }],
    ['POST', '/api/v1/workflows/', '/api/v1/workflows/', { name: '' }],
    ['POST', `/api/v1/workflows/${id}/activate`, '/api/v1/workflows/{id}/activate/', { reason: 'x' }],
    ['PATCH', `/api/v1/workflows/${id}`, '/api/v1/workflows/{id}/', { name: 'D' }],
    ['GET', '/health/ready', '/health/ready/'],
  ] as const;
  for (const [method, url, path, payload] of requests) {
    const reply = await app.inject({ method, url, headers: as('alice'), ...(payload && { payload }) });
    const { responses } = made.paths[path][method.toLowerCase()];
    const status = responses[reply.statusCode] ? String(reply.statusCode) : 'default';
    const type = String(reply.headers['content-type']).split(';')[0] as string;
    expect(responses[status].content[type], `${method} ${url} ${status} ${type}`).toBeDefined();
    const pointer = ['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema']
      .map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = ajv.compile({ $ref: `api#/${pointer}` });
    expect([validate(reply.json()), validate.errors]).toEqual([true, null]);
  }
});

test.each<[string, (schema: z.ZodObject) => OperationOptions]>([
  ['a reply', (response) => ({ response: z.array(response) })],
  ['a page', (row) => ({ response: z.object({ results: z.lazy(() => z.array(row.describe('A row.'))) }) })],
  ['another reply', (schema) => ({ response: Same, otherReplies: { 202: schema.optional() } })],
  ['an event', (schema) => ({ produces: 'text/event-stream', events: { changed: z.union([z.null(), schema]) } })],
  ['what is read from a body', (body) => ({ response: Same, body: z.record(z.string(), body.transform(String)) })],
  ['the query', (schema) => ({ response: Same, query: z.object({ as: schema.default({}) }) })],
])('two schemas under one id stop the start: in %s', (_, optionsWith) => {
  const start = (...fields: z.ZodType[]) => {
    const router = new ApiRouter();
    fields.forEach((field, index) => {
      class ClashView extends BaseAPIView {
        static {
          this.describe('post', optionsWith(z.object({ field }).meta({ id: 'Clash' })) as never);
        }
        post() {
          return { name: 'x' };
        }
      }
      router.view(`view-${index}`, ClashView);
    });
    return createTestApi(router).api;
  };
  expect(() => start(z.string().optional(), z.int().optional())).toThrow('"Clash"');
  // Made twice, it is the same all the same.
  expect(start(z.string().optional(), z.string().optional()).openapi()).toContain('Clash');
});

test('groups are described, in the order of their routes, with what is open at the end', async () => {
  class Described extends BaseAPIView {
    static {
      this.describe('get', { response: Same });
    }
    override tag = 'things';
    override tagDescription = 'What things are.';
    get() {
      return { name: 'x' };
    }
  }
  class Also extends Described {
    override tagDescription: string = 'The first one counts.';
  }
  const router = new ApiRouter().view('open', OpenView).view('things', Described).view('things/more', Also, { basename: 'more' });
  const { tags } = JSON.parse(createTestApi(router).api.openapi());
  expect(tags).toEqual([{ name: 'things', description: 'What things are.' }, { name: 'open' }]);
});

test('begins with what is true of every route, or with what its host says', () => {
  const described = (options = {}) => JSON.parse(createTestApi(router, options).api.openapi()).info.description;
  for (const word of ['Bearer', 'problem+json', 'Idempotency-Key', 'RateLimit', 'next']) expect(described()).toContain(word);
  // It leads to nothing outside.
  expect(described()).not.toMatch(/https?:/);
  expect(described({ description: 'Ours.' })).toBe('Ours.');
});

test('says how to authenticate as its authenticators do', () => {
  const schemes = { session: { type: 'apiKey', in: 'cookie', name: 'session' } };
  const session = { name: 'session', challenge: 'x', authenticate: () => null, schemes };
  const { components, paths } = JSON.parse(createTestApi(router, { authenticators: [session] }).api.openapi());
  expect(components.securitySchemes).toEqual(schemes);
  expect(paths['/graphs/'].post.security).toEqual([{ session: [] }]);
  expect(paths['/open/'].post.security).toEqual([]);
  const other = JSON.parse(createTestApi(router, { authenticators: [{ ...session, schemes: undefined }] }).api.openapi());
  expect(Object.keys(other.components.securitySchemes)).toEqual(['bearer', 'apiKey']);
});

test('shows bodies: those of the view, or one that is made and fits', () => {
  const Odd = z.object({ even: z.int().refine((value) => value % 2 === 0, 'must be even') });
  const made = (options: OperationOptions) => {
    class OddView extends BaseAPIView {
      static {
        this.describe('post', { body: Odd, response: Same, ...options });
      }
      post() {
        return { name: 'x' };
      }
    }
    const document = JSON.parse(createTestApi(new ApiRouter().view('odd', OddView)).api.openapi());
    const { schema: _, ...examples } = document.paths['/odd/'].post.requestBody.content['application/json'];
    return examples;
  };
  // One is odd, and a wrong example is worse than none.
  expect(made({})).toEqual({});
  expect(made({ examples: { Two: { even: 2 } } })).toEqual({ examples: { Two: { summary: 'Two', value: { even: 2 } } } });
  expect(() => made({ examples: { Two: { even: 2 }, Three: { even: 3 } } })).toThrow(
    'The example "Three" of odd.post is no body for it: /even must be even.',
  );
  const graph = JSON.parse(createTestApi(router).api.openapi()).paths['/graphs/'].post.requestBody.content['application/json'];
  expect(graph.example).toEqual({ nodes: [{ id: graph.example.nodes[0].id }] });
});

test('shows calls of a client that has the routes, and of no other', () => {
  const client = { name: 'a-client', has: (basename: string) => basename === 'graph' };
  const { paths } = JSON.parse(createTestApi(router, { client }).api.openapi());
  const sample = (path: string, method: string) => paths[path][method]['x-codeSamples']?.[0];
  expect(sample('/graphs/', 'post')).toMatchObject({ lang: 'TypeScript', label: 'a-client' });
  expect(sample('/graphs/', 'post').source).toContain('automate.graphs.create({ nodes: [{ id: ');
  expect(sample('/graphs/{id}/clear/', 'delete').source).toMatch(/^await automate.graphs.clear\(id\);$/m);
  expect(sample('/graphs/{id}/events/', 'get').source).toContain(
    'for await (const { event, data } of automate.graphs.events(id))',
  );
  expect(sample('/api/v1/workflows/', 'get')).toBeUndefined();
});

test('the document is sent compressed, by its tag, and asked for by HEAD', async () => {
  const { app } = await document();
  const plain = await app.inject('/api/openapi.json');
  expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding', 'cache-control': 'no-cache' });
  const seen = new Set([plain.headers.etag]);
  for (const [encoding, decode] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    for (let round = 0; round < 2; round += 1) {
      const reply = await app.inject({ url: '/api/openapi.json', headers: { 'accept-encoding': encoding } });
      expect(reply.headers).toMatchObject({ 'content-encoding': encoding, vary: 'Accept-Encoding' });
      expect(decode(reply.rawPayload).toString()).toBe(plain.body);
      seen.add(reply.headers.etag);
    }
    const etag = [...seen].at(-1) as string;
    const again = { 'accept-encoding': encoding, 'if-none-match': etag };
    const known = await app.inject({ url: '/api/openapi.json', headers: again });
    expect([known.statusCode, known.body, known.headers.etag]).toEqual([304, '', etag]);
  }
  expect(seen.size).toBe(3);
  const head = await app.inject({ method: 'HEAD', url: '/api/openapi.json' });
  expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', plain.headers.etag]);
});

test('bytes of a declared type reach the handler; others are a 415', async () => {
  const { app } = await document();
  const send = (type: string) =>
    app.inject({ method: 'POST', url: '/open', payload: Buffer.from([255, 0, 1]), headers: { 'content-type': type } });
  expect((await send('image/png')).json()).toEqual({ name: '3' });
  expect((await send('image/gif')).statusCode).toBe(415);
});

test('tells of the conflicts of every write, and what a JSON file may hold', async () => {
  const { paths } = (await document()).document;
  const statuses = (method: string, path: string) => Object.keys(paths[path]?.[method]?.responses ?? {});
  for (const method of ['put', 'patch', 'delete']) expect(statuses(method, '/api/v1/workflows/{id}/')).toContain('409');
  expect(statuses('get', '/api/v1/workflows/{id}/')).toContain('400');
  expect(statuses('get', '/api/v1/workflows/{id}/')).not.toContain('409');
  const { content } = paths['/api/v1/workflows/export/'].get.responses['200'];
  expect(content).toMatchObject({ 'application/json': { schema: {} }, 'text/csv': { schema: { type: 'string' } } });
  expect(content['application/json'].schema).toEqual({});
});
