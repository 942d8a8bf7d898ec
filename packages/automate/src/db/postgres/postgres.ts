import pg from 'pg';
import type { Logger } from '../../kernel/index.ts';
import { isConnectionLost, toDatabaseError } from '../port/errors.ts';
import { beginAsTenant, type Db, type MigrationConnection, type QueryResult, sessionSetup } from '../port/port.ts';
import { retryTransient } from '../port/retry.ts';
import { runTransaction, runTransactionAfter } from '../port/transaction.ts';
import { parsers } from '../port/types.ts';
import { arrayLiteral } from './array-literal.ts';
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
export function openPostgres({ url, poolSize, logger, idleSeconds = IDLE_SECONDS }: PostgresOptions): Db {
  const config: pg.ClientConfig = {
    connectionString: url,
    application_name: 'automate',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: Math.round(idleSeconds * 1_000),
    types: { getTypeParser },
  };
  /** A migration takes as long as it takes. */
  const unhurried = { statement_timeout: 0, idle_in_transaction_session_timeout: IDLE_SECONDS * 1_000 };
  // What is sent to a connection does not wait until what was sent before is answered.
  const pool = new pg.Pool({ ...config, pipeline: true, max: poolSize, idleTimeoutMillis: 30_000 });
  // An idle connection that dies must not end the process; the next query opens another one.
  pool.on('error', (error) => logger.warn({ reason: error.message }, 'idle database connection lost'));
  // The same for one in use: its query fails, which is how the loss is reported.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const listener = createPostgresListener(config, logger);

  async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
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

  return {
    driver: 'postgres',
    query: (text, values, name) => retryTransient(() => withClient((client) => sessionOf(client).query(text, values, name))),
    transaction: (work) => withClient((client) => runTransaction(sessionOf(client), work)),
    asTenant: async (tenantId, work) =>
      withClient((client) => runTransactionAfter(sessionOf(client), beginAsTenant(tenantId), work)),
    async migrate(work) {
      const client = new pg.Client({ ...config, ...unhurried }).on('error', () => undefined);
      try {
        await client.connect();
        return await work(sessionOf(client));
      } catch (error) {
        throw toDatabaseError(error);
      } finally {
        await client.end().catch(() => undefined);
      }
    },
    async notify(channel, payload) {
      await withClient((client) => client.query('select pg_notify($1, $2)', [channel, payload]));
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
      const result = await ask({ text, values: values?.map(toParameter), name } as pg.QueryConfig);
      return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
    },
  };
}

function toParameter(value: unknown): unknown {
  return Array.isArray(value) ? (arrayLiteral(value) ?? value) : value;
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text');
}
