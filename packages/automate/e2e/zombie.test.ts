import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { type Execution, eventually } from './support/executions.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

let database: TestDatabase;
let sink: Server;
const held: { key: string; response: ServerResponse }[] = [];
const servers: ServerProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase('postgres');
  sink = createServer((request, response) => held.push({ key: String(request.headers['idempotency-key']), response }));
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const server of servers) {
    server.process.kill('SIGCONT');
    await server.kill();
  }
  sink?.closeAllConnections();
  sink?.close();
  await database?.dispose();
});

it('refuses the writes of a worker that was frozen past its lease', async () => {
  const { port } = sink.address() as AddressInfo;
  const environment = {
    AUTOMATE_BOOTSTRAP_TOKEN: 'zombie_token_0123456789',
    AUTOMATE_LEASE_SECONDS: '1',
    AUTOMATE_OUTBOUND_ALLOW_HOSTS: `127.0.0.1:${port}`,
  };
  const first = await startServerProcess(database, environment);
  servers.push(first);
  const workflow = await first.call<{ id: string }>('POST', '/api/v1/workflows/', {
    name: 'Zombie',
    graph: {
      nodes: [
        { id: 'call', type: 'http.request', config: { url: `http://127.0.0.1:${port}/`, timeout_seconds: 60 } },
        { id: 'end', type: 'core.transform', config: { template: { said: '{{ steps.call.output.body }}' } } },
      ],
      edges: [{ source: 'call', target: 'end' }],
    },
  });
  const run = await first.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow.body.id}/run/`, {});
  await eventually(
    async () => held.length,
    (count) => count === 1,
  );
  first.process.kill('SIGSTOP');

  const second = await startServerProcess(database, environment);
  servers.push(second);
  await eventually(
    async () => held.length,
    (count) => count === 2,
    15_000,
  );
  held[1]?.response.end('from the second');
  const path = `/api/v1/executions/${run.body.execution_id}/`;
  const execution = await eventually(
    async () => (await second.call<Execution>('GET', path)).body,
    ({ status }) => status === 'succeeded',
  );
  expect(execution.output).toEqual({ said: 'from the second' });

  held[0]?.response.end('from the zombie');
  first.process.kill('SIGCONT');
  await eventually(
    async () => first.errors(),
    (log) => log.includes('lease'),
    10_000,
  );
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await second.call<Execution>('GET', path)).body).toEqual(execution);
  expect(execution.steps).toHaveLength(2);
  expect(new Set(held.map(({ key }) => key)).size).toBe(1);
});
