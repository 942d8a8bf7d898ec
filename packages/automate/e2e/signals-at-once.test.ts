import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, waitForExecution } from './support/executions.ts';

describe.each(databaseKinds)('signals at once on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind);
  });
  afterAll(() => server?.close());

  it('are all heard, also one that comes in the moment its execution goes back to waiting', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const workflow = await createWorkflow(
      server,
      names.map((name) => ({ id: name, type: 'core.wait_for_signal', config: { name } })),
    );
    const run = async () => {
      const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, {});
      const id = started.body.execution_id;
      for (const name of names) {
        const sent = await server.call('POST', `/api/v1/executions/${id}/signal/`, { name, data: name });
        expect(sent.status).toBe(202);
        // From at once to a little later, so that some of them meet the execution on its way out.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 15));
      }
      return waitForExecution(server, id, 30_000);
    };
    for (let round = 0; round < 2; round += 1)
      for (const execution of await Promise.all(Array.from({ length: 25 }, run)))
        expect(execution.output).toEqual(Object.fromEntries(names.map((name) => [name, name])));
  });
});
