import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger, loadSettings } from '../src/kernel/index.ts';
import { createAutomate } from '../src/server/index.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { type Execution, eventually } from './support/executions.ts';
import { startServerProcess } from './support/server-process.ts';
import { createTcpProxy, type TcpProxy } from './support/tcp-proxy.ts';

describe('the database server goes away', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let environment: Record<string, string>;
  const token = 'outage_token_0123456789';

  beforeAll(async () => {
    database = await createTestDatabase('postgres');
    const url = new URL(database.environment.DATABASE_URL ?? '');
    proxy = await createTcpProxy({ host: url.hostname, port: Number(url.port) });
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    environment = {
      ...database.environment,
      DATABASE_URL: url.href,
      AUTOMATE_BOOTSTRAP_TOKEN: token,
      AUTOMATE_LEASE_SECONDS: '2',
      AUTOMATE_SECRET_KEY: 'a-key-that-only-tests-use-0123456789abcdef',
    };
  });
  afterAll(async () => {
    await proxy?.close();
    await database?.dispose();
  });

  it('answers 503 meanwhile, stays up, and recovers by itself', async () => {
    const server = await startServerProcess(
      { environment: environment as TestDatabase['environment'] },
      { AUTOMATE_BOOTSTRAP_TOKEN: token },
    );
    try {
      const workflow = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
        name: 'Outage',
        triggers: [{ type: 'event', event_type: 'out.age' }],
        graph: {
          nodes: [
            { id: 'nap', type: 'core.sleep', config: { seconds: 1 } },
            { id: 'end', type: 'core.log', config: { message: 'done', level: 'debug' } },
          ],
          edges: [{ source: 'nap', target: 'end' }],
        },
      });
      expect(workflow.status).toBe(201);
      const event = { event_type: 'out.age', payload: {} };
      expect((await server.call('POST', '/api/v1/events/', event)).status).toBe(202);

      proxy.cut();
      const refused = await server.call<{ code: string }>('POST', '/api/v1/events/', event);
      expect([refused.status, refused.body.code]).toEqual([503, 'database_unavailable']);
      expect(refused.headers.get('retry-after')).toBeTruthy();
      const ready = await server.call<{ checks: { database: { ok: boolean } } }>('GET', '/health/ready/');
      expect([ready.status, ready.body.checks.database.ok]).toEqual([503, false]);
      expect((await server.call('GET', '/health/live/')).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect(server.process.exitCode).toBeNull();

      proxy.mend();
      await eventually(
        async () => (await server.call('GET', '/health/ready/')).status,
        (status) => status === 200,
        10_000,
      );
      expect((await server.call('POST', '/api/v1/events/', event)).status).toBe(202);
      const done = await eventually(
        async () => (await server.call<{ results: Execution[] }>('GET', '/api/v1/executions/')).body.results,
        (results) => results.length === 2 && results.every(({ status }) => status === 'succeeded'),
      );
      expect(done).toHaveLength(2);
      expect(server.errors()).not.toContain('"log.level":"fatal"');
      expect(await server.stop()).toBe(0);
    } finally {
      proxy.mend();
      await server.kill();
    }
  });

  it('is waited for at the start', async () => {
    proxy.cut();
    const settings = loadSettings({ ...environment, PORT: '0', AUTOMATE_LOG_LEVEL: 'silent' });
    const automate = await createAutomate({ settings, logger: createLogger({ level: 'silent' }) });
    try {
      const url = await automate.listen();
      const ready = automate.ready();
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect((await fetch(`${url}/health/live/`)).status).toBe(200);
      expect((await fetch(`${url}/health/ready/`)).status).toBe(503);
      proxy.mend();
      await ready;
      expect((await fetch(`${url}/health/ready/`)).status).toBe(200);
    } finally {
      proxy.mend();
      await automate.close();
    }
  });
});
