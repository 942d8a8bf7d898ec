import { apiErrors } from '../http/errors.ts';

/** `{name}` is one part of a path; `{name*}` at its end is all of the rest, slashes included. */
const PARAMETER = /\{(\w+)(\*?)\}/g;
const REST = /\{\w+\*\}/;

/**
 * The canonical path ends with a slash, save for files such as `openapi.json` and for what goes on. Both spellings are answered.
 * @throws `invalid_settings` when something follows `{name*}`, or nothing comes before it
 */
export function toPath(...parts: readonly string[]): string {
  const all = segments(...parts);
  const last = all.at(-1) ?? '';
  const isMisplaced = all.slice(0, -1).some((part) => REST.test(part)) || (REST.test(last) && !/^\{\w+\*\}$/.test(last));
  if (isMisplaced || (all.length === 1 && REST.test(last))) {
    throw apiErrors.invalid_settings(`"/${all.join('/')}": {name*} is the whole last part of a path, and never the first.`);
  }
  const isOpenEnded = last.includes('.') || REST.test(last);
  return all.length === 0 ? '/' : `/${all.join('/')}${isOpenEnded ? '' : '/'}`;
}

/** The parts of paths between their slashes. */
export function segments(...parts: readonly string[]): string[] {
  return parts.flatMap((part) => part.split('/')).filter((part) => part !== '');
}

/** Names of the parameters of a path, in its order. */
export function parametersOf(path: string): string[] {
  return Array.from(path.matchAll(PARAMETER), ([, name]) => name as string);
}

/** The parameter that holds all of the rest of a path. */
export function restOf(path: string): string | undefined {
  return Array.from(path.matchAll(PARAMETER)).find(([, , rest]) => rest === '*')?.[1];
}

/** A path with each parameter replaced. */
export function replaceParameters(path: string, replace: (name: string, isRest: boolean) => string): string {
  return path.replaceAll(PARAMETER, (_, name: string, rest: string) => replace(name, rest === '*'));
}

/** Routes of one shape of path, `/{x}/` and `/{y}/` together; parameters are told by position. */
export function byShape<R extends { readonly path: string }>(routes: readonly R[]): Map<string, R[]> {
  return Map.groupBy(routes, ({ path }) => shapeOf(path));
}

/** What a path looks like whatever its parameters are called: `:` for one part, `*` for all of the rest. */
export function shapeOf(path: string): string {
  return replaceParameters(withoutSlash(path), (_, isRest) => (isRest ? '*' : ':'));
}

export function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
