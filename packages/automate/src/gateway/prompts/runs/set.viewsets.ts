import type { z } from 'zod';
import { BaseModelViewSet, type Context, type StandardAction } from '../../../api/index.ts';
import { promptExamples as examples } from '../examples.ts';
import '../services.ts';
import { requireCases } from './check-cases.ts';
import {
  AssertionTypes,
  type PromptCase,
  PromptTestSet,
  PromptTestSetCreate,
  PromptTestSetModel,
  PromptTestSetUpdate,
} from './schemas.ts';

/** What prompts are to answer: cases with their assertions. */
export class PromptTestSetViewSet extends BaseModelViewSet<typeof PromptTestSetModel> {
  static {
    this.describe('create', {
      summary: 'Create a test set',
      body: PromptTestSetCreate,
      examples: examples.testSet,
      response: PromptTestSet,
    });
    this.action('assertionTypes', {
      detail: false,
      summary: 'Tell which assertions there are',
      description: 'With JSON Schemas of how each is configured, for editors.',
      response: AssertionTypes,
    });
  }
  readonly model = PromptTestSetModel;
  readonly createSchema = PromptTestSetCreate;
  override updateSchema: z.ZodObject | undefined = PromptTestSetUpdate;
  override excludedActions: readonly StandardAction[] = ['import', 'export'];
  override scopeResource: string | undefined = 'prompts';
  override tag: string | undefined = 'Prompts';

  assertionTypes(ctx: Context): z.input<typeof AssertionTypes> {
    return { results: [...ctx.services.prompts.assertions.catalog] };
  }

  override beforeCreate(ctx: Context): Promise<void> {
    return requireCasesOf(ctx);
  }

  override beforeUpdate(ctx: Context): Promise<void> {
    return requireCasesOf(ctx);
  }

  override beforePartialUpdate(ctx: Context): Promise<void> {
    return requireCasesOf(ctx);
  }
}

function requireCasesOf(ctx: Context): Promise<void> {
  return requireCases((ctx.body as { readonly cases?: readonly PromptCase[] }).cases, ctx.services.prompts.assertions);
}
