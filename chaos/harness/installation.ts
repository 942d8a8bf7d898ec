import { randomBytes } from 'node:crypto';
import type { Launch, ServerProcess } from '../../packages/automate/e2e/support/server-process.ts';
import { createTestDatabase, type DatabaseKind, type TestDatabase } from '../../packages/automate/src/testing/index.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { createLedger, EVENT_TYPE, type Ledger } from './load.ts';
import { pause } from './scenario.ts';
import { type Sink, startSink } from './sink.ts';

/** The lease of most scenarios: short, so that a take-over does not take long. */
export const LEASE_SECONDS = 4;

/** A database, processes on it, and the outside world that they call. */
export interface Installation {
  readonly database: TestDatabase;
  readonly sink: Sink;
  readonly fleet: Fleet;
  readonly ledger: Ledger;
  /** An API key with every scope. */
  readonly token: string;
  /** Sends a request to the first server that is up. */
  call: ServerProcess['call'];
  /** Makes a workflow that starts with each event of a type; returns its id. */
  createWorkflow(graph: object, options?: { eventType?: string; settings?: object }): Promise<string>;
  /** Starts an execution by hand; returns its id and notes that it was acknowledged. */
  run(workflowId: string, input?: object): Promise<string>;
  /** Resolves with the seconds it took until nothing was left to do. @throws when something is left after the time given */
  drain(timeoutSeconds: number): Promise<number>;
  close(): Promise<void>;
}

export interface InstallOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Instead of a fresh one. It is disposed of all the same. */
  readonly database?: TestDatabase;
  /** How processes are started that say nothing of their own. */
  readonly launch?: Omit<Launch, 'environment'>;
}

export async function install(kind: DatabaseKind, options: InstallOptions = {}): Promise<Installation> {
  const database = options.database ?? (await createTestDatabase(kind));
  const sink = await startSink();
  const ledger = createLedger();
  const token = `chaos_${randomBytes(16).toString('hex')}`;
  const fleet = createFleet(
    database,
    {
      AUTOMATE_BOOTSTRAP_TOKEN: token,
      AUTOMATE_LEASE_SECONDS: String(LEASE_SECONDS),
      // A worker that takes more than it gets done on a small machine would lose it again.
      AUTOMATE_WORKER_CONCURRENCY: '100',
      AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host,
      // The sink is one host, and not what is tested.
      AUTOMATE_OUTBOUND_HOST_RATE: '0',
      ...options.environment,
    },
    options.launch,
  );

  const call: ServerProcess['call'] = (method, path, body) => {
    const [server] = fleet.servers;
    if (!server) throw new Error('no server is up');
    return server.call(method, path, body);
  };

  async function post<Body>(path: string, body: object, status: number): Promise<Body> {
    const reply = await call<Body>('POST', path, body);
    if (reply.status !== status) throw new Error(`POST ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  async function count(path: string): Promise<number> {
    const { status, body } = await call<{ count: number }>('GET', `${path}${path.includes('?') ? '&' : '?'}limit=1&count=true`);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body.count;
  }

  /** Jobs that have not ended, and acknowledged events of which no execution has come yet. */
  async function open(): Promise<number> {
    // In this order, what moves on between two looks is counted twice and never missed: an event whose execution comes after the first
    // look counts as one without, and a job that ends after the second as one that has not.
    const executions = await count('/api/v1/executions/');
    const ended = await Promise.all(['succeeded', 'failed', 'cancelled'].map((state) => count(`/api/v1/jobs/?state=${state}`)));
    const all = await count('/api/v1/jobs/');
    return ended.reduce((left, one) => left - one, all) + Math.max(ledger.events.size + ledger.runs.size - executions, 0);
  }

  return {
    database,
    sink,
    fleet,
    ledger,
    token,
    call,
    async createWorkflow(graph, { eventType = EVENT_TYPE, settings } = {}) {
      const triggers = [{ type: 'event', event_type: eventType }];
      const body = { name: eventType, triggers, graph, ...(settings && { settings }) };
      return (await post<{ id: string }>('/api/v1/workflows/', body, 201)).id;
    },
    async run(workflowId, input = { key: 'run' }) {
      const body = await post<{ execution_id: string }>(`/api/v1/workflows/${workflowId}/run/`, { input }, 202);
      ledger.runs.add(body.execution_id);
      return body.execution_id;
    },
    async drain(timeoutSeconds) {
      const began = performance.now();
      for (;;) {
        const left = await open().catch((error: Error) => error);
        const seconds = (performance.now() - began) / 1_000;
        if (left === 0) return seconds;
        if (seconds > timeoutSeconds) throw new Error(`not drained after ${timeoutSeconds} s: ${left} open`);
        await pause(250);
      }
    },
    async close() {
      await fleet.close();
      await sink.close();
      await database.dispose();
    },
  };
}
