import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { notesHost } from './fixtures/notes.ts';
import { createWorkflow, runWorkflow } from './support/executions.ts';
import { endlessPartHeaders, hostileFiles, multipart, type Part } from './support/files.ts';
import { oneKind } from './support/lanes.ts';

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
  readonly multipart?: readonly Part[];
  readonly expect_status: string[];
  readonly also: string[];
  readonly reason: string;
}

interface Answer {
  readonly status: number | 'closed';
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The public corpus, whole. */
const cases = readFileSync(new URL('./fixtures/http_badinput.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Case);

/** Cases about features that are not there yet, and whose expectation leaves no room for a 404. */
const NOT_YET: Readonly<Record<string, string>> = {
  'http-387': 'Zapier: there is no POST /api/v1/zapier/subscribe/, and the case wants its 400',
  'http-404': 'widget: no embed exists whose origins could be checked; the case wants 403',
  'http-405': 'widget: no embed exists whose origins could be checked; the case wants 403',
  'http-407': 'widget: no embed exists whose origins could be checked; the case wants 403',
  'http-408': 'widget: no embed exists whose origins could be checked; the case wants 403',
  'http-409': 'widget: no embed exists whose origins could be checked; the case wants 403',
  'http-416': 'widget: no embed exists that could be asked often; the case wants 200 or 429',
};
/** Paths for the corpus’ targets; of those that are absent yet the cases take a 404. */
const TARGETS: Readonly<Record<string, string>> = {
  '{CHAT}': '/datachat/api/chat/',
  '{FORGOT_PASSWORD}': '/api/auth/request-password-reset/',
  '{CONNECTION_TEST}': '/api/v1/providers/01a20a02-0000-7000-8000-000000000000/test/',
  '{LLM_RUN}': '/api/modal/endpoints/m/run/',
  '{UPLOAD}': '/api/v1/notes/import/',
  '{RAG_UPLOAD}': '/api/v1/notes/import/',
};
const SIGN_IN = '/api/auth/sign-in/';
const BOUNDARY = 'X';
const mapped = cases.filter(({ id }) => !NOT_YET[id]);

it('maps every case of the corpus, or says why not', () => {
  expect(cases).toHaveLength(94);
  expect(cases.filter(({ target }) => /^\{(ZAPIER|EMBED)/.test(target)).map(({ id }) => id)).toEqual(Object.keys(NOT_YET));
  expect(mapped).toHaveLength(87);
  const kinds = new Set(mapped.flatMap(({ also }) => also));
  expect([...kinds].filter((also) => !CHECKS[also] && !UNCHECKED[also])).toEqual([]);
});

describe('bad input over HTTP', () => {
  let server: TestServer;
  let execution: string;
  let viewer: string;
  let workflow: string;
  beforeAll(async () => {
    // Addresses are those that a proxy tells, so that cases may come from any.
    server = await createTestServer(oneKind, { ...notesHost, environment: { AUTOMATE_API_TRUST_PROXY: 'true' } });
    workflow = await createWorkflow(server, [{ id: 'a', type: 'core.log', config: { message: 'x' } }]);
    execution = (await runWorkflow(server, workflow)).id;
    const { rows } = await server.automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    const scopes = ['workflows:read', 'executions:read', 'events:read'];
    viewer = (await server.automate.apiKeys.create({ tenantId: rows[0]?.id ?? '', name: 'viewer', scopes, isStaff: false }))
      .value;
  });
  afterAll(async () => {
    expect((await server.call('GET', '/health/ready/')).status, 'the server still answers').toBe(200);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    await server.close();
  });

  it.each(mapped.map((item) => [item.id, item.reason, item] as const))('%s %s', async (_id, _reason, item) => {
    // Files made to hurt take their time to make.
    const placed = item.target === 'socket' ? undefined : place(item);
    const started = Date.now();
    const answer = placed ? await send(item, placed) : await sendRaw(item);
    expect(Date.now() - started, 'no hang').toBeLessThan(5_000);
    const { status } = answer;
    const isExpected = item.expect_status.some((wanted) =>
      wanted.endsWith('xx') ? String(status)[0] === wanted[0] : String(status) === wanted,
    );
    expect(isExpected, `${status} is none of ${item.expect_status}: ${answer.text.slice(0, 300)}`).toBe(true);
    if (typeof status === 'number' && status >= 400 && item.target !== 'socket') {
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts:\d+/);
      const problem = JSON.parse(answer.text) as { status: number; code: string; trace_id: string };
      expect(problem).toMatchObject({ status, code: expect.any(String), trace_id: expect.any(String) });
    }
    for (const also of item.also) await CHECKS[also]?.(answer, item, server);
  });

  function send(item: Case, { path, body }: ReturnType<typeof place>): Promise<Answer> {
    const headers: Record<string, string> = { ...item.headers };
    if (item.auth === 'valid') headers.authorization = `Bearer ${server.token}`;
    if (item.auth === 'viewer') headers.authorization = `Bearer ${viewer}`;
    if (/^\{(RAG_)?UPLOAD\}/.test(item.target)) headers['content-type'] = `multipart/form-data; boundary=${BOUNDARY}`;
    if (headers['x-forwarded-for']) headers['x-forwarded-for'] = headers['x-forwarded-for'].replace('RANDOM64', '2:3:4:5');
    if (item.gen?.type === 'header') headers[item.gen.name ?? ''] = 'x'.repeat(item.gen.bytes ?? 0);
    return new Promise((resolve, reject) => {
      const outgoing = request(server.url, { method: item.method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? resolve({ status: 'closed', headers: {}, text: '' }) : reject(error),
      );
      outgoing.end(body);
    });
  }

  /** The real path and body of a case. */
  function place(item: Case): { path: string; body: string | Buffer | undefined } {
    const { target, body, body_b64: base64, json, gen } = item;
    const known = TARGETS[target];
    // It names the id in its path, and takes no URL.
    if (target === '{CONNECTION_TEST}') return { path: known ?? '', body: '{}' };
    if (known) return { path: known, body: json ? JSON.stringify(json) : formOf(item) };
    if (target === '{HOOK}') return { path: '/api/v1/events/', body: JSON.stringify({ event_type: 'hook.test', payload: json }) };
    if (target === '{LOGIN}') return { path: SIGN_IN, body: JSON.stringify(json) };
    if (target === '{CONNECTION}') return { path: '/api/v1/secrets/', body: JSON.stringify(withReference(json)) };
    if (target === '{EXEC_RETRY}') return { path: `/api/v1/workflows/${workflow}/run/`, body: JSON.stringify(json) };
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
        resolve({ status: status ? Number(status) : 'closed', headers: {}, text });
      };
      socket
        .on('data', (chunk) => (text += chunk))
        .on('error', finish)
        .on('close', finish)
        .setTimeout(4_000, finish);
    });
  }
});

function formOf({ multipart: parts = [], gen }: Case): Buffer {
  if (gen?.type === 'multipart_infinite_headers') return endlessPartHeaders(BOUNDARY, gen.bytes ?? 0);
  const file = hostileFiles[gen?.type ?? '']?.();
  return multipart(
    BOUNDARY,
    file ? [{ name: 'file', filename: file.name, content_type: file.type, content: file.bytes }] : parts,
  );
}

type Check = (answer: Answer, item: Case, server: TestServer) => Promise<void> | void;

/** What the corpus wants to hold besides the status. */
const CHECKS: Readonly<Record<string, Check>> = {
  'payload is stored as inert JSON, nothing opened': async ({ text }, { json }, server) => {
    expect(await eventOf(text, server)).toMatchObject({ payload: json });
  },
  'error body is problem+json without stack trace or echo of > 200 bytes of input': ({ text, status }, { body = '' }) => {
    if (Number(status) < 400) return;
    for (let start = 0; start + 200 < body.length; start += 20) expect(text).not.toContain(body.slice(start, start + 200));
  },
  'if 2xx: stored text is valid UTF-8 (U+FFFD) and readable again; webhook signatures are computed on raw bytes': async (
    { text, status },
    _item,
    server,
  ) => {
    if (Number(status) < 300) expect(JSON.stringify(await eventOf(text, server)).isWellFormed()).toBe(true);
  },
  '({}).polluted === undefined in API and in worker after the event ran through rules, templates, merge': isClean,
  'no pollution': isClean,
  'documented: last wins; signature check uses raw bytes': async ({ text, status }, _item, server) => {
    if (Number(status) < 300) expect(await eventOf(text, server)).toMatchObject({ event_type: 'b' });
  },
  'page size clamped to the documented maximum': ({ text, status }) => {
    if (status === 200) expect((JSON.parse(text) as { results: unknown[] }).results.length).toBeLessThanOrEqual(200);
  },
  '404 body identical for unknown and for other-tenant ids': async ({ text, status }, _item, server) => {
    const unknown = await server.call<object>('GET', '/api/v1/executions/01a20a02-0000-7000-8000-000000000000/');
    if (status === 404) expect(withoutTrace(JSON.parse(text) as object)).toEqual(withoutTrace(unknown.body));
  },
  'same body for every failure': async ({ text, status }, _item, server) => {
    const anonymous = await server.call<object>('GET', '/api/v1/executions/', undefined, { authorization: '' });
    const wrong = await server.call<object>('GET', '/api/v1/executions/', undefined, {
      authorization: 'Bearer wrong-0123456789',
    });
    if (status !== 401) return;
    expect([withoutTrace(anonymous.body), withoutTrace(wrong.body)]).toContainEqual(withoutTrace(JSON.parse(text) as object));
  },
  'WWW-Authenticate present': ({ headers, status }) => {
    if (status === 401) expect(headers['www-authenticate']).toContain('Bearer');
  },
  'response contains no token, no hash (Flowise CVE-2025-58434)': ({ text }) => {
    expect(text).not.toMatch(/\$2[aby]\$|\$argon2|"(reset_?)?token"/i);
  },
  'same answer for unknown email': async ({ text }, _item, server) => {
    const other = await server.call<object>(
      'POST',
      TARGETS['{FORGOT_PASSWORD}'] ?? '',
      { email: 'nobody@x.test' },
      { authorization: '' },
    );
    expect(withoutTrace(other.body)).toEqual(withoutTrace(JSON.parse(text) as object));
  },
  'override headers have no effect': ({ text }) => {
    expect(JSON.parse(text)).toMatchObject({ results: expect.any(Array) });
  },
  'no second response on the connection that belongs to a smuggled request': ({ text }) => {
    expect(text.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0).toBeLessThanOrEqual(1);
  },
  '30 tries with rotating addresses inside one /64 (and with ::ffff: / upper-case spellings of one address) reach 429: key = canonical IPv4 or IPv6 /64 (better-auth CVE-2026-45364)':
    async (_answer, { json }, server) => {
      const attempt = async (address: string, email: string) => {
        const headers = { authorization: '', 'x-forwarded-for': address };
        return (await server.call('POST', SIGN_IN, { ...json, email }, headers)).status;
      };
      const spellings: readonly ((index: number) => string)[] = [
        (index) => `2001:db8:1:1::${(index * 4_177).toString(16)}`,
        (index) => ['2001:DB8:2:2:0:0:0:1', '2001:db8:2:2::1', '2001:0db8:0002:0002::0001'][index % 3] as string,
        (index) => ['203.0.113.9', '::ffff:203.0.113.9', '::FFFF:cb00:7109'][index % 3] as string,
      ];
      for (const [index, spell] of spellings.entries()) {
        const email = `tried-${index}@x.test`;
        const statuses: number[] = [];
        for (let tries = 0; tries < 30; tries += 1) statuses.push(await attempt(spell(tries), email));
        expect(new Set(statuses), spell(0)).toEqual(new Set([401, 429]));
        expect(statuses.indexOf(429), spell(0)).toBeLessThanOrEqual(10);
        expect(await attempt(`2001:db8:${index}:ffff::1`, email), 'another network may go on').toBe(401);
      }
    },
  'response headers are the fixed set; log line is one line of valid JSON': ({ headers }) => {
    const fixed = ['cache-control', 'content-length', 'content-type', 'connection', 'date', 'keep-alive'];
    expect([...fixed, 'x-content-type-options', 'x-trace-id']).toEqual(expect.arrayContaining(Object.keys(headers)));
  },
  'stored only under an opaque server-generated key inside the tenant prefix': ({ text }, { multipart: [file] = [] }) => {
    // An import keeps rows and no file: its name must not come back, whatever it is.
    if (file && file.filename.length > 3) expect(text).not.toContain(file.filename);
  },
  'parsed in a killable child with time and memory limit; document marked failed, other jobs unaffected': async (
    _answer,
    _item,
    server,
  ) => {
    expect((await server.call('GET', '/health/ready/')).status).toBe(200);
  },
  'if accepted, evaluates to null/false, never to host objects': ({ status }) => {
    expect(status, 'not accepted').toBe(400);
  },
};

/** What cannot be seen from outside, or belongs to a feature that is not there. */
const UNCHECKED: Readonly<Record<string, string>> = {
  'constant-time compare': 'keys are compared as SHA-256 by the database; timing is no thing for a test',
  'download has Content-Disposition: attachment with RFC 6266 encoded name, X-Content-Type-Options: nosniff, CSP sandbox':
    'an import keeps no file, so there is nothing to download',
  'no outbound request is made with the foreign credential': 'there are no connections yet: the path is a 404',
};

function isClean(): void {
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}

/** The event that was taken in, as it is stored. */
async function eventOf(receipt: string, server: TestServer): Promise<unknown> {
  const { event_id: id } = JSON.parse(receipt) as { event_id: string };
  return (await server.call('GET', `/api/v1/events/${id}/`)).body;
}

function withoutTrace(problem: object): object {
  return { ...problem, trace_id: '' };
}

/** The corpus keeps a reference in a connection; ours is a secret that names it. */
function withReference(json: Case['json']) {
  const { token } = (json as { secrets: { token: string } }).secrets;
  return { name: 'FROM_CORPUS', reference: token };
}

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
