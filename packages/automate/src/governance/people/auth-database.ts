import { type KyselyDatabaseType, kyselyAdapter } from '@better-auth/kysely-adapter';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { Db } from '../../db/index.ts';
import { storedToken } from './session-token.ts';

const TYPE: KyselyDatabaseType = 'postgres';

type Adapter = ReturnType<ReturnType<typeof kyselyAdapter>>;
type Where = Parameters<Adapter['findOne']>[0]['where'];

/** The database of better-auth: our own, with sessions found by the hash of their token. */
export function authDatabase(db: Db): ReturnType<typeof kyselyAdapter> {
  const kysely = new Kysely<Record<string, never>>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driverOver(db),
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  const create = kyselyAdapter(kysely, { type: TYPE, transaction: false });
  return (options) => withHashedTokens(create(options));
}

function withHashedTokens(adapter: Adapter): Adapter {
  const isSession = (model: string) => model === 'session';
  const hashed = <Options extends { model: string; where?: Where | undefined }>(options: Options): Options =>
    isSession(options.model) && options.where ? { ...options, where: options.where.map(hashedCondition) } : options;
  return {
    ...adapter,
    async create(options) {
      if (!isSession(options.model)) return adapter.create(options);
      const { token } = options.data as unknown as { token: string };
      const made = await adapter.create({ ...options, data: { ...options.data, token: storedToken(token) } });
      // Whoever makes a session hands out its token.
      return { ...made, token } as never;
    },
    async findOne(options) {
      const found = await adapter.findOne(hashed(options));
      const given = isSession(options.model) && options.where.find(({ field }) => field === 'token')?.value;
      return (found && given ? { ...found, token: given } : found) as never;
    },
    findMany: (options) => adapter.findMany(hashed(options)),
    count: (options) => adapter.count(hashed(options)),
    update: (options) => adapter.update(hashed(options)),
    updateMany: (options) => adapter.updateMany(hashed(options)),
    delete: (options) => adapter.delete(hashed(options)),
    deleteMany: (options) => adapter.deleteMany(hashed(options)),
  };
}

function hashedCondition(condition: NonNullable<Where>[number]): NonNullable<Where>[number] {
  const { field, value } = condition;
  if (field !== 'token') return condition;
  return { ...condition, value: Array.isArray(value) ? (value as string[]).map(storedToken) : storedToken(String(value)) };
}

/** Every statement runs by itself, on our own connections. */
function driverOver(db: Db): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const { rows, rowCount } = await db.query<Record<string, unknown>>(sql, parameters);
      return { rows: rows.map(withDates) as Row[], numAffectedRows: BigInt(rowCount) };
    },
    // biome-ignore lint/correctness/useYield: nothing asks for a stream
    async *streamQuery(): AsyncIterableIterator<never> {
      throw new TypeError('Streams are not offered.');
    },
  };
  const refuse = async () => {
    throw new TypeError('Transactions are not offered: change what belongs together in one statement of our own.');
  };
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => undefined,
  };
}

/** Our drivers give times as text, and better-auth compares dates. */
function withDates(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'string' && /_(?:at|until)$/.test(key) ? new Date(value) : value,
    ]),
  );
}
