import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually } from './support/executions.ts';
import { sized } from './support/lanes.ts';
import { withContract } from './support/openapi.ts';
import { startServerProcess } from './support/server-process.ts';

/** Two steps each, which are more than one reply holds. */
const ITEMS = sized(1_000, 10_000);
/** Payloads of 90 kB, which are more than one reply may hold. */
const LARGE_ITEMS = sized(220, 600);
type Page = { results: Execution['steps']; next: string | null; previous: string | null; count?: number };

describe.each(databaseKinds)('large executions on %s', { timeout: 400_000 }, (kind) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await withContract(await createTestServer(kind));
  });
  afterAll(() => server?.close());

  async function start(workflow: string, input: object): Promise<string> {
    return (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, { input })).body
      .execution_id;
  }
  /** Asks the list, which reads no steps, until it has ended. */
  async function ended(id: string): Promise<Execution> {
    await eventually(
      async () => (await server.call<{ results: Execution[] }>('GET', '/api/v1/executions/?limit=1')).body.results[0],
      (latest) => latest?.id === id && latest.finished_at !== null,
      300_000,
    );
    return (await server.call<Execution>('GET', `/api/v1/executions/${id}/`)).body;
  }
  async function walk(first: string): Promise<{ seqs: number[]; largest: number; last: Page }> {
    const seqs: number[] = [];
    let largest = 0;
    let last: Page | undefined;
    for (let link: string | null = first; link; link = last.next) {
      const { status, body }: { status: number; body: Page } = await server.call<Page>('GET', link);
      if (status !== 200) throw new Error(`${link}: ${JSON.stringify(body)}`);
      last = body;
      largest = Math.max(largest, JSON.stringify(body).length);
      seqs.push(...body.results.map(({ seq }) => seq));
    }
    return { seqs, largest, last: last as Page };
  }

  it('lists thousands of steps in pages, forth and back', async () => {
    const body = {
      nodes: [
        { id: 'a', type: 'core.transform', config: { template: { n: '{{ item }}' } } },
        { id: 'b', type: 'core.transform', config: { template: { n: '{{ steps.a.output.n }}' } } },
      ],
      edges: [{ source: 'a', target: 'b' }],
    };
    const workflow = await createWorkflow(server, [
      {
        id: 'loop',
        type: 'flow.foreach',
        config: { items: '{{ event.payload.items }}', concurrency: 100, collect: false, body },
      },
    ]);
    const id = await start(workflow, { items: Array.from({ length: ITEMS }, (_, index) => index) });
    const execution = await ended(id);
    expect(execution).toMatchObject({ status: 'succeeded', output: { count: ITEMS } });
    expect(execution.steps).toHaveLength(1_000);
    const { seqs } = await walk(`/api/v1/executions/${id}/steps/?limit=200`);
    expect(seqs).toHaveLength(2 * ITEMS + 1);
    expect(seqs).toEqual([...new Set(seqs)].toSorted((one, two) => one - two));
    const rest = await walk(`${execution.steps_next}&limit=200`);
    expect(rest.seqs).toEqual(seqs.slice(1_000));
    const back = await server.call<Page>('GET', rest.last.previous ?? '');
    expect(back.body.results.at(-1)?.seq).toBe(seqs.at(-rest.last.results.length - 1));
    const counted = await server.call<Page>(
      'GET',
      `/api/v1/executions/${id}/steps/?count=true&limit=1&node=loop%2Fb&status=succeeded`,
    );
    expect(counted.body).toMatchObject({ count: ITEMS, results: [{ node: 'loop/b' }] });
    expect((await server.call('GET', `/api/v1/executions/${id}/steps/?status=gone`)).status).toBe(400);
  });

  it('keeps pages of payloads small that are larger together than a reply may be', async () => {
    const config = {
      items: '{{ event.payload.items }}',
      collect: false,
      body: {
        nodes: [{ id: 'copy', type: 'core.transform', config: { template: { text: '{{ event.payload.text }}' } } }],
        edges: [],
      },
    };
    const workflow = await createWorkflow(server, [{ id: 'loop', type: 'flow.foreach', config }]);
    const text = incompressible(90_000);
    const id = await start(workflow, { items: Array.from({ length: LARGE_ITEMS }, (_, index) => index), text });
    const execution = await ended(id);
    expect(execution.status).toBe('succeeded');
    expect(JSON.stringify(execution).length).toBeLessThan(16_000_000);
    const { seqs, largest } = await walk(`/api/v1/executions/${id}/steps/?limit=200`);
    expect(seqs).toHaveLength(LARGE_ITEMS + 1);
    expect(largest).toBeLessThan(16_000_000);
    const { rows } = await server.automate.db.query<{ bytes: number }>(
      'select sum(octet_length(output::text))::float8 as bytes from step_runs where execution_id = $1',
      [id],
    );
    expect(rows[0]?.bytes).toBeGreaterThan(LARGE_ITEMS * 85_000);
  });
});

/** Text that cannot be made much smaller. */
function incompressible(length: number): string {
  return randomBytes(length)
    .toString('base64')
    .slice(0, length)
    .replaceAll(/[+/=]/g, 'x')
    .replaceAll(/(.{9})./g, '$1 ');
}

describe.each(databaseKinds)('a large execution whose worker is killed on %s', { timeout: 300_000 }, (kind) => {
  const COPIES = sized(400, 1_600);
  /** Of each output. All of them take 160 MB. */
  const CHARACTERS = 160_000_000 / COPIES;
  /** Less than the outputs take. */
  const HEAP_MB = 144;

  it('is taken up in less memory than its outputs take, and repeats nothing', async () => {
    const database = await createTestDatabase(kind);
    const environment = {
      AUTOMATE_BOOTSTRAP_TOKEN: `large_${randomBytes(16).toString('hex')}`,
      AUTOMATE_LEASE_SECONDS: '2',
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    };
    let server = await startServerProcess(database, environment);
    try {
      const body = {
        nodes: [{ id: 'copy', type: 'core.transform', config: { template: { text: '{{ event.payload.text }}' } } }],
        edges: [],
      };
      const config = { items: '{{ event.payload.items }}', collect: false, concurrency: 2, body };
      const workflow = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
        name: 'Large',
        graph: { nodes: [{ id: 'loop', type: 'flow.foreach', config }], edges: [] },
      });
      const input = { items: Array.from({ length: COPIES }, (_, index) => index), text: incompressible(CHARACTERS) };
      const run = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow.body.id}/run/`, { input });
      const steps = `/api/v1/executions/${run.body.execution_id}/steps/?count=true&limit=1&node=loop%2Fcopy&status=succeeded`;
      const count = async () => (await server.call<Page>('GET', steps)).body.count ?? 0;
      await eventually(count, (done) => done > COPIES / 4, 120_000);
      await server.kill();
      server = await startServerProcess(database, environment);
      const before = await count();
      expect(before).toBeLessThan(COPIES);
      await eventually(count, (done) => done === COPIES, 180_000);
      const list = async () =>
        (await server.call<{ results: Execution[] }>('GET', '/api/v1/executions/?limit=1')).body.results[0];
      const execution = await eventually(list, (latest) => latest?.finished_at !== null);
      expect(execution).toMatchObject({ status: 'succeeded', output: { count: COPIES } });
    } finally {
      await server.stop();
      await database.dispose();
    }
  });
});
