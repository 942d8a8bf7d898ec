/** The query string of parameters, with its `?`; '' without any. A list becomes repeated parameters, a date its ISO form. */
export function toQueryString(query: object | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) parameters.append(name, item instanceof Date ? item.toISOString() : String(item));
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** A path with its parameters filled in, in their order. */
export function toPath(template: string, values: readonly unknown[]): string {
  let index = 0;
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[index++];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    // An empty id would ask for the whole list, and dots would climb out of the path.
    if (text === '' || text === '.' || text === '..')
      throw new TypeError(`The path parameter "${name}" is missing or not an id.`);
    return encodeURIComponent(text);
  });
}

/** How many parameters a path has. */
export function countParameters(template: string): number {
  return template.split('{').length - 1;
}
