import { z } from 'zod';
import { BaseModelViewSet, type Context, type OperationOptions, requirePrincipal, type StandardAction } from '../../api/index.ts';
import { AuditedMixin, type LimitRule } from '../../governance/index.ts';
import { commonErrors, type InputIssue, invalidInput, type Row, type Scope } from '../../kernel/index.ts';
import { guardrailIssues } from '../guardrails/compile-guardrails.ts';
import { providersOf } from '../providers/provider.store.ts';
import '../providers/services.ts';
import { providerTask, type Task } from '../tasks.ts';
import { countEndpoints, hasVectors, namesTaken } from './endpoint.store.ts';
import { endpointExamples as examples } from './examples.ts';
import { figuresSince } from './figures.store.ts';
import {
  Endpoint,
  EndpointCreate,
  EndpointFigures,
  EndpointModel,
  EndpointPatch,
  EndpointUpdate,
  FiguresQuery,
  GuardrailKinds,
  type Target,
} from './schemas.ts';
import './services.ts';

type EndpointRow = Row<typeof EndpointModel>;

/** Calls are counted when they are asked for. */
const MOST_DAYS = 92;

export const maximumEndpoints: LimitRule = {
  kind: 'limit',
  name: 'max_endpoints',
  description: 'Endpoints of models',
  minimum: 0,
  maximum: 10_000,
  noun: 'endpoints',
};

/** Published capabilities: names for providers and models, with what holds for whoever calls them. */
export class EndpointViewSet extends AuditedMixin(BaseModelViewSet<typeof EndpointModel>) {
  static {
    this.describe('create', {
      summary: 'Publish an endpoint',
      body: EndpointCreate,
      examples: examples.create,
      response: Endpoint,
      problems: { 422: 'The policy of the tenant allows no more of them.' },
    });
    this.action('guardrails', {
      detail: false,
      summary: 'List the kinds of guardrails',
      description: 'With what each may look at, what it may do, and what it wants to know.',
      response: GuardrailKinds,
    });
    this.action('figures', {
      detail: false,
      summary: 'Count the calls of each endpoint, and what they cost',
      description: 'Endpoints that were not called since are not in it.',
      scope: 'calls:read',
      query: FiguresQuery,
      response: EndpointFigures,
    });
  }
  readonly model = EndpointModel;
  readonly createSchema = EndpointCreate;
  override updateSchema = EndpointUpdate;
  override scopeResource: string | undefined = 'endpoints';
  override excludedActions: readonly StandardAction[] = ['export', 'import'];
  override tag: string | undefined = 'Endpoints';
  override tagDescription: string | undefined =
    'What the `model` of a request names: providers and models in the order they are tried.';

  override getStandardOptions(action: StandardAction): OperationOptions | undefined {
    const standard = super.getStandardOptions(action);
    return action === 'partialUpdate' && standard ? { ...standard, body: EndpointPatch } : standard;
  }

  override async performCreate(values: Partial<EndpointRow>, ctx: Context, scope: Scope): Promise<EndpointRow> {
    const { models, policies } = ctx.services;
    const row = await models.transaction(scope, async (transaction) => {
      await policies.requireRoom(transaction, scope.tenantId, maximumEndpoints, countEndpoints);
      await this.requireSound(values, { transaction, ctx, scope, id: null });
      const inner = ctx.withBody(ctx.body, { models: transaction });
      return super.performCreate({ ...values, name: values.name ?? values.slug ?? '' }, inner, scope);
    });
    await ctx.services.gatewayNews.announce(scope.tenantId);
    return row;
  }

  override async performUpdate(row: EndpointRow, values: Partial<EndpointRow>, ctx: Context, scope: Scope): Promise<EndpointRow> {
    const updated = await ctx.services.models.transaction(scope, async (transaction) => {
      await this.requireSound({ ...row, ...values }, { transaction, ctx, scope, id: row.id });
      const inner = ctx.withBody(ctx.body, { models: transaction });
      return super.performUpdate(row, values, inner, scope);
    });
    await ctx.services.gatewayNews.announce(scope.tenantId);
    return updated;
  }

  override async performDestroy(row: EndpointRow, ctx: Context, scope: Scope): Promise<void> {
    await super.performDestroy(row, ctx, scope);
    await ctx.services.gatewayNews.announce(scope.tenantId);
  }

  async guardrails(ctx: Context): Promise<z.input<typeof GuardrailKinds>> {
    const results = [...ctx.services.guardrailTypes.values()].map(({ type, description, on, actions, config }) => ({
      type,
      description,
      on: [...on],
      actions: [...actions],
      config: z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }),
    }));
    return { results };
  }

  async figures(ctx: Context<unknown, z.output<typeof FiguresQuery>>): Promise<z.input<typeof EndpointFigures>> {
    const { tenantId } = requirePrincipal(ctx);
    const asked = new Date(ctx.query.since ?? new Date().setUTCHours(0, 0, 0, 0)).getTime();
    const since = new Date(Math.max(asked, Date.now() - MOST_DAYS * 86_400_000));
    const results = await ctx.services.database.asTenant(tenantId, (transaction) => figuresSince(transaction, tenantId, since));
    return { since: since.toISOString(), results };
  }

  /** @throws AppError `invalid_input`, `already_exists` */
  private async requireSound(values: Partial<EndpointRow>, at: Place): Promise<void> {
    const { slug = '', aliases = [], targets = [], tasks = [], guardrails = [] } = values;
    const issues = [
      ...guardrailIssues(guardrails, at.ctx.services.guardrailTypes, '/guardrails'),
      ...(await targetIssues(targets, tasks, at)),
      ...(await cacheIssues(values, at)),
    ];
    if (issues.length > 0) throw invalidInput(issues);
    const names = [slug, ...aliases];
    if (new Set(names).size < names.length)
      throw invalidInput([{ pointer: '/aliases', code: 'twice', message: 'must hold each name once, and not the slug' }]);
    const [taken] = await namesTaken(at.transaction, at.scope.tenantId, names, at.id);
    if (taken !== undefined) throw commonErrors.already_exists(`An endpoint is called "${taken}" already: choose another name.`);
  }
}

interface Place {
  readonly transaction: Parameters<typeof namesTaken>[0];
  readonly ctx: Context;
  readonly scope: Scope;
  readonly id: string | null;
}

/** Requests are compared by another model, which would see what guardrails hide. */
async function cacheIssues({ cache, guardrails = [] }: Partial<EndpointRow>, { transaction }: Place): Promise<InputIssue[]> {
  const pointer = '/cache/semantic';
  if (!cache?.semantic) return [];
  if (guardrails.length > 0)
    return [{ pointer, code: 'not_with_guardrails', message: 'cannot be used together with guardrails' }];
  if (await hasVectors(transaction)) return [];
  return [
    { pointer, code: 'vector_missing', message: 'needs pgvector: install it in the database with `create extension vector`' },
  ];
}

async function targetIssues(
  targets: readonly Target[],
  tasks: readonly string[],
  { transaction, ctx, scope }: Place,
): Promise<InputIssue[]> {
  const { providerKinds } = ctx.services;
  const providers = new Map((await providersOf(transaction, scope.tenantId)).map((provider) => [provider.slug, provider]));
  const unknown = targets.flatMap(({ provider }, index): InputIssue[] =>
    providers.has(provider)
      ? []
      : [
          {
            pointer: `/targets/${index}/provider`,
            code: 'unknown_provider',
            message: 'is no provider of yours',
          },
        ],
  );
  if (unknown.length > 0) return unknown;
  const possible = new Set(
    targets.flatMap(({ provider }) => providerKinds.get(providers.get(provider)?.kind ?? '')?.tasks ?? []),
  );
  const isPossible = (task: Task): boolean => {
    const needed = providerTask(task);
    return needed === null || possible.has(needed);
  };
  return tasks.flatMap((task, index): InputIssue[] =>
    isPossible(task as Task)
      ? []
      : [
          {
            pointer: `/tasks/${index}`,
            code: 'task_not_possible',
            message: `none of the targets can do ${task}`,
            known: [...possible],
          },
        ],
  );
}
