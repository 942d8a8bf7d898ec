import { z } from 'zod';
import { commonErrors, hasScope } from '../../kernel/index.ts';
import type { Relation } from '../lists/relations.ts';
import type { RequestContext } from './request-context.ts';

/** The rows of a reply with what was asked to be sent with them. */
export async function expandRows(
  ctx: RequestContext,
  result: unknown,
  declared: unknown,
  names: readonly string[],
): Promise<unknown> {
  const { relations = {} } = ctx.route;
  const chosen = [...new Set(names)].map((name) => [name, relations[name] as Relation] as const);
  for (const [name, { scope }] of chosen) {
    if (scope === null || (ctx.principal && hasScope(ctx.principal, scope))) continue;
    throw commonErrors.forbidden(`The scope ${scope} is needed to expand ${name}.`);
  }
  const isPage = Array.isArray((declared as { results?: unknown }).results);
  const listOf = (value: unknown) => (isPage ? (value as { results: readonly object[] }).results : [value as object]);
  // The rows as they were loaded: a relation may hang on a column that does not go out.
  const rows = listOf(result);
  const loaded = await Promise.all(
    chosen.map(async ([name, { schema, load }]) => [name, z.array(schema).parse(await load(rows, ctx))] as const),
  );
  const expanded = listOf(declared).map((row, index) => ({
    ...row,
    ...Object.fromEntries(loaded.map(([name, values]) => [name, values[index]])),
  }));
  return isPage ? { ...(declared as object), results: expanded } : expanded[0];
}
