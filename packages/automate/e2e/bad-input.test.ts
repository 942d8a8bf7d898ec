import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, runWorkflow } from './support/executions.ts';

interface Case {
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly auth: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly body_b64?: string;
  readonly json?: Record<string, unknown>;
  readonly gen?: { type: string; depth?: number; name?: string; bytes?: number };
  readonly raw?: string;
  readonly expect_status: string[];
  readonly reason: string;
}

interface Answer {
  readonly status: number | 'closed';
  readonly type: string;
  readonly text: string;
}

/** The cases of the corpus whose targets exist; the others come with the features they are about. */
const cases = readFileSync(new URL('./fixtures/http_badinput.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Case);

describe('bad input over HTTP', () => {
  let server: TestServer;
  let execution: string;
  beforeAll(async () => {
    server = await createTestServer('pglite');
    execution = (
      await runWorkflow(server, await createWorkflow(server, [{ id: 'a', type: 'core.log', config: { message: 'x' } }]))
    ).id;
  });
  afterAll(async () => {
    expect((await server.call('GET', '/health/ready/')).status, 'the server still answers').toBe(200);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    await server.close();
  });

  it.each(cases.map((item) => [item.id, item.reason, item] as const))(
    '%s %s',
    { timeout: 10_000 },
    async (_id, _reason, item) => {
      const started = Date.now();
      const answer = item.target === 'socket' ? await sendRaw(item) : await send(item);
      expect(Date.now() - started, 'no hang').toBeLessThan(5_000);
      const { status } = answer;
      const isExpected = item.expect_status.some((wanted) =>
        wanted.endsWith('xx') ? String(status)[0] === wanted[0] : String(status) === wanted,
      );
      expect(isExpected, `${status} is none of ${item.expect_status}: ${answer.text.slice(0, 300)}`).toBe(true);
      if (typeof status === 'number' && status >= 400 && item.target !== 'socket') {
        expect(answer.type).toContain('application/problem+json');
        expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts:\d+/);
        const problem = JSON.parse(answer.text) as { status: number; code: string; trace_id: string };
        expect(problem).toMatchObject({ status, code: expect.any(String), trace_id: expect.any(String) });
      }
    },
  );

  function send(item: Case): Promise<Answer> {
    const { path, body } = place(item);
    const headers: Record<string, string> = { ...item.headers };
    if (item.auth === 'valid') headers.authorization = `Bearer ${server.token}`;
    if (item.gen?.type === 'header') headers[item.gen.name ?? ''] = 'x'.repeat(item.gen.bytes ?? 0);
    return new Promise((resolve, reject) => {
      const outgoing = request(server.url, { method: item.method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
        );
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? resolve({ status: 'closed', type: '', text: '' }) : reject(error),
      );
      outgoing.end(body);
    });
  }

  /** The real path and body of a case. */
  function place({ target, body, body_b64: base64, json, gen }: Case): { path: string; body: string | Buffer | undefined } {
    const tail = target.slice(target.indexOf('}') + 1);
    if (target.startsWith('{GETID:')) return { path: `/api/v1/executions/${target.slice(7, -1)}/`, body: undefined };
    if (target.startsWith('{LIST}')) return { path: `/api/v1/executions/${tail}`, body: undefined };
    if (target.startsWith('{EXEC_STREAM}')) return { path: `/api/v1/executions/${execution}/events/`, body: undefined };
    if (target.startsWith('{RULE}')) return { path: '/api/v1/workflows/', body: JSON.stringify(withRule(json?.rule)) };
    if (target.startsWith('{WORKFLOW_CREATE}'))
      return { path: '/api/v1/workflows/', body: JSON.stringify(toWorkflow(json ?? {})) };
    const bytes =
      base64 === undefined
        ? undefined
        : Buffer.from(Buffer.from(base64, 'base64').toString('latin1').replace('"type"', '"event_type"'), 'latin1');
    const text = json ? JSON.stringify(json) : body;
    const deep =
      gen?.type === 'nested_objects'
        ? `{"event_type":"x","payload":${'{"a":'.repeat(gen.depth ?? 0)}1${'}'.repeat(gen.depth ?? 0)}}`
        : undefined;
    return { path: '/api/v1/events/', body: deep ?? bytes ?? text?.replace('"type"', '"event_type"') };
  }

  function sendRaw({ raw = '' }: Case): Promise<Answer> {
    const { hostname, port } = new URL(server.url);
    const bytes = raw.replace('{EVENTS}', '/api/v1/events/').replace('{LIST}', '/api/v1/executions/');
    return new Promise((resolve) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.end(Buffer.from(bytes, 'latin1')));
      const finish = () => {
        socket.destroy();
        const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
        resolve({ status: status ? Number(status) : 'closed', type: '', text });
      };
      socket
        .on('data', (chunk) => (text += chunk))
        .on('error', finish)
        .on('close', finish)
        .setTimeout(4_000, finish);
    });
  }
});

function withRule(rule: unknown) {
  const graph = { nodes: [{ id: 'a', type: 'core.log', config: { message: 'x' } }], edges: [] };
  return { name: 'r', graph, triggers: [{ type: 'event', event_type: 'x', filter: rule }] };
}

/** The corpus speaks of a workflow in general terms; these are ours. */
function toWorkflow({ name, nodes, edges }: Record<string, unknown>) {
  const types: Record<string, string> = { http: 'http.request', delay: 'core.sleep' };
  const ourNodes = Array.isArray(nodes)
    ? nodes.map((node: { type: string; config?: { ms?: number } }) => ({
        ...node,
        type: types[node.type] ?? node.type,
        ...(node.config?.ms === undefined ? {} : { config: { seconds: node.config.ms / 1_000 } }),
      }))
    : nodes;
  const ourEdges = (edges as { from: string; to: string }[] | undefined)?.map(({ from, to }) => ({ source: from, target: to }));
  return { name, graph: { nodes: ourNodes, edges: ourEdges ?? [] } };
}
