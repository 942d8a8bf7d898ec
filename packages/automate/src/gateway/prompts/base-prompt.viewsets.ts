import { BaseReadOnlyViewSet, type Context } from '../../api/index.ts';
import type { Row } from '../../kernel/index.ts';
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
}

/** With `If-Match` a change must find the prompt as it was when the header was compared. */
export function seenBy(ctx: Context): PromptRow | undefined {
  return ctx.isConditional ? (ctx.row as PromptRow) : undefined;
}
