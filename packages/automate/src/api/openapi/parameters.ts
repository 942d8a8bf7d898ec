import type { z } from 'zod';
import type { Route } from '../routing/route.ts';
import type { JsonSchema, SchemaCollector } from './schemas.ts';

/** Everything beside the body that a request may say. */
export function parametersOf(route: Route, schemas: SchemaCollector): JsonSchema[] {
  return [...pathParameters(route), ...queryParameters(route, schemas), ...headerParameters(route)];
}

/** Whether an `Idempotency-Key` is honoured; anonymous callers have none. */
export function takesKey({ isIdempotent, isOpen }: Route): boolean {
  return isIdempotent && !isOpen;
}

/** Whether a change may say what it has seen. */
export function isConditional(route: Route): boolean {
  return route.shownBy !== undefined && route.method !== 'GET';
}

function pathParameters(route: Route): JsonSchema[] {
  return route.parameters.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ querySchema }: Route, schemas: SchemaCollector): JsonSchema[] {
  if (!querySchema) return [];
  return Object.entries(querySchema.shape).map(([name, field]) => {
    const { description, ...schema } = schemas.add(field as z.ZodType, 'input');
    const required = !(field as z.ZodType).safeParse(undefined).success;
    return { name, in: 'query', required, ...(description !== undefined && { description }), schema };
  });
}

function headerParameters(route: Route): JsonSchema[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  return [
    ...(takesKey(route)
      ? [header('Idempotency-Key', 'Names this request: sent again, it gets the first reply. Kept for 24 hours.')]
      : []),
    ...(isConditional(route) ? [header('If-Match', 'ETag the object must still have.')] : []),
    ...(route.hasETag && route.method === 'GET' ? [header('If-None-Match', 'ETag the client has; then 304.')] : []),
  ];
}
