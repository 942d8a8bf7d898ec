import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ApiRouter, BaseAPIView, type Context } from '../index.ts';
import { as, createTestServer, workflowRouter } from '../test-support.ts';

const Body = z.object({ type: z.string(), payload: z.unknown().optional() });

class EventView extends BaseAPIView {
  static {
    this.describe('post', { body: Body, response: Body });
  }
  post(ctx: Context<z.output<typeof Body>>): z.output<typeof Body> {
    return ctx.body;
  }
}

const { app } = createTestServer(new ApiRouter().view('events', EventView).include('', workflowRouter()));
const GOOD = '{"type":"x"}';
let port = 0;

beforeAll(async () => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(() => app.close());

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

function send({ method = 'POST', path = '/events/', headers = {}, body }: Sent) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const all = { ...as('alice'), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers };
    const request = httpRequest({ port, method, path, headers: all, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
    });
    request.on('error', reject).end(body);
  });
}

async function expectProblem(sent: Sent, status: number, code?: string) {
  const reply = await send(sent);
  expect([reply.status, reply.text.slice(0, 300)]).toEqual([status, expect.any(String)]);
  expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const problem = JSON.parse(reply.text);
  expect(problem).toMatchObject({ status, trace_id: reply.headers['x-trace-id'], type: `/api/problems/${problem.code}` });
  if (code) expect(problem.code).toBe(code);
  expect(reply.text).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
  return problem;
}

test.each([
  'application/x-www-form-urlencoded',
  'application/jsonx',
  'text/json',
  'text/plain',
  'multipart/form-data; boundary=X',
  'application/json; charset=latin1',
  'application/json, text/plain',
  'application/+json',
  'garbage',
  ';;;',
])('content type %s is a 415', async (type) => {
  await expectProblem({ headers: { 'content-type': type }, body: GOOD }, 415, 'unsupported_media_type');
});

test('a body without a content type is a 415', async () => {
  await expectProblem({ headers: { 'content-type': '' }, body: GOOD }, 415);
});

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON;charset="UTF-8"',
  'application/vnd.api+json',
])('content type %s is taken', async (type) => {
  expect((await send({ headers: { 'content-type': type }, body: GOOD })).status).toBe(200);
});

test.each(['{"a":1', '', '{', 'nul', "{'a':1}", '{"a":NaN}', '{"a":1}x', '[1,]', '\u0000'])('%j is a 400', async (body) => {
  await expectProblem({ body }, 400);
});

test.each(['[]', '"str"', '1', 'null', 'true', '{}', '{"type":1}'])('%s is a 400 with pointers', async (body) => {
  const problem = await expectProblem({ body }, 400, 'invalid_input');
  expect(problem.errors.length).toBeGreaterThan(0);
});

test('a missing field is named', async () => {
  const problem = await expectProblem({ body: '{}' }, 400);
  expect(problem.errors).toEqual([{ pointer: '/type', code: 'required', message: 'is required' }]);
});

test.each([
  ['ff', Buffer.from('eyJ0eXBlIjoieCIsInYiOiL/In0=', 'base64')],
  ['overlong', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['surrogate bytes', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['utf-16', Buffer.from('{"type":"x"}', 'utf16le')],
])('text that is not UTF-8 (%s) is a 400', async (_, body) => {
  await expectProblem({ body }, 400);
});

test('a byte order mark is skipped', async () => {
  expect((await send({ body: `\uFEFF${GOOD}` })).status).toBe(200);
});

test.each([
  ['lone surrogate', '{"type":"x","payload":"\\ud800"}', 'lone_surrogate'],
  ['NUL', '{"type":"a\\u0000b"}', 'nul_character'],
  ['__proto__', '{"type":"x","payload":[{"__proto__":{"polluted":1}}]}', 'forbidden_key'],
  ['constructor', '{"type":"x","constructor":{"prototype":{"polluted":1}}}', 'forbidden_key'],
  ['65 levels', `{"type":"x","payload":${'['.repeat(65)}${']'.repeat(65)}}`, 'too_deep'],
])('%s is a 400', async (_, body, code) => {
  const problem = await expectProblem({ body }, 400, 'invalid_input');
  expect(problem.errors[0].code).toBe(code);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each([
  ['arrays', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['open arrays', '['.repeat(500_000)],
])('100,000 nested %s are a 400', async (_, body) => {
  await expectProblem({ body }, 400);
});

test('a body over the limit is a 413, declared or not', async () => {
  const body = JSON.stringify({ type: 'x'.repeat(1_100_000) });
  await expectProblem({ body }, 413, 'payload_too_large');
  const chunked = await send({ body, headers: { 'transfer-encoding': 'chunked' } }).catch(() => ({ status: 413 }));
  expect(chunked.status).toBe(413);
});

test('little of the input comes back', async () => {
  const name = 'n'.repeat(5_000);
  for (const sent of [
    { body: `{"type": ${name}` },
    { body: JSON.stringify({ payload: { [name]: '\u0000' }, type: 'x' }) },
    { method: 'GET', path: `/api/v1/workflows/?${name}=1` },
  ]) {
    const reply = await send(sent);
    expect(reply.status).toBe(400);
    expect(reply.text).not.toContain('n'.repeat(200));
  }
});

test('paths: unknown is a 404, malformed a 400, a missing verb a 405', async () => {
  await expectProblem({ method: 'GET', path: '/nowhere/' }, 404, 'not_found');
  await expectProblem({ method: 'GET', path: '/api/v1/workflows/%E0%A4%A/' }, 400, 'invalid_url');
  await expectProblem({ method: 'GET', path: `/api/v1/workflows/${'a'.repeat(2_000)}/` }, 414);
  for (const [method, allow] of [
    ['GET', 'OPTIONS, POST'],
    ['DELETE', 'OPTIONS, POST'],
  ] as const) {
    await expectProblem({ method }, 405, 'method_not_allowed');
    expect((await send({ method })).headers.allow).toBe(allow);
  }
  expect((await send({ method: 'HEAD' })).status).toBe(405);
  expect((await send({ method: 'PUT', path: '/api/v1/workflows' })).headers.allow).toBe('GET, HEAD, OPTIONS, POST');
});

test('headers that override the method have no effect, and HEAD has no body', async () => {
  const reply = await send({ method: 'GET', path: '/api/v1/workflows', headers: { 'x-http-method-override': 'DELETE' } });
  expect([reply.status, JSON.parse(reply.text)]).toEqual([200, { results: [], next: null, previous: null }]);
  const head = await send({ method: 'HEAD', path: '/api/v1/workflows' });
  expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(reply.text.length)]);
});

test('headers that are too large are a 431 problem', async () => {
  await expectProblem({ method: 'GET', headers: { 'x-big': 'x'.repeat(20_000) } }, 431, 'headers_too_large');
});

test('every reply has a trace id and the security headers', async () => {
  const good = await send({ body: GOOD, headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } });
  expect(good.headers).toMatchObject({
    'x-trace-id': 'a'.repeat(32),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
  });
  const odd = await send({ method: 'GET', path: '/nowhere', headers: { 'x-trace-id': 'bad id\u00e9' } });
  expect(odd.headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
});
