import type { Route } from '../routing/route.ts';

/**
 * What a handler returned, checked against the operation's schema and without what that does not declare.
 * @throws Error when it does not fit, which is our fault and becomes a 500.
 */
export function toDeclared(route: Pick<Route, 'operationId' | 'options'>, result: unknown): unknown {
  const parsed = route.options.response?.safeParse(result);
  if (!parsed) return undefined;
  if (parsed.success) return parsed.data;
  throw new Error(`${route.operationId} returned what its response schema does not allow`, { cause: parsed.error });
}

/** The JSON text of what a handler returned. */
export function toText(route: Pick<Route, 'operationId' | 'options'>, result: unknown): string {
  return JSON.stringify(toDeclared(route, result));
}
