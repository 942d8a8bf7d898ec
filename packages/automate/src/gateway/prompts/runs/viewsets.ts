import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, requirePrincipal } from '../../../api/index.ts';
import { auditActorOf, redactorOf } from '../../../governance/index.ts';
import { actorName, commonErrors, invalidInput, type Json, type Row } from '../../../kernel/index.ts';
import { toWireUsage } from '../../usage/usage.ts';
import { promptExamples as examples } from '../examples.ts';
import { PromptModel } from '../schemas.ts';
import { usdOf } from '../usd.ts';
import '../services.ts';
import { compareRuns } from './compare.ts';
import { type ResultRow, resultsOf } from './result.store.ts';
import {
  CompareQuery,
  PromptComparison,
  PromptRun,
  PromptRunCreate,
  PromptRunModel,
  PromptRunResults,
  PromptTestSetModel,
} from './schemas.ts';
import { startRun } from './start-run.ts';

type RunRow = Row<typeof PromptRunModel>;

/** Versions of prompts put to their test sets. */
export class PromptRunViewSet extends BaseReadOnlyViewSet<typeof PromptRunModel> {
  static {
    this.describe('create', {
      summary: 'Run a test set',
      description: 'A job does it, of the same id: follow it there. What it asks models is paid as any call is.',
      scope: 'prompts:run',
      body: PromptRunCreate,
      examples: examples.run,
      response: PromptRun,
      status: 202,
    });
    this.action('results', { detail: true, summary: 'List what came of each case that is finished', response: PromptRunResults });
    this.action('cancel', {
      detail: true,
      methods: ['post'],
      summary: 'Cancel a run',
      description: 'Calls that are under way end within a moment; what is finished stays.',
      scope: 'prompts:run',
      response: PromptRun,
      status: 202,
    });
    this.action('compare', {
      detail: true,
      summary: 'Compare a run with another one',
      description: 'Case by case, by their names.',
      query: CompareQuery,
      response: PromptComparison,
    });
  }
  readonly model = PromptRunModel;
  override scopeResource: string | undefined = 'prompts';
  override tag: string | undefined = 'Prompts';

  async create(ctx: Context<z.output<typeof PromptRunCreate>>): Promise<RunRow> {
    const { models, database: db, audit, prompts, jobs } = ctx.services;
    const principal = requirePrincipal(ctx);
    const scope = { tenantId: principal.tenantId };
    const testSet = await models.get(PromptTestSetModel, ctx.body.test_set_id, scope);
    const prompt = testSet && (await models.get(PromptModel, testSet.prompt_id, scope));
    if (!testSet || !prompt)
      throw invalidInput([{ pointer: '/test_set_id', code: 'not_found', message: 'names something that does not exist' }]);
    const options = { db, audit, resolve: prompts.resolve, onQueued: () => jobs.announce() };
    const id = await startRun(options, {
      actor: auditActorOf(ctx),
      apiKeyId: principal.kind === 'api_key' ? principal.id : null,
      testSet,
      latestVersion: prompt.latest_version,
      wanted: ctx.body,
    });
    ctx.reply.header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id }));
    return this.again(id, ctx);
  }

  async cancel({ id }: RunRow, ctx: Context): Promise<RunRow> {
    const principal = requirePrincipal(ctx);
    await ctx.services.jobs.control.cancel({ tenantId: principal.tenantId, id: actorName(principal) }, id);
    return this.again(id, ctx);
  }

  async results(run: RunRow, ctx: Context): Promise<z.input<typeof PromptRunResults>> {
    const redact = redactorOf(ctx);
    const rows = await this.resultRows(run, ctx);
    return { results: redact(rows.map(shown) as unknown as Json) as never };
  }

  async compare(run: RunRow, ctx: Context<unknown, z.output<typeof CompareQuery>>): Promise<z.input<typeof PromptComparison>> {
    const scope = { tenantId: requirePrincipal(ctx).tenantId };
    const other = await ctx.services.models.get(this.model, ctx.query.other_id, scope);
    if (!other) throw commonErrors.not_found('There is no run of this id to compare with.');
    const compared = compareRuns(
      { run, results: await this.resultRows(run, ctx) },
      { run: other, results: await this.resultRows(other, ctx) },
    );
    return redactorOf(ctx)(compared as unknown as Json) as never;
  }

  private resultRows({ id }: RunRow, ctx: Context): Promise<ResultRow[]> {
    const { tenantId } = requirePrincipal(ctx);
    return ctx.services.database.asTenant(tenantId, (transaction) => resultsOf(transaction, id));
  }

  private async again(id: string, ctx: Context): Promise<RunRow> {
    const row = await ctx.services.models.get(this.model, id, { tenantId: requirePrincipal(ctx).tenantId });
    if (!row) throw commonErrors.not_found('The prompt of the run was deleted meanwhile.');
    return row;
  }
}

function shown({ cost_nanos: nanos, usage, ...row }: ResultRow): z.input<typeof PromptRunResults>['results'][number] {
  const cost = usdOf(nanos === null ? null : BigInt(nanos));
  return { ...row, assertions: [...row.assertions], cost_usd: cost, usage: usage && toWireUsage(usage) };
}
