import { z } from 'zod';
import type { Json } from '../../../kernel/index.ts';
import { AnyJson } from '../../schemas.ts';
import { defineCompiledStep } from '../define-step.ts';
import { StepError } from '../step-error.ts';
import { compileValue } from '../value.ts';

const MAXIMUM_ITEMS = 100_000;

/** Runs its body once for each item of a list, some at a time, and hands on the results in the order of the items. */
export const flowForeach = defineCompiledStep({
  type: 'flow.foreach',
  description: 'Runs steps for each item of a list.',
  inputKind: 'rendered',
  config: z.strictObject({
    items: AnyJson.describe('The list: a Liquid text such as `{{ event.payload.lines }}`, or JSONLogic'),
    concurrency: z.int().min(1).max(100).default(1).describe('Items in flight at once'),
    on_item_error: z
      .enum(['fail', 'continue'])
      .default('fail')
      .describe('Whether a failed item fails the loop, or has its `{"error": …}` as result'),
    collect: z.boolean().default(true).describe('Whether the output is the list of results; else it is `{"count": …}`'),
  }),
  bodyField: 'body',
  compile({ items, concurrency, on_item_error, collect }) {
    const list = compileValue(items, '/items');
    return {
      input: (scope) => ({ items: requireList(list(scope)) }),
      run: () => ({ output: null }),
      loop: {
        concurrency,
        isStrict: on_item_error === 'fail',
        keepsResults: collect,
        hasNext: (input, index) => index < itemsOf(input).length,
        variables: (input, index) => ({ item: itemsOf(input)[index] ?? null, index }),
        output: (results, count) => (collect ? results : { count }),
      },
    };
  },
});

function itemsOf(input: Json): readonly Json[] {
  return (input as { readonly items: readonly Json[] }).items;
}

function requireList(value: Json): readonly Json[] {
  if (!Array.isArray(value)) throw invalid(`"items" came out as ${kindOf(value)}, and has to be a list`);
  if (value.length > MAXIMUM_ITEMS) throw invalid(`"items" has ${value.length} items, and ${MAXIMUM_ITEMS} are the most`);
  return value;
}

function kindOf(value: Json): string {
  return value === null ? 'null' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function invalid(detail: string): StepError {
  return new StepError({ code: 'invalid_items', detail, isRetryable: false });
}
