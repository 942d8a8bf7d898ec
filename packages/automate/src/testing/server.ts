import { randomBytes } from 'node:crypto';
import { createLogger, loadSettings } from '../kernel/index.ts';
import { type Automate, type AutomateOptions, createAutomate } from '../server/index.ts';
import { createTestDatabase, type DatabaseKind, type TestDatabase } from './databases.ts';

export interface TestServerOptions
  extends Pick<
    AutomateOptions,
    | 'features'
    | 'router'
    | 'viewsets'
    | 'models'
    | 'migrations'
    | 'steps'
    | 'jobs'
    | 'admin'
    | 'hooks'
    | 'hasWorker'
    | 'migrates'
    | 'basePath'
  > {
  /** Use this database instead of a fresh one; it is then not disposed of. */
  readonly database?: TestDatabase;
  /** Further environment variables, for example `AUTOMATE_LEASE_SECONDS`. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Reply<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** A server in this process, over real HTTP on a free port, with a database of its own. */
export interface TestServer {
  readonly url: string;
  /** An API key with every scope: staff, tenant `default`. */
  readonly token: string;
  readonly automate: Automate;
  readonly database: TestDatabase;
  /** Sends a request as the holder of `token`; pass `authorization: ''` in headers to be anonymous. */
  call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply<Body>>;
  close(): Promise<void>;
}

/**
 * Starts a server for a test.
 * @example
 * const server = await createTestServer('pglite');
 * const { status } = await server.call('GET', '/api/v1/workflows/');
 * await server.close();
 */
export async function createTestServer(kind: DatabaseKind, options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await createTestDatabase(kind));
  try {
    return await startTestServer(database, options);
  } catch (error) {
    if (!options.database) await database.dispose();
    throw error;
  }
}

async function startTestServer(database: TestDatabase, options: TestServerOptions): Promise<TestServer> {
  const token = `test_${randomBytes(24).toString('base64url')}`;
  const settings = loadSettings({
    PORT: '0',
    AUTOMATE_BOOTSTRAP_TOKEN: token,
    AUTOMATE_SECRET_KEY: 'a-key-that-only-tests-use-0123456789abcdef',
    AUTOMATE_LOG_LEVEL: 'error',
    AUTOMATE_SAMPLE: 'false',
    // What a test leaves in flight it does not wait for.
    AUTOMATE_SHUTDOWN_SECONDS: '1',
    ...database.environment,
    ...options.environment,
  });
  const { database: _, environment: __, ...rest } = options;
  const automate = await createAutomate({
    settings,
    logger: createLogger({ level: settings.logLevel }),
    hasLocalKey: false,
    ...(options.migrations ? { migrates: true } : {}),
    ...rest,
  });
  let url: string;
  try {
    url = await automate.listen();
    await automate.ready();
  } catch (error) {
    await automate.close();
    throw error;
  }
  return {
    url,
    token,
    automate,
    database,
    async call<Body>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
      const sent: Record<string, string> = { authorization: `Bearer ${token}`, ...headers };
      if (sent.authorization === '') delete sent.authorization;
      if (body !== undefined) sent['content-type'] ??= 'application/json';
      const response = await fetch(new URL(path, url), {
        method,
        headers: sent,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers: response.headers,
        body: (isJson && text !== '' ? JSON.parse(text) : text) as Body,
      };
    },
    async close() {
      await automate.close();
      if (!options.database) await database.dispose();
    },
  };
}
