import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../src/testing/index.ts';
import { type Execution, eventually } from './support/executions.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

interface Case {
  readonly id: string;
  readonly group: string;
  readonly input: unknown;
  readonly must_vanish: readonly string[];
  readonly must_remain: readonly string[];
  readonly known_secrets?: readonly string[];
}

/** What can be sent as JSON: the others are values that only a program can hold. */
const NOT_JSON = /"__type":"(?!Error)/;
const cases = readFileSync(new URL('../src/kernel/fixtures/redaction.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)
  .filter(({ input }) => !NOT_JSON.test(JSON.stringify(input)));
const program = fileURLToPath(new URL('./support/leaky-server.ts', import.meta.url));
const TOKEN = `token_${randomBytes(24).toString('hex')}`;
/** Longer texts than a problem tells of, and than a description holds. */
const [MAXIMUM_DETAIL, MAXIMUM_DESCRIPTION] = [300, 1_000];

describe.each(databaseKinds)('the redaction corpus through every sink on %s', (kind) => {
  let database: TestDatabase;
  let server: ServerProcess;
  let broken: string[];
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    server = await startServerProcess(database, { AUTOMATE_BOOTSTRAP_TOKEN: TOKEN, AUTOMATE_LOG_LEVEL: 'info' }, [], { program });
    const known = [...new Set(cases.flatMap(({ known_secrets = [] }) => known_secrets))];
    expect(known.length).toBeGreaterThan(0);
    for (const [index, value] of known.entries()) await make('/api/v1/secrets/', { name: `KNOWN_${index}`, value });
  });
  afterAll(async () => {
    if (server?.process.exitCode === null) await server.stop();
    await database?.dispose();
  });

  async function make<Body = { id: string }>(path: string, body: unknown): Promise<Body> {
    const reply = await server.call<Body>('POST', path, body);
    if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** Holds texts, one for each case or one for all of them, against what must vanish and what must remain. */
  function hold(sink: string, textOf: (entry: Case) => string | undefined): void {
    for (const entry of cases) {
      const text = textOf(entry);
      if (text === undefined) continue;
      const forms = [text, ...unescaped(text)];
      const shown = entry.must_vanish.filter((secret) => forms.some((form) => form.includes(secret)));
      const lost = entry.must_remain.filter((part) => !forms.some((form) => form.includes(part)));
      if (shown.length > 0) broken.push(`${entry.id} shows in ${sink}: ${text.slice(0, 400)}`);
      if (lost.length > 0) broken.push(`${entry.id} loses ${lost} in ${sink}: ${text.slice(0, 400)}`);
    }
  }

  it('covers what can be sent', () => {
    expect(cases.length).toBeGreaterThan(45);
    expect(cases.some(({ group }) => group === 'negative')).toBe(true);
  });

  it('is held by the log, the errors of the API, steps, traces, streams and exports', async () => {
    broken = [];
    const inputs = Object.fromEntries(cases.map(({ id, input }) => [id.replace('-', '_'), input]));
    // A step that works on all, and for each case one that says it, one that holds it as text, and an execution that fails on it.
    const nodes = [
      { id: 'whole', type: 'core.transform', config: { template: { echo: '{{ event.payload }}' } } },
      { id: 'rule', type: 'core.transform', config: { logic: { var: 'event.payload' } } },
      ...cases.map(({ id }) => ({
        id,
        type: 'core.log',
        config: { message: `{{ event.payload.${id.replace('-', '_')} | json }}` },
      })),
    ];
    const all = await make('/api/v1/workflows/', { name: 'all', graph: { nodes, edges: [] } });
    const fails = await make('/api/v1/workflows/', {
      name: 'fails',
      graph: { nodes: [{ id: 'a', type: 'leaky.fail', config: {} }], edges: [] },
      triggers: [{ type: 'event', event_type: 'corpus.case', filter: { '!=': [{ var: 'payload' }, 'nothing'] } }],
    });
    const run = await make<{ execution_id: string; trace_id: string }>(`/api/v1/workflows/${all.id}/run/`, { input: inputs });
    await make(
      '/api/v1/events/',
      cases.map(({ id, input }) => ({ event_type: 'corpus.case', source: id, payload: input })),
    );
    const executions = await eventually(
      async () =>
        (
          await server.call<{ results: Execution[] }>(
            'GET',
            `/api/v1/executions/?workflow_id=${fails.id}&limit=200&expand=event,steps`,
          )
        ).body.results,
      (found) => found.length === cases.length && found.every(({ status }) => status === 'failed'),
    );
    const byCase = new Map(
      executions.map((execution) => [(execution as unknown as { event: { source: string } }).event.source, execution]),
    );
    hold('the event, input and error of a failed step, expanded', ({ id }) => JSON.stringify(byCase.get(id)));
    hold('the error of an execution alone', ({ id, must_remain }) =>
      must_remain.length > 0 ? JSON.stringify(byCase.get(id)?.error) : undefined,
    );

    const shown = await eventually(
      async () => (await server.call<Execution>('GET', `/api/v1/executions/${run.execution_id}/`)).body,
      ({ status }) => status === 'succeeded',
    );
    const steps = new Map(shown.steps.map((step) => [step.node, step]));
    hold('the input and output of a step that says it', ({ id }) =>
      JSON.stringify([steps.get(id)?.input, steps.get(id)?.output]),
    );
    hold('an execution with all its steps', () => JSON.stringify(shown));
    for (const [name, path] of [
      ['the stream of an execution', `/api/v1/executions/${run.execution_id}/events/`],
      ['the view of a trace', `/api/studio/correlation/?trace_id=${run.trace_id}`],
      ['the list of events', '/api/v1/events/?limit=200'],
    ] as const) {
      hold(name, await textAt(path));
    }
    hold('what a step that echoes all gives out', () => JSON.stringify(steps.get('whole')?.output));
    hold('what a rule saw and gave out', () => JSON.stringify([steps.get('rule')?.input, steps.get('rule')?.output]));
    for (const entry of cases.slice(0, 8)) {
      const trace = byCase.get(entry.id)?.trace_id as string;
      const text = JSON.stringify((await server.call('GET', `/api/studio/correlation/?trace_id=${trace}`)).body);
      hold('the view of a trace, with its rule explained', ({ id }) => (id === entry.id ? text : undefined));
    }

    for (const entry of cases) {
      const { body } = await server.call<{ detail: string; errors: unknown[] }>('POST', '/leaky/', { value: entry.input });
      const isWhole = JSON.stringify(entry.input).length < MAXIMUM_DETAIL;
      hold('the error of the API', ({ id }) => (id === entry.id && isWhole ? JSON.stringify(body.detail) : undefined));
      const vanished = entry.must_vanish.filter((secret) => JSON.stringify(body).includes(secret));
      if (vanished.length > 0) broken.push(`${entry.id} shows in the API's error: ${JSON.stringify(body)}`);
    }
    // Lines are written a little later: one of a step and three of the view for each case.
    const lines = await eventually(
      async () => server.errors(),
      (text) => text.trim().split('\n').length >= cases.length * 4,
    );
    hold('the log', () => lines);
    expect(broken).toEqual([]);
  });

  it('is held by the audit record, in the table, over the API and as a file', async () => {
    broken = [];
    const described = cases.filter(({ input }) => textOf(input).length <= MAXIMUM_DESCRIPTION);
    expect(described.length).toBeGreaterThan(45);
    for (const { id, input } of described)
      await make('/api/v1/secrets/', { name: id.replace('-', '_'), value: 'a value that is kept', description: textOf(input) });
    const rows = await allOf<{ diff: { after?: { name?: string } } }>('/api/v1/audit/?action=secret.create&limit=200');
    const shown = new Map(rows.map((row) => [row.diff.after?.name, JSON.stringify(row.diff)]));
    hold('the audit record', ({ id }) => shown.get(id.replace('-', '_')));
    const files = await Promise.all(['csv', 'json', 'jsonl'].map((format) => textAt(`/api/v1/audit/export/?format=${format}`)));
    for (const [index, file] of files.entries())
      hold(`the audit record as file ${index}`, (entry) => (described.includes(entry) ? file(entry) : undefined));
    // What holds the embedded database must end before anybody else looks into it.
    await server.stop();
    const db = await database.open();
    try {
      const stored = await db.query<{ name: string; text: string }>(
        `select diff->'after'->>'name' as name, e::text as text from audit_entries e where action = 'secret.create'`,
      );
      const byName = new Map(stored.rows.map(({ name, text }) => [name, text]));
      expect(byName.size).toBeGreaterThanOrEqual(described.length);
      hold('the table of the audit record', ({ id }) => byName.get(id.replace('-', '_')));
      const known = cases.flatMap(({ known_secrets = [] }) => known_secrets);
      const sealed = await db.query<{ text: string }>('select v::text as text from secret_versions v');
      for (const value of known)
        expect(sealed.rows.some(({ text }) => text.includes(value) || text.includes(Buffer.from(value).toString('hex')))).toBe(
          false,
        );
    } finally {
      await db.close();
    }
    expect(broken).toEqual([]);
  });

  async function textAt(path: string): Promise<(entry: Case) => string> {
    const text = await (await fetch(new URL(path, server.url), { headers: { authorization: `Bearer ${TOKEN}` } })).text();
    return () => text;
  }
  async function allOf<Row>(path: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (let next: string | null = path; next; ) {
      const page: { results: Row[]; next: string | null } = (
        await server.call<{ results: Row[]; next: string | null }>('GET', next)
      ).body;
      rows.push(...page.results);
      next = page.next;
    }
    return rows;
  }
});

function textOf(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

/** The text as it reads when it is taken out of JSON once, and twice: what is escaped must not hide. */
function unescaped(text: string): string[] {
  const once = text
    .replace(/\\(["\\/])/g, '$1')
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const twice = once.replace(/\\(["\\/])/g, '$1');
  return [once, twice];
}
