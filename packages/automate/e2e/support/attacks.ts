import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What somebody with an editor's key does to the installation; each ends by itself. */
export interface Attacker {
  readonly url: string;
  readonly key: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export async function send(
  { url, key }: Attacker,
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, body: (isJson ? JSON.parse(text) : { text }) as Record<string, unknown> };
}

export async function save(attacker: Attacker, workflow: object): Promise<string> {
  const { status, body } = await send(attacker, 'POST', '/api/v1/workflows/', { name: 'Attack', ...workflow });
  if (status !== 201) throw new Error(`not saved: ${status} ${JSON.stringify(body).slice(0, 500)}`);
  return body.id as string;
}

export function run(attacker: Attacker, workflow: string, input: object = {}): Promise<Answer> {
  return send(attacker, 'POST', `/api/v1/workflows/${workflow}/run/`, { input });
}

/** Each costs most of what one template may cost. */
export async function templates(attacker: Attacker, count: number): Promise<void> {
  const text = '{% for a in (1..1000) %}{% for b in (1..20) %}{{ a | times: b | plus: 1 }}{% endfor %}{% endfor %}';
  const values = Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, `${text}${index}`]));
  const workflow = await save(attacker, { graph: { nodes: [{ id: 'a', type: 'core.set', config: { values } }], edges: [] } });
  await Promise.all(Array.from({ length: 20 }, () => run(attacker, workflow)));
}

/** Prompts that cost most of what one may, rendered at once; and a test set of expressions that take long to compile. */
export async function prompts(attacker: Attacker, count: number): Promise<void> {
  const loops = '{% for a in (1..100000) %}{% for b in (1..100000) %}{{ a | times: b }}{% endfor %}{% endfor %}';
  const version = { messages: [{ role: 'user', content: loops }] };
  const { body } = await send(attacker, 'POST', '/api/v1/prompts/', { name: 'Heavy', version });
  const assertions = Array.from({ length: 20 }, (_, index) => ({ type: 'regex', pattern: `(?:[a-z]{1,${90 + index}}){4}` }));
  const cases = Array.from({ length: 50 }, (_, index) => ({ name: `${index}`, assertions }));
  const set = { prompt_id: body.id, name: 'Heavy', cases };
  const replies = await Promise.all([
    ...Array.from({ length: count }, () => send(attacker, 'POST', `/api/v1/prompts/${body.id}/render/`, {})),
    send(attacker, 'POST', '/api/v1/prompt-test-sets/', set),
  ]);
  const odd = replies.find(({ status }) => status !== 201 && status !== 400);
  if (odd) throw new Error(`prompts answered ${odd.status}`);
}

/** Triggers whose rules cost most of what one rule may cost, and events that meet all of them. */
export async function triggers(attacker: Attacker, { workflows, events }: { workflows: number; events: number }): Promise<void> {
  const list = { var: 'payload.l' };
  const sum = { reduce: [list, { '+': [{ var: 'current' }, { var: 'accumulator' }] }, 0] };
  const filter = { '>': [{ reduce: [{ map: [list, sum] }, { '+': [{ var: 'current' }, { var: 'accumulator' }] }, 0] }, 1] };
  const heavy = { or: Array.from({ length: 40 }, () => filter) };
  const graph = { nodes: [{ id: 'a', type: 'core.log', config: { message: 'x' } }], edges: [] };
  for (let index = 0; index < workflows; index += 1)
    await save(attacker, { graph, triggers: [{ type: 'event', event_type: 'attack.heavy', filter: heavy }] });
  const payload = { l: Array.from({ length: 250 }, (_, index) => index) };
  const { status } = await send(
    attacker,
    'POST',
    '/api/v1/events/',
    Array.from({ length: events }, () => ({ event_type: 'attack.heavy', payload })),
  );
  if (status !== 202) throw new Error(`events refused: ${status}`);
}

/** A sheet of one row that is as wide as it gets. */
export async function columns(attacker: Attacker, count: number): Promise<Answer[]> {
  const header = `title,${Array.from({ length: count }, (_, index) => `c${index.toString(36)}`).join(',')}`;
  const sheet = `${header}\na${','.repeat(count)}\n`;
  return Promise.all(Array.from({ length: 3 }, () => send(attacker, 'POST', '/api/v1/notes/import/', sheet, 'text/csv')));
}

/** A schema that is tried against each item of what a signal brings. */
export async function schemas(attacker: Attacker, count: number): Promise<Answer> {
  const anyOf = Array.from({ length: count }, (_, index) => ({ const: `value ${index}` }));
  const schema = { type: 'object', properties: { l: { type: 'array', items: { anyOf } } } };
  const saved = await send(attacker, 'POST', '/api/v1/workflows/', {
    name: 'Attack',
    graph: { nodes: [{ id: 'a', type: 'core.wait_for_signal', config: { name: 'go', schema } }], edges: [] },
  });
  if (saved.status !== 201) return saved;
  const started = await run(attacker, saved.body.id as string);
  const data = { l: Array.from({ length: 6_000 }, (_, index) => `value ${count + index}`) };
  return send(attacker, 'POST', `/api/v1/executions/${started.body.execution_id}/signal/`, { name: 'go', data });
}

/** Opens streams of one execution that waits; resolves with how many there are and how they are closed. */
export async function streams(attacker: Attacker, count: number): Promise<{ open: number; refused: number; close(): void }> {
  const workflow = await save(attacker, {
    graph: { nodes: [{ id: 'a', type: 'core.sleep', config: { seconds: 600 } }], edges: [] },
  });
  const started = await run(attacker, workflow);
  const path = `/api/v1/executions/${started.body.execution_id}/events/`;
  const opened: (() => void)[] = [];
  let refused = 0;
  for (let index = 0; index < count; index += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - index) }, () => open()));
  return { open: opened.length, refused, close };

  function close(): void {
    for (const end of opened) end();
  }

  function open(): Promise<void> {
    return new Promise((resolve) => {
      const request = get(new URL(path, attacker.url), { agent: false, headers: { authorization: `Bearer ${attacker.key}` } });
      request.on('response', (response) => {
        if (response.statusCode === 200) opened.push(() => request.destroy());
        else refused += 1;
        response.on('data', () => undefined).on('error', () => undefined);
        resolve();
      });
      request.on('error', () => {
        refused += 1;
        resolve();
      });
    });
  }
}

/** A workflow that starts itself three times. */
export async function forks(attacker: Attacker): Promise<void> {
  const slug = `fork-bomb-${Date.now()}`;
  const start = (id: string) => ({ id, type: 'workflow.run', on_error: 'continue', config: { workflow: slug, wait: false } });
  const nodes = ['a', 'b', 'c'].map(start);
  const workflow = await save(attacker, { slug, graph: { nodes, edges: [] } });
  await run(attacker, workflow);
}

/** Answers with one body to whoever asks. */
export async function startSink(body: () => Iterable<string>): Promise<{ url: string; host: string; close(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const part of body()) response.write(part);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Executions that all ask for the same. */
export async function requests(attacker: Attacker, url: string, count: number): Promise<string[]> {
  const retry = { attempts: 1 };
  const workflow = await save(attacker, {
    graph: { nodes: [{ id: 'a', type: 'http.request', retry, config: { url } }], edges: [] },
  });
  const started = await Promise.all(Array.from({ length: count }, () => run(attacker, workflow)));
  return started.map(({ body }) => body.execution_id as string);
}

/** JSON that is as deep as it says, as text. */
export function deepJson(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}
