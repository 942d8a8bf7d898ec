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
  /** The same, run another way. */
  sessions(options: SessionOptions): Sessions;
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

export interface SessionOptions {
  /** Work in the background: where all share one session, requests that have waited go first. */
  readonly isBackground?: boolean;
  /**
   * What an index finds is found by the index. A prepared statement keeps its plan: one that was made while a table was short reads all of it,
   * also when it is long. For code whose statements have names; those without are planned for the values and the table as they are.
   */
  readonly byIndex?: boolean;
}

/** The database with its statements run another way. */
export function withSessions(db: Db, options: SessionOptions): Db {
  return { ...db, ...db.sessions(options) };
}

export interface MigrationConnection extends Queryable {
  /** Runs several statements without parameters. */
  script(text: string): Promise<void>;
}

/** The two roles row-level security tells apart. Both are created by the first migration. */
export const roles = { system: 'automate_system', tenant: 'automate_app' } as const;

/** Sent once on every new connection, after the schema exists. Nothing of ours is so long that compiling it pays. */
export const sessionSetup = `set search_path = automate, public; set role ${roles.system}; set jit = off`;
