/** Rows of a statement and how many it returned or changed. */
export interface QueryResult<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

export interface Queryable {
  /**
   * Runs one parameterised statement.
   * @param name prepares the statement under this name on drivers that can; only for fixed texts
   */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[], name?: string): Promise<QueryResult<Row>>;
}

/**
 * The database as the product sees it: one PostgreSQL dialect, two drivers.
 * `query` and `transaction` run as the system role, which sees all tenants; request handlers use `asTenant`.
 */
export interface Db extends Sessions {
  readonly driver: 'postgres' | 'pglite';
  /** The same for work in the background: where all share one session, requests that have waited go first. Absent where there are many. */
  readonly background?: Sessions;
  /** Runs a script of several statements as the owner of the schema: migrations only. */
  migrate<T>(work: (connection: MigrationConnection) => Promise<T>): Promise<T>;
  /** Tells every process. Delivery is best effort: receivers also poll. */
  notify(channel: string, payload: string): Promise<void>;
  /** Calls the handler for every notification, and with `''` after a reconnect, when some may have been missed. */
  listen(channel: string, handler: (payload: string) => void): Promise<() => Promise<void>>;
  /** Reclaims the space of dead rows where no server does it by itself (PGlite has no autovacuum); else does nothing. */
  vacuum(tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Statements, each of its own or several in a transaction. */
export interface Sessions extends Queryable {
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** A transaction in which row-level security shows and accepts only the rows of this tenant. */
  asTenant<T>(tenantId: string, work: (transaction: Queryable) => Promise<T>): Promise<T>;
}

/** The database for work in the background. */
export function backgroundOf(db: Db): Db {
  return db.background ? { ...db, ...db.background } : db;
}

export interface MigrationConnection extends Queryable {
  /** Runs several statements without parameters. */
  script(text: string): Promise<void>;
}

/** The two roles row-level security tells apart. Both are created by the first migration. */
export const roles = { system: 'automate_system', tenant: 'automate_app' } as const;

/**
 * Sent once on every new connection, after the schema exists. Tables grow faster than their statistics, and a plan that reads all of a
 * short table is kept when it is long: what an index finds is found by the index. Then nothing is so long that compiling it pays.
 */
export const sessionSetup = `set search_path = automate, public; set role ${roles.system}; set enable_seqscan = off; set jit = off`;

/** Opens a transaction that is confined to one tenant until it ends. The id is checked to be a UUID first, since `set` takes no parameters. */
export function beginAsTenant(tenantId: string): string {
  if (!/^[0-9a-f-]{36}$/i.test(tenantId)) throw new TypeError('tenantId must be a UUID');
  return `begin; set local role ${roles.tenant}; set local automate.tenant_id = '${tenantId}'`;
}
