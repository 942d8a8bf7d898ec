/** `knowledge-source` → `knowledgeSource`. */
export function camelCase(...parts: readonly string[]): string {
  const [first = '', ...rest] = wordsOf(parts);
  return first[0] === undefined ? '' : first[0].toLowerCase() + first.slice(1) + rest.map(capitalize).join('');
}

/** `knowledge-source` → `KnowledgeSource`. */
export function pascalCase(...parts: readonly string[]): string {
  const name = wordsOf(parts).map(capitalize).join('');
  return /^\d/.test(name) ? `_${name}` : name;
}

/**
 * What a client calls a resource: its basename, in the plural where one of its paths says so.
 * @example
 * resourceName('knowledge-source', ['/api/v1/rag/knowledge-sources/']) // 'knowledgeSources'
 */
export function resourceName(basename: string, paths: readonly string[]): string {
  const words = basename.split('-');
  const last = words.pop() ?? '';
  const plurals = [`${last}s`, `${last}es`, last.replace(/y$/, 'ies')];
  const segments = paths.flatMap((path) => path.split('/').map((segment) => segment.split('-').at(-1) ?? ''));
  const plural = plurals.find((candidate) => candidate !== last && segments.includes(candidate));
  return camelCase(...words, plural ?? last);
}

function wordsOf(parts: readonly string[]): string[] {
  return parts.flatMap((part) => part.split(/[^A-Za-z\d]+/)).filter((word) => word !== '');
}

function capitalize(word: string): string {
  return (word[0] ?? '').toUpperCase() + word.slice(1);
}
