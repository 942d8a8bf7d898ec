import { expect, it } from 'vitest';
import { createTestDatabase, databaseKinds } from '../src/testing/index.ts';
import { createAgentVendor } from './support/agent-house.ts';
import { type Execution, eventually, stepsOf } from './support/executions.ts';
import { startServerProcess } from './support/server-process.ts';

it.each(databaseKinds)('a model that has answered is not asked again after a kill on %s', async (kind) => {
  const database = await createTestDatabase(kind);
  const vendor = await createAgentVendor(({ model }) => `I am ${model}.`);
  const environment = {
    AUTOMATE_BOOTSTRAP_TOKEN: 'a-token-that-only-tests-use-0123456789',
    AUTOMATE_LEASE_SECONDS: '2',
    AUTOMATE_OUTBOUND_ALLOW_HOSTS: vendor.host,
  };
  let server = await startServerProcess(database, environment);
  try {
    const provider = { slug: 'vendor', kind: 'openai-compatible', config: { base_url: vendor.url } };
    expect((await server.call('POST', '/api/v1/providers/', provider)).status).toBe(201);
    const nodes = ['first', 'second'].map((id) => ({ id, type: 'llm.chat', config: { model: `vendor/${id}`, prompt: 'Who?' } }));
    const graph = { nodes, edges: [{ source: 'first', target: 'second' }] };
    const made = await server.call<{ id: string }>('POST', '/api/v1/workflows/', { name: 'x', graph });
    const countOf = (model: string) => vendor.counts.get(`${model} 0`) ?? 0;
    vendor.script = ({ model }) => {
      // Whoever is asked second answers only after the kill.
      if (model === 'second' && countOf('second') === 1) return new Promise<string>(() => undefined);
      return `I am ${model}.`;
    };
    const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${made.body.id}/run/`, {});
    await eventually(
      async () => countOf('second'),
      (count) => count === 1,
    );
    await server.kill();
    server = await startServerProcess(database, environment);
    const ended = await eventually(
      async () => (await server.call<Execution>('GET', `/api/v1/executions/${started.body.execution_id}/`)).body,
      ({ status }) => status === 'succeeded',
      60_000,
    );
    expect([countOf('first'), countOf('second')]).toEqual([1, 2]);
    expect(stepsOf(ended)).toMatchObject({
      first: { output: { text: 'I am first.' } },
      second: { output: { text: 'I am second.' } },
    });
  } finally {
    await server.kill();
    await vendor.close();
    await database.dispose();
  }
});
