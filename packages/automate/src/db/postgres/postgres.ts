import pg from 'pg';
import type { Logger } from '../../kernel/index.ts';
import { isConnectionLost, toDatabaseError } from '../port/errors.ts';
import { type Db, type MigrationConnection, type QueryResult, sessionSetup } from '../port/port.ts';
import { sessionsOver, type WithSession } from '../port/sessions.ts';
import { parsers } from '../port/types.ts';
import { createPostgresListener } from './postgres-listener.ts';

export interface PostgresOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly logger: Logger;
  /** How long the server lets a transaction wait for its next statement. Default 60. */
  readonly idleSeconds?: number;
}

const IDLE_SECONDS = 60;

/** Opens the server-mode driver: a pool of connections to a PostgreSQL server. Connects lazily. */
export function openPostgres(options: PostgresOptions): Db {
  const config = configOf(options);
  const pool = createPool(config, options);
  const listener = createPostgresListener(config, options.logger);
  const withSession: WithSession = (work) => withClient(pool, (client) => work(sessionOf(client)));
  return {
    driver: 'postgres',
    ...sessionsOver(withSession, {}),
    sessions: (given) => sessionsOver(withSession, given),
    migrate: (work) => migrateWith(config, work),
    async notify(channel, payload) {
      await withClient(pool, (client) => client.query('select pg_notify($1, $2)', [channel, payload]));
    },
    listen: listener.listen,
    // The server's autovacuum does it, tuned per table in the migrations.
    vacuum: async () => undefined,
    async close() {
      await listener.close();
      await pool.end();
    },
  };
}

function configOf({ url, idleSeconds = IDLE_SECONDS }: PostgresOptions): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'automate',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: Math.round(idleSeconds * 1_000),
    types: { getTypeParser },
  };
}

function createPool(config: pg.ClientConfig, { poolSize, logger }: PostgresOptions): pg.Pool {
  // What is sent to a connection does not wait until what was sent before is answered.
  const pool = new pg.Pool({ ...config, pipeline: true, max: poolSize, idleTimeoutMillis: 30_000 });
  // An idle connection that dies must not end the process; the next query opens another one.
  pool.on('error', (error) => logger.warn({ reason: error.message }, 'idle database connection lost'));
  // The same for one in use: its query fails, which is how the loss is reported.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  let client: pg.PoolClient | undefined;
  let isBroken = false;
  try {
    client = await pool.connect();
    if (!prepared.has(client)) {
      await client.query(sessionSetup);
      prepared.add(client);
    }
    return await work(client);
  } catch (error) {
    const mapped = toDatabaseError(error);
    isBroken = isConnectionLost(mapped);
    throw mapped;
  } finally {
    client?.release(isBroken);
  }
}

/** A connection of its own, which takes as long as it takes. */
async function migrateWith<T>(config: pg.ClientConfig, work: (connection: MigrationConnection) => Promise<T>): Promise<T> {
  const unhurried = { statement_timeout: 0, idle_in_transaction_session_timeout: IDLE_SECONDS * 1_000 };
  const client = new pg.Client({ ...config, ...unhurried }).on('error', () => undefined);
  try {
    await client.connect();
    return await work(sessionOf(client));
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Connections that already run under the system role. */
const prepared = new WeakSet<object>();

function sessionOf(client: pg.ClientBase): MigrationConnection {
  const ask = async (query: string | pg.QueryConfig): Promise<pg.QueryResult> => {
    try {
      return await client.query(query as pg.QueryConfig);
    } catch (error) {
      throw toDatabaseError(error);
    }
  };
  return {
    script: async (text) => void (await ask(text)),
    async query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<QueryResult<Row>> {
      const result = await ask({ text, values, name } as pg.QueryConfig);
      return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
    },
  };
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text');
}
