import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Document, DocumentOperation, Schema } from './document.ts';
import { emitClient } from './emit.ts';
import { clientOperations } from './operations.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = { schema: { type: 'string' } };
const json = (schema: Schema) => ({ 'application/json': { schema } });
const ok = (content?: object) => ({ 200: { ...(content && { content }) }, default: {} }) as DocumentOperation['responses'];
const header = (name: string, required = false) => ({ name, in: 'header', required, schema: { type: 'string' } });
const query = (name: string, required = false) => ({ name, in: 'query', required, schema: { type: 'string' } });
const node = { $ref: '#/components/schemas/Node' };

/** Everything at once that a document may hold. */
const document: Document = {
  components: {
    schemas: {
      Node: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          children: { type: 'array', items: node },
          parent: { anyOf: [node, { type: 'null' }] },
        },
        required: ['name'],
      },
      Json: { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: { $ref: '#/components/schemas/Json' } }] },
      NodePage: { type: 'object', properties: { results: { type: 'array', items: node }, next: { type: ['string', 'null'] } } },
    },
  },
  paths: {
    '/nodes/': {
      get: {
        operationId: 'node.list',
        parameters: [query('cursor'), query('search')],
        responses: ok({ ...json({ $ref: '#/components/schemas/NodePage' }), 'text/csv': text, 'application/x-ndjson': text }),
      },
      post: {
        operationId: 'node.create',
        parameters: [header('Idempotency-Key'), query('dry_run')],
        requestBody: { required: true, content: { ...json(node), 'text/csv': text } },
        responses: ok({ 'text/event-stream': text, ...json(node) }),
      },
    },
    '/nodes/{id}/parts/{part_id}/': {
      get: { operationId: 'node.part', responses: { 200: { content: json(node) }, 204: {} } },
      delete: { operationId: 'node.removePart', parameters: [header('If-Match', true)], responses: { 204: {} } },
    },
    '/nodes/{id}/events/': {
      get: {
        operationId: 'node.events',
        parameters: [query('last_event_id')],
        responses: ok({ 'text/event-stream': { ...text, 'x-events': { step: node, end: { type: 'null' } } } }),
      },
    },
    '/nodes/{id}/file/': {
      get: { operationId: 'node.file.get', responses: { 302: {} } },
      post: {
        operationId: 'node.file.post',
        requestBody: { content: { 'multipart/form-data': text } },
        responses: { 202: { content: { 'image/png': text } } },
      },
    },
    '/embed/': {
      post: {
        operationId: 'embed.chat',
        deprecated: true,
        parameters: [header('X-Embed-Key', true)],
        requestBody: { required: false, content: json({}) },
        responses: ok(json({})),
      },
    },
    '/openapi.json': { get: { operationId: 'openapi.get', responses: ok({ 'application/vnd.oai.openapi+json': text }) } },
    '/history/': { get: { operationId: 'talk.history', responses: ok(json({ $ref: '#/components/schemas/NodePage' })) } },
  },
};

const usage = `
import type { AutomateClient } from './generated/index.ts';
import type { Node } from './generated/schemas.ts';
declare const automate: AutomateClient;
type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function is<A, B>(_: Is<A, B>): void {}
const node: Node = { name: 'a', children: [{ name: 'b', parent: null }] };

export async function use(): Promise<void> {
  is<Node[], Awaited<ReturnType<typeof automate.nodes.list>>['results']>(true);
  for await (const row of automate.nodes.iterate({ search: 'x' })) is<Node, typeof row>(true);
  for await (const page of automate.talk.pagesHistory()) is<Node[], typeof page.results>(true);
  const csv = await automate.nodes.list({}, { accept: 'text/csv' });
  is<Response, typeof csv>(true);
  const created = await automate.nodes.create(node, { query: { dry_run: 'x' }, contentType: 'text/csv', idempotencyKey: 'k' });
  is<Node, typeof created>(true);
  for await (const event of automate.nodes.create('a,b', { accept: 'text/event-stream' })) is<unknown, typeof event.data>(true);
  const part = await automate.nodes.part('1', '2');
  is<Node | undefined, typeof part>(true);
  for await (const event of automate.nodes.events('1')) {
    if (event.event === 'step') is<Node, typeof event.data>(true);
    else is<null, typeof event.data>(true);
  }
  const file = await automate.nodes.fileGet('1');
  is<Response, typeof file>(true);
  is<Response, Awaited<ReturnType<typeof automate.nodes.filePost>>>(true);
  await automate.nodes.filePost('1', new FormData());
  const removed = await automate.nodes.removePart('1', '2', { ifMatch: '"1"' });
  is<undefined, typeof removed>(true);
  await automate.embed.chat({ any: 1 }, { headers: { 'X-Embed-Key': 'k' } });
  is<unknown, Awaited<ReturnType<typeof automate.openapi.get>>>(true);
  // @ts-expect-error the key must be sent
  automate.embed.chat({ any: 1 });
  // @ts-expect-error not one of the types
  automate.nodes.list({}, { accept: 'text/html' });
  // @ts-expect-error the second parameter is missing
  automate.nodes.part('1');
  // @ts-expect-error streams move on by themselves
  automate.nodes.events('1', { last_event_id: '4' });
  // @ts-expect-error a node has a name
  automate.nodes.create({ children: [] });
}
`;

describe('a client of everything that a document may hold', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(root, 'node_modules', '.client-'));
    cpSync(join(root, 'packages/client/src'), directory, {
      recursive: true,
      filter: (name) =>
        !/generated|\.test\.ts$|test-support|client\.ts$|index\.ts$|studio-module\.ts$/.test(name.slice(root.length)),
    });
    for (const [name, content] of emitClient(document)) {
      mkdirSync(dirname(join(directory, 'generated', name)), { recursive: true });
      writeFileSync(join(directory, 'generated', name), content);
    }
    writeFileSync(join(directory, 'usage.ts'), usage);
    const options = { extends: join(root, 'packages/client/tsconfig.json'), include: ['**/*.ts'], exclude: [] };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(options));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('compiles, and has the types that the document says', () => {
    const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', directory], { encoding: 'utf8' });
    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });

  it('is the same every time', () => {
    expect([...emitClient(structuredClone(document))]).toEqual([...emitClient(document)]);
  });

  it('knows of each operation what the runtime needs', () => {
    const table = emitClient(document).get('resources/nodes.ts') ?? '';
    expect(table).toContain(
      '"create": {"id":"node.create","method":"POST","path":"/nodes/","takes":["application/json","text/csv"],"gives":["application/json","text/event-stream"],"hasKey":true}',
    );
    expect(table).toContain(
      '"list": {"id":"node.list","method":"GET","path":"/nodes/","gives":["application/json","text/csv","application/x-ndjson"],"isPaged":true}',
    );
    expect(table).toContain('"removePart": {"id":"node.removePart","method":"DELETE","path":"/nodes/{id}/parts/{part_id}/"}');
  });
});

describe('operations', () => {
  it('must not share a name', () => {
    const get = (operationId: string) => ({ get: { operationId, responses: ok() } });
    const paths = { '/jobs/': get('job.list'), '/other/': get('jobs.list') };
    expect(() => clientOperations({ paths })).toThrow('job.list and jobs.list would both be jobs.list');
  });
});
