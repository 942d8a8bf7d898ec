import { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, inputError, requirePrincipal } from '../../api/index.ts';
import { auditActorOf } from '../../governance/index.ts';
import { commonErrors, hasScope, type JsonObject, type Row } from '../../kernel/index.ts';
import { checkContent } from './check-content.ts';
import { promptErrors } from './errors.ts';
import { promptExamples as examples } from './examples.ts';
import { inTurn } from './in-turn.ts';
import { type LabelRow, labelsOf } from './label.store.ts';
import { GUARDED_LABELS, type PromptService } from './prompt-service.ts';
import { type RenderedPrompt, render } from './render.ts';
import { resolveAsked } from './resolve-asked.ts';
import {
  LabelName,
  PromptCreate,
  PromptDetail,
  PromptLabel,
  PromptLabelPut,
  PromptLabels,
  PromptModel,
  PromptPatch,
  PromptRender,
  PromptRendered,
  PromptVersion,
  PromptVersionCreate,
  PromptVersions,
} from './schemas.ts';
import { findVersion, type VersionRow, versionsOf } from './version.store.ts';
import './services.ts';

/** Versions of one reply. */
const PAGE = 50;
const VersionQuery = z.object({
  below: z.int().min(1).max(2_147_483_647).optional().describe(`Only versions below it: ${PAGE} are told at once`),
});

export type PromptRow = Row<typeof PromptModel>;

/** Prompts, their versions and their labels. */
export class PromptViewSet extends BaseReadOnlyViewSet<typeof PromptModel> {
  static {
    this.describe('create', {
      summary: 'Create a prompt',
      body: PromptCreate,
      examples: examples.create,
      response: PromptDetail,
      problems: { 409: 'The slug is taken.' },
    });
    this.describe('retrieve', { summary: 'Get a prompt with its labels', response: PromptDetail, shaped: true });
    this.describe('partialUpdate', { summary: 'Change name or description', body: PromptPatch, response: PromptDetail });
    this.describe('destroy', {
      summary: 'Delete a prompt',
      description: 'Its versions, labels, test sets and runs go too; calls that were made with it stay in the log.',
      status: 204,
    });
    this.action('versions', {
      detail: true,
      summary: 'List the versions, newest first',
      query: VersionQuery,
      response: PromptVersions,
    });
    this.action('saveVersion', {
      detail: true,
      methods: ['post'],
      path: 'versions',
      summary: 'Store a new version',
      description: 'It is never changed. The label `draft` is moved to it.',
      body: PromptVersionCreate,
      examples: examples.saveVersion,
      response: PromptVersion,
      status: 201,
    });
    this.action('version', { detail: true, path: 'versions/{version}', summary: 'Get a version', response: PromptVersion });
    this.action('labels', { detail: true, summary: 'List the labels', response: PromptLabels });
    this.action('putLabel', {
      detail: true,
      methods: ['put'],
      path: 'labels/{name}',
      summary: 'Move a label to a version, or to several by weight',
      description: 'In force in every process within a second. `approved` and `production` need the scope prompts:publish too.',
      body: PromptLabelPut,
      examples: examples.putLabel,
      response: PromptLabel,
      problems: { 409: 'The prompt has as many labels as it may.' },
    });
    this.action('removeLabel', {
      detail: true,
      methods: ['delete'],
      path: 'labels/{name}',
      summary: 'Remove a label',
      description: '`approved` and `production` need the scope prompts:publish too.',
      status: 204,
    });
    this.action('render', {
      detail: true,
      methods: ['post'],
      summary: 'Show what a version says with these variables',
      description: 'No model is asked. Without version and label it is the latest version.',
      scope: 'prompts:run',
      body: PromptRender,
      examples: examples.render,
      response: PromptRendered,
      status: 200,
    });
  }

  readonly model = PromptModel;
  override lookup = 'slug';
  override scopeResource: string | undefined = 'prompts';
  override tag: string | undefined = 'Prompts';
  override tagDescription: string | undefined =
    'What models are told: immutable versions, labels that move between them, and test runs that measure them.';

  async create(ctx: Context<z.output<typeof PromptCreate>>): Promise<z.input<typeof PromptDetail>> {
    const id = await this.getService(ctx).create(ctx.body);
    ctx.reply.header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { slug: id }));
    const row = await this.getStore(ctx).get(this.model, id, { tenantId: requirePrincipal(ctx).tenantId });
    if (!row) throw promptErrors.prompt_not_found('The prompt was deleted meanwhile.');
    return this.withLabels(row, ctx);
  }

  override async retrieve(ctx: Context): Promise<PromptRow & z.input<typeof PromptDetail>> {
    return this.withLabels(ctx.row as PromptRow, ctx);
  }

  async partialUpdate(ctx: Context<z.output<typeof PromptPatch>>): Promise<z.input<typeof PromptDetail>> {
    const { id } = ctx.row as PromptRow;
    return this.withLabels(await this.getService(ctx).update(id, ctx.body, seenBy(ctx)), ctx);
  }

  async destroy(ctx: Context): Promise<void> {
    await this.getService(ctx).remove((ctx.row as PromptRow).id, seenBy(ctx));
  }

  async versions(
    prompt: PromptRow,
    ctx: Context<unknown, z.output<typeof VersionQuery>>,
  ): Promise<z.input<typeof PromptVersions>> {
    const { tenantId } = requirePrincipal(ctx);
    return ctx.services.database.asTenant(tenantId, async (transaction) => {
      const labels = await labelsOf(transaction, prompt.id);
      const rows = await versionsOf(transaction, prompt.id, { below: ctx.query.below, limit: PAGE });
      return { results: rows.map((row) => shownVersion(row, labels)) };
    });
  }

  async saveVersion(
    prompt: PromptRow,
    ctx: Context<z.output<typeof PromptVersionCreate>>,
  ): Promise<z.input<typeof PromptVersion>> {
    const service = this.getService(ctx);
    const row = await service.saveVersion(prompt.id, ctx.body, seenBy(ctx));
    return shownVersion(row, await service.labels(prompt.id));
  }

  async version(prompt: PromptRow, ctx: Context): Promise<z.input<typeof PromptVersion>> {
    const number = /^[1-9]\d{0,8}$/.test(ctx.params.version ?? '') ? Number(ctx.params.version) : undefined;
    const { tenantId } = requirePrincipal(ctx);
    return ctx.services.database.asTenant(tenantId, async (transaction) => {
      const row = number === undefined ? undefined : await findVersion(transaction, prompt.id, number);
      if (!row) throw promptErrors.prompt_version_not_found('The prompt has no such version.');
      return shownVersion(row, await labelsOf(transaction, prompt.id));
    });
  }

  async labels(prompt: PromptRow, ctx: Context): Promise<z.input<typeof PromptLabels>> {
    return { results: (await this.getService(ctx).labels(prompt.id)).map(shownLabel) };
  }

  async putLabel(prompt: PromptRow, ctx: Context<z.output<typeof PromptLabelPut>>): Promise<z.input<typeof PromptLabel>> {
    const name = this.labelOf(ctx);
    const checked = LabelName.safeParse(name);
    if (!checked.success) throw inputError(checked.error, '/path/name');
    return shownLabel(await this.getService(ctx).putLabel(prompt.id, name, ctx.body, seenBy(ctx)));
  }

  async removeLabel(prompt: PromptRow, ctx: Context): Promise<void> {
    await this.getService(ctx).removeLabel(prompt.id, this.labelOf(ctx), seenBy(ctx));
  }

  async render(prompt: PromptRow, ctx: Context<z.output<typeof PromptRender>>): Promise<z.input<typeof PromptRendered>> {
    const { draft, version, label } = ctx.body;
    const variables = ctx.body.variables as JsonObject;
    if (draft) return rendered(null, await inTurn(() => render(checkContent(draft, '/draft'), variables)));
    const { tenantId } = requirePrincipal(ctx);
    const asked = { tenantId, promptId: prompt.id, version, label, latestVersion: prompt.latest_version };
    const resolved = await resolveAsked(ctx.services.prompts.resolve, asked);
    return rendered(resolved.version, await inTurn(() => resolved.render(variables)));
  }

  getService(ctx: Context): PromptService {
    return ctx.services.prompts.serviceFor(auditActorOf(ctx));
  }

  /** The label of the path. @throws AppError `forbidden` for one that only those who publish may move */
  protected labelOf(ctx: Context): string {
    const { name = '' } = ctx.params;
    if (GUARDED_LABELS.includes(name) && !hasScope(requirePrincipal(ctx), 'prompts:publish'))
      throw commonErrors.forbidden(`The scope prompts:publish is needed for the label "${name}".`);
    return name;
  }

  private async withLabels(row: PromptRow, ctx: Context): Promise<z.input<typeof PromptDetail>> {
    return { ...row, labels: (await this.getService(ctx).labels(row.id)).map(shownLabel) };
  }
}

function rendered(version: number | null, { messages, variables }: RenderedPrompt): z.input<typeof PromptRendered> {
  return { version, messages: [...messages], variables };
}

function shownLabel({ variants, ...label }: LabelRow): z.input<typeof PromptLabel> {
  const [only] = variants;
  return { ...label, variants: [...variants], version: variants.length === 1 && only ? only.version : null };
}

function shownVersion(row: VersionRow, labels: readonly LabelRow[]): z.input<typeof PromptVersion> {
  const leading = labels.filter(({ variants }) => variants.some(({ version }) => version === row.version));
  return { ...row, messages: [...row.messages], labels: leading.map(({ name }) => name) };
}

/** With `If-Match` a change must find the prompt as it was when the header was compared. */
function seenBy(ctx: Context): PromptRow | undefined {
  return ctx.isConditional ? (ctx.row as PromptRow) : undefined;
}
