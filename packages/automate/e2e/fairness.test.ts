import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { createGatedSink, type GatedSink } from './support/gated-sink.ts';

const CONCURRENCY = 4;
const BACKLOG = 200;

/** Which step starts when is seen by the server that they call: it keeps each of them in hand until it is told to answer. */
describe.each(databaseKinds)('tenants beside one with a backlog on %s', (kind) => {
  let server: TestServer;
  let sink: GatedSink;

  beforeAll(async () => {
    sink = await createGatedSink();
    server = await createTestServer(kind, {
      environment: { AUTOMATE_WORKER_CONCURRENCY: String(CONCURRENCY), AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host },
    });
  });
  afterAll(async () => {
    sink?.release();
    await server?.close();
    await sink?.close();
  });

  async function makeTenant(tenant: string): Promise<void> {
    await server.automate.ensureTenant(tenant);
    const call = { id: 'call', type: 'http.request', config: { method: 'POST', url: `${sink.url}/${tenant}` } };
    await server.automate.define({ slug: 'calls', name: 'Calls', graph: { nodes: [call], edges: [] } }, { tenant });
  }
  const queue = (tenant: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => server.automate.run('calls', {}, { tenant })));
  const full = () =>
    eventually(
      async () => sink.waiting(),
      (count) => count === CONCURRENCY,
    );

  it.each([
    ['one', 1],
    ['several', 5],
  ])('start among the first once they have something to do: %s', async (_name, count) => {
    const [loud, ...quiet] = Array.from({ length: count + 1 }, (_, index) => `${count}-tenants-${index}`);
    for (const tenant of [loud as string, ...quiet]) await makeTenant(tenant);
    const before = sink.paths.length;
    await queue(loud as string, BACKLOG);
    await full();
    for (const tenant of quiet) await queue(tenant, 2);

    // One place becomes free at a time, and whoever gets it has the next call.
    const order = () => sink.paths.slice(before + CONCURRENCY).map((path) => path.slice(1));
    const isDue = () => quiet.some((tenant) => !order().includes(tenant));
    for (let started = 1; isDue() && started < BACKLOG; started += 1) {
      sink.release({ count: 1 });
      await eventually(
        async () => order().length,
        (length) => length >= started,
      );
    }
    // The walk through the lanes comes by each of them once in a round.
    for (const tenant of quiet) expect(order().indexOf(tenant)).toBeLessThan(2 * (count + 1) + CONCURRENCY);

    // And they do not starve it in turn.
    const all = BACKLOG + 2 * quiet.length;
    await eventually(
      async () => {
        sink.release();
        return sink.paths.length - before;
      },
      (length) => length === all,
      60_000,
    );
    sink.release();
  });
});
