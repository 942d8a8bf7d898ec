import { z } from 'zod';
import { BaseModelViewSet, type Context, type OperationOptions, requirePrincipal, type StandardAction } from '../../api/index.ts';
import { AuditedMixin, auditActorOf } from '../../governance/index.ts';
import { commonErrors, hasScope, type Row, type Scope } from '../../kernel/index.ts';
import { providerExamples as examples } from './examples.ts';
import { countProviders, endpointsNaming } from './provider.store.ts';
import { maximumProviders } from './provider-service.ts';
import {
  ProviderCreate,
  ProviderKinds,
  ProviderModel,
  ProviderPatch,
  ProviderStanding,
  ProviderTest,
  ProviderTestResult,
  ProviderUpdate,
  ShownProvider,
} from './schemas.ts';
import './services.ts';
import { providerStanding } from './standing.ts';
import { testKept } from './try-provider.ts';

type ProviderRow = Row<typeof ProviderModel>;
type Given = Partial<ProviderRow> & { readonly api_key?: string };

/** Vendors of models, and programs of this machine that answer as one. */
export class ProviderViewSet extends AuditedMixin(BaseModelViewSet<typeof ProviderModel>) {
  static {
    this.action('kinds', {
      detail: false,
      summary: 'List the kinds of providers',
      description: 'With what each wants to know, and what this machine lacks for it.',
      response: ProviderKinds,
    });
    this.action('standing', {
      detail: false,
      summary: 'See how providers are',
      description: 'By what this machine has, by their last test and by the calls of the last hour.',
      response: ProviderStanding,
    });
    this.action('test', {
      detail: true,
      methods: ['post'],
      summary: 'Test a provider by really calling it',
      description: 'Says how long it took, which models it has, and exactly why it failed. With a `model` a few tokens are paid.',
      body: ProviderTest,
      examples: examples.test,
      response: ProviderTestResult,
      status: 200,
      idempotent: false,
    });
  }
  readonly model = ProviderModel;
  readonly createSchema = ProviderCreate;
  override updateSchema = ProviderUpdate;
  override responseSchema = ShownProvider;
  override scopeResource: string | undefined = 'providers';
  override excludedActions: readonly StandardAction[] = ['export', 'import'];
  override tag: string | undefined = 'Providers';
  override tagDescription: string | undefined =
    'Vendors of models, and programs of this machine that answer as one. Keys are write-only.';

  override async performCreate(values: Given, ctx: Context, scope: Scope): Promise<ProviderRow> {
    const { api_key: key, ...rest } = values;
    const given = { slug: rest.slug ?? '', kind: rest.kind ?? '', config: rest.config ?? {}, api_key: key, secret: rest.secret };
    const { providers, database, policies } = ctx.services;
    const { url } = await providers.check(scope.tenantId, given);
    await database.asTenant(scope.tenantId, async (transaction) => {
      await policies.requireRoom(transaction, scope.tenantId, maximumProviders, countProviders);
    });
    if (await this.isTaken(given.slug, ctx, scope))
      throw commonErrors.already_exists(`There is a provider "${given.slug}" already: choose another slug.`);
    const secret = key !== undefined && url ? await this.keep(key, given.slug, url, ctx) : (rest.secret ?? null);
    const row = await super.performCreate({ ...rest, name: rest.name ?? given.slug, secret }, ctx, scope);
    await ctx.services.gatewayNews.announce(scope.tenantId);
    return row;
  }

  override async performUpdate(row: ProviderRow, values: Given, ctx: Context, scope: Scope): Promise<ProviderRow> {
    const { api_key: key, ...rest } = values;
    const next = { ...row, ...rest };
    const secretOf = rest.secret === undefined && key !== undefined ? null : next.secret;
    const { url } = await ctx.services.providers.check(scope.tenantId, { ...next, api_key: key, secret: secretOf });
    const secret = key !== undefined && url ? await this.keep(key, row.slug, url, ctx) : next.secret;
    const updated = await super.performUpdate(row, { ...rest, secret }, ctx, scope);
    await ctx.services.gatewayNews.announce(scope.tenantId);
    return updated;
  }

  override async performDestroy(row: ProviderRow, ctx: Context, scope: Scope): Promise<void> {
    const used = await ctx.services.database.asTenant(scope.tenantId, (transaction) => endpointsNaming(transaction, row.slug));
    if (used.length > 0) throw commonErrors.in_use(`Endpoints name it: ${used.join(', ')}. Take it out of their targets first.`);
    await super.performDestroy(row, ctx, scope);
    await ctx.services.gatewayNews.announce(scope.tenantId);
  }

  override present(row: ProviderRow, ctx: Context): ProviderRow {
    const { providerKinds } = ctx.services;
    const shown = { ...row, tasks: providerKinds.get(row.kind)?.tasks ?? [], missing: providerKinds.missing(row.kind) };
    return shown;
  }

  async kinds(ctx: Context): Promise<z.input<typeof ProviderKinds>> {
    const { providerKinds } = ctx.services;
    const results = providerKinds.all.map(async ({ kind, title, description, key, tasks, config }) => ({
      kind,
      title,
      description,
      key,
      tasks: [...tasks],
      config: z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }),
      missing: await providerKinds.look(kind),
    }));
    return { results: await Promise.all(results) };
  }

  async standing(ctx: Context): Promise<z.input<typeof ProviderStanding>> {
    const { database, providerKinds } = ctx.services;
    return { results: await providerStanding(database, providerKinds, requirePrincipal(ctx).tenantId) };
  }

  async test(provider: ProviderRow, ctx: Context<z.output<typeof ProviderTest>>): Promise<z.input<typeof ProviderTestResult>> {
    const { tenantId } = requirePrincipal(ctx);
    const report = await testKept(ctx.services, provider, { tenantId, signal: ctx.request.signal, ...ctx.body });
    return { ...report, checks: [...report.checks], models: [...report.models], trace_id: ctx.traceId };
  }

  override getStandardOptions(action: StandardAction): OperationOptions | undefined {
    const standard = super.getStandardOptions(action);
    if (action === 'partialUpdate' && standard) return { ...standard, body: ProviderPatch };
    if (action !== 'create' || !standard) return standard;
    return {
      ...standard,
      summary: 'Add a provider',
      description: 'With an `api_key`, which needs the scope secrets:write and is never shown again, or the name of a secret.',
      examples: examples.create,
      problems: { 422: 'The policy of the tenant allows no more of them.' },
    };
  }

  private async isTaken(slug: string, ctx: Context, scope: Scope): Promise<boolean> {
    const filters = [{ column: 'slug', operator: 'exact' as const, value: slug }];
    return (await ctx.services.models.count(this.model, { filters }, scope)) > 0;
  }

  private keep(value: string, slug: string, url: URL, ctx: Context): Promise<string> {
    if (!hasScope(requirePrincipal(ctx), 'secrets:write'))
      throw commonErrors.forbidden(
        'The scope secrets:write is needed for an `api_key`: name a secret that is there, or ask an admin.',
      );
    return ctx.services.providers.keep(auditActorOf(ctx), { slug, value, url }, ctx.services.models);
  }
}
