import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  commonErrors,
  createLogger,
  defineModel,
  type Filter,
  isUnchanged,
  type ListQuery,
  type Model,
  type ModelTransaction,
  newId,
  type Principal,
  type RelatedQuery,
  type Row,
  type Scope,
  type Tally,
  type TallyQuery,
  type WriteOptions,
} from '../kernel/index.ts';
import {
  type Api,
  type ApiOptions,
  ApiRouter,
  type AppServices,
  allow,
  apiKeyAuthenticator,
  BaseModelViewSet,
  type Context,
  createApi,
  createFastifyServer,
  IsAuthenticated,
  type Permission,
} from './index.ts';

export const TENANT = '018f0000-0000-7000-8000-000000000001';
export const OTHER_TENANT = '018f0000-0000-7000-8000-000000000002';

export const Workflow = z
  .object({
    id: z.uuid(),
    tenant_id: z.uuid(),
    name: z.string().min(1).max(200),
    status: z.enum(['draft', 'active', 'archived']),
    priority: z.int(),
    owner_id: z.string(),
  })
  .meta({ id: 'Workflow' });
export type Workflow = z.output<typeof Workflow>;

export const WorkflowModel = defineModel({
  name: 'Workflow',
  table: 'workflows',
  schema: Workflow,
  ordering: ['-id', 'priority', 'name'],
  filters: {
    status: { column: 'status', operator: 'exact', schema: Workflow.shape.status },
    status_in: { column: 'status', operator: 'in', schema: Workflow.shape.status },
    priority: { column: 'priority', operator: 'exact', schema: z.int() },
  },
  searchFields: ['name'],
});

export const WorkflowView = Workflow.omit({ tenant_id: true }).meta({ id: 'WorkflowView' });
export const WorkflowWrite = z
  .object({ name: Workflow.shape.name, status: Workflow.shape.status.default('draft'), priority: z.int().default(0) })
  .meta({ id: 'WorkflowWrite' });
const Activate = z.object({ reason: z.string().min(1) }).meta({ id: 'Activate' });

const IsOwner: Permission = {
  name: 'IsOwner',
  allows: () => true,
  allowsObject: (ctx, row: Workflow) => row.owner_id !== 'someone-else' || ctx.principal?.isStaff === true,
};

export class WorkflowViewSet extends BaseModelViewSet<typeof WorkflowModel> {
  static {
    this.action('activate', { detail: true, methods: ['post'], body: Activate, response: WorkflowView });
    this.action('stats', { detail: false, response: z.object({ total: z.int() }) });
  }
  readonly model = WorkflowModel;
  readonly createSchema = WorkflowWrite;
  override responseSchema = WorkflowView;
  override permissions = allow(IsAuthenticated, IsOwner);

  override async performCreate(values: Partial<Workflow>, ctx: Context, scope: Scope): Promise<Workflow> {
    return super.performCreate({ ...values, owner_id: ctx.principal?.id ?? '' }, ctx, scope);
  }

  async activate(workflow: Workflow, ctx: Context<z.output<typeof Activate>>): Promise<Workflow> {
    return { ...workflow, status: ctx.body.reason === 'no' ? 'draft' : 'active' };
  }

  stats(): { total: number } {
    return { total: 2 };
  }
}

const PRINCIPALS: Readonly<Record<string, Principal>> = {
  alice: { id: 'alice', kind: 'api_key', tenantId: TENANT, isStaff: false, scopes: ['*'] },
  staff: { id: 'staff', kind: 'user', tenantId: TENANT, isStaff: true, scopes: ['*'] },
  reader: { id: 'reader', kind: 'api_key', tenantId: TENANT, isStaff: false, scopes: ['workflows:read'] },
  mallory: { id: 'mallory', kind: 'api_key', tenantId: OTHER_TENANT, isStaff: false, scopes: ['*'] },
};

export const authenticator = apiKeyAuthenticator({ verify: async (key) => PRINCIPALS[key] ?? null });

/** Headers of a request by one of the principals. */
export function as(name: keyof typeof PRINCIPALS | string): Record<string, string> {
  return { authorization: `Bearer ${name}` };
}

export interface TestServer {
  readonly app: FastifyInstance;
  readonly store: MemoryModelStore;
  readonly log: readonly Record<string, unknown>[];
}

/** A server of the given routes over an in-memory store. */
export function createTestServer(router: ApiRouter, options: TestApiOptions = {}): TestServer {
  const { api, store, log } = createTestApi(router, options);
  return { app: createFastifyServer(api), store, log };
}

type TestApiOptions = Partial<Omit<ApiOptions, 'services'>> & { services?: object };

/** An API of the given routes over an in-memory store. */
export function createTestApi(router: ApiRouter, options: TestApiOptions = {}): Omit<TestServer, 'app'> & { api: Api } {
  const store = new MemoryModelStore();
  const log: Record<string, unknown>[] = [];
  const logger = createLogger({ level: 'silent' });
  const record = (bindings: Record<string, unknown>, message: string) => log.push({ ...bindings, message });
  Object.assign(logger, { error: record, warn: record, child: () => logger });
  const services = { models: store, ...options.services } as Partial<AppServices> as AppServices;
  return { api: createApi({ authenticators: [authenticator], logger, ...options, router, services }), store, log };
}

export function workflowRouter(): ApiRouter {
  const version = new ApiRouter().register('workflows', WorkflowViewSet, { basename: 'workflow' });
  return new ApiRouter().include('api/v1', version);
}

export function workflow(values: Partial<Workflow> = {}): Workflow {
  const defaults = { name: 'Nightly', status: 'draft', priority: 0, owner_id: 'alice' } as const;
  return { id: newId(), tenant_id: TENANT, ...defaults, ...values };
}

type Values = Record<string, unknown>;

/** The contract of `ModelStore`, over one array; `$model` tells rows of several models apart. */
export class MemoryModelStore implements ModelTransaction {
  readonly rows: Values[] = [];

  async list<M extends Model>(model: M, query: ListQuery, scope: Scope): Promise<Row<M>[]> {
    const { order, after, backward = false, offset = 0, limit } = query;
    const compare = (left: readonly unknown[], right: readonly unknown[]): number => {
      for (const [index, term] of order.entries()) {
        const [a, b] = [left[index] as string, right[index] as string];
        if (a !== b) return (a < b ? -1 : 1) * (term.descending ? -1 : 1);
      }
      return 0;
    };
    const keyOf = (row: Values) => order.map((term) => row[term.column]);
    const sorted = this.#matching(model, query, scope).toSorted((left, right) => compare(keyOf(left), keyOf(right)));
    const rest = !after ? sorted : sorted.filter((row) => compare(keyOf(row), after) * (backward ? -1 : 1) > 0);
    return (backward ? rest.slice(-limit) : rest.slice(offset, offset + limit)) as Row<M>[];
  }

  async count(model: Model, query: Pick<ListQuery, 'filters' | 'search'>, scope: Scope): Promise<number> {
    return this.#matching(model, query, scope).length;
  }

  async tally(model: Model, query: TallyQuery, scope: Scope): Promise<Tally> {
    const groups = Map.groupBy(this.#matching(model, query, scope), (row) => row[query.column]);
    return {
      groups: [...groups].map(([value, rows]) => ({ value: value === null ? null : String(value), count: rows.length })),
      isComplete: true,
    };
  }

  async get<M extends Model>(model: M, id: string, scope: Scope): Promise<Row<M> | undefined> {
    return this.#matching(model, { filters: [] }, scope).find((row) => row.id === id) as Row<M> | undefined;
  }

  async insert<M extends Model>(model: M, values: Partial<Row<M>>, scope: Scope): Promise<Row<M>> {
    const row = { id: newId(), ...(model.tenantField && { [model.tenantField]: scope.tenantId }), ...values };
    this.rows.push(row);
    return row as Row<M>;
  }

  async update<M extends Model>(
    model: M,
    id: string,
    values: Partial<Row<M>>,
    scope: Scope,
    options: WriteOptions<M> = {},
  ): Promise<Row<M> | undefined> {
    const row = await this.get(model, id, scope);
    if (row && options.expected && !isUnchanged(options.expected, row)) throw commonErrors.precondition_failed();
    return row && (Object.assign(row, values) as Row<M>);
  }

  async remove(model: Model, id: string, scope: Scope): Promise<boolean> {
    const row = await this.get(model, id, scope);
    if (row) this.rows.splice(this.rows.indexOf(row), 1);
    return row !== undefined;
  }

  async related<M extends Model>(model: M, { column, values, order, limit }: RelatedQuery, scope: Scope): Promise<Row<M>[]> {
    const filters: Filter[] = [{ column, operator: 'in', value: values }];
    const all = await this.list(model, { filters, order: [order], limit: this.rows.length }, scope);
    return [...Map.groupBy(all, (row) => (row as Values)[column]).values()].flatMap((group) => group.slice(0, limit));
  }

  async transaction<T>(_scope: Scope, work: (models: ModelTransaction) => Promise<T>): Promise<T> {
    return this.attempt(() => work(this));
  }

  async query(): Promise<never> {
    throw new TypeError('There is no SQL in memory.');
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const before = this.rows.map((row) => ({ ...row }));
    return work().catch((error: unknown) => {
      this.rows.splice(0, this.rows.length, ...before);
      throw error;
    });
  }

  #matching(model: Model, query: Pick<ListQuery, 'filters' | 'search'>, scope: Scope): Values[] {
    const filters: readonly Filter[] = [...query.filters, ...(scope.filters ?? [])];
    return this.rows.filter((row) => {
      if (row.$model !== undefined && row.$model !== model.name) return false;
      if (model.tenantField && row[model.tenantField] !== scope.tenantId) return false;
      if (query.search && !model.searchFields.some((field) => String(row[field]).includes(query.search as string))) return false;
      return filters.every(({ column, operator, value }) =>
        operator === 'in' ? (value as unknown[]).includes(row[column]) : row[column] === value,
      );
    });
  }
}

/** All that comes out of an iterable. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
