import { BaseReadOnlyViewSet, type Context } from '../../api/index.ts';
import { isUuid, type Row } from '../../kernel/index.ts';
import { PromptModel } from './schemas.ts';
import './services.ts';

export type PromptRow = Row<typeof PromptModel>;

/** Rows of prompts, by slug or id. */
export abstract class BasePromptViewSet extends BaseReadOnlyViewSet<typeof PromptModel> {
  readonly model = PromptModel;
  override lookup = 'slug';
  override scopeResource: string | undefined = 'prompts';
  override tag: string | undefined = 'Prompts';
  override tagDescription: string | undefined =
    'What models are told: immutable versions, labels that move between them, and test runs that measure them.';

  override async getObject(ctx: Context): Promise<PromptRow | undefined> {
    const scope = this.getQuery(ctx);
    const { slug = '' } = ctx.params;
    if (!scope) return undefined;
    if (isUuid(slug)) return this.getStore(ctx).get(this.model, slug, scope);
    if (!/^[a-z0-9-]{1,120}$/.test(slug)) return undefined;
    const filters = [{ column: 'slug', operator: 'exact' as const, value: slug }];
    const order = [{ column: 'id', descending: false }];
    return (await this.getStore(ctx).list(this.model, { filters, order, limit: 1 }, scope))[0];
  }
}

/** With `If-Match` a change must find the prompt as it was when the header was compared. */
export function seenBy(ctx: Context): PromptRow | undefined {
  return ctx.isConditional ? (ctx.row as PromptRow) : undefined;
}
