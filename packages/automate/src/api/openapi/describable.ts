import { z } from 'zod';
import type { Route } from '../routing/route.ts';
import { ProblemSchema } from './replies.ts';
import { requireExamples } from './request-body.ts';
import { type Direction, SchemaCollector } from './schemas.ts';

/**
 * Checks of the document that do not need it, so that it can wait until somebody asks: that each name stands for one schema, and that bodies
 * take their examples.
 * @throws Error about the name, `invalid_settings` about an example
 */
export function requireDescribable(routes: readonly Route[]): void {
  const documented = routes.filter(({ options }) => options.documented !== false);
  for (const route of documented) requireExamples(route);
  const roots: Root[] = [{ schema: ProblemSchema, direction: 'output' }, ...documented.flatMap(rootsOf)];
  const collector = new SchemaCollector();
  for (const { schema, direction } of sharingNames(roots)) collector.add(schema, direction);
}

/** A schema as a route has it. */
interface Root {
  readonly schema: z.ZodType;
  readonly direction: Direction;
}

function rootsOf({ options, querySchema, relations }: Route): Root[] {
  const { body, response, events, otherReplies } = options;
  const sent = [body ?? [], Object.values(querySchema?.shape ?? {})].flat();
  const returned = [response ?? [], Object.values(events ?? {}), Object.values(otherReplies ?? {})].flat();
  const related = Object.values(relations ?? {}).map(({ schema }) => schema);
  return [
    ...sent.map((schema) => ({ schema: schema as z.ZodType, direction: 'input' as const })),
    ...[...returned, ...related].map((schema) => ({ schema, direction: 'output' as const })),
  ];
}

/** Those that hold a schema whose name another schema has as well. */
function sharingNames(roots: readonly Root[]): Set<Root> {
  const owners = new Map<string, { readonly schema: z.core.$ZodType; readonly root: Root }>();
  const sharing = new Set<Root>();
  const seen = { input: new Set<z.core.$ZodType>(), output: new Set<z.core.$ZodType>() };
  const visit = (schema: z.core.$ZodType, root: Root): void => {
    const { direction } = root;
    if (seen[direction].has(schema)) return;
    seen[direction].add(schema);
    const id = z.globalRegistry.get(schema)?.id;
    if (id !== undefined) {
      const owner = owners.get(`${direction} ${id}`) ?? { schema, root };
      owners.set(`${direction} ${id}`, owner);
      if (owner.schema !== schema) sharing.add(owner.root).add(root);
    }
    for (const part of partsOf(schema, direction)) visit(part, root);
  };
  for (const root of roots) visit(root.schema, root);
  return sharing;
}

/** What zod describes along with a schema: what it was made from, and what stands in its definition. */
function partsOf({ _zod: zod }: z.core.$ZodType, direction: Direction): z.core.$ZodType[] {
  const { innerType } = zod as { innerType?: unknown };
  const { in: from, out: to, shape, ...definition } = zod.def as { in?: unknown; out?: unknown; shape?: object };
  const piped = direction === 'input' && !isTransform(from) ? from : to;
  return [zod.parent, innerType, piped, ...Object.values(shape ?? {}), ...Object.values(definition)].flat().filter(isSchema);
}

function isSchema(value: unknown): value is z.core.$ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

function isTransform(value: unknown): boolean {
  return isSchema(value) && value._zod.def.type === 'transform';
}
