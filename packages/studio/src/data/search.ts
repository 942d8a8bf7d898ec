/** The texts of an address under these names; what it does not say rightly, it does not say. */
export function textsOf<const Name extends string>(
  given: Record<string, unknown>,
  names: readonly Name[],
): { readonly [N in Name]?: string } {
  const found: { [N in Name]?: string } = {};
  for (const name of names) {
    const value = given[name];
    if (typeof value === 'string' && value !== '' && value.length <= 400) found[name] = value;
    // The router reads what looks like a number as one.
    else if (typeof value === 'number') found[name] = String(value);
  }
  return found;
}

/** One of these, else nothing. */
export function oneOf<const Value extends string>(given: unknown, values: readonly Value[]): Value | undefined {
  return values.find((value) => value === given);
}

/** The same without one of its parts. */
export function without<Search extends object, Name extends keyof Search>(
  search: Search,
  ...names: readonly Name[]
): Omit<Search, Name> {
  const rest = { ...search };
  for (const name of names) delete rest[name];
  return rest;
}

/** The same with other parts; those that are undefined go. */
export function changed<Search extends object>(
  search: Search,
  parts: { readonly [Name in keyof Search]?: Search[Name] | undefined },
): Search {
  const next: Record<string, unknown> = { ...search, ...parts };
  for (const [name, value] of Object.entries(next)) if (value === undefined) delete next[name];
  return next as Search;
}
