/** The canonical path ends with a slash, save for files such as `openapi.json`. Both spellings are answered. */
export function toPath(...parts: readonly string[]): string {
  const all = segments(...parts);
  const isFile = all.at(-1)?.includes('.') === true;
  return all.length === 0 ? '/' : `/${all.join('/')}${isFile ? '' : '/'}`;
}

/** The parts of paths between their slashes. */
export function segments(...parts: readonly string[]): string[] {
  return parts.flatMap((part) => part.split('/')).filter((part) => part !== '');
}

/** Routes of one shape of path, `/{x}/` and `/{y}/` together; parameters are told by position. */
export function byShape<R extends { readonly path: string }>(routes: readonly R[]): Map<string, R[]> {
  return Map.groupBy(routes, ({ path }) => withoutSlash(path).replaceAll(/\{\w+\}/g, ':'));
}

export function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
