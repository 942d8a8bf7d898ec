/** How a file may be stored compressed beside itself; the better way first. */
export const encodings = [
  { name: 'br', extension: '.br', tag: '.br' },
  { name: 'gzip', extension: '.gz', tag: '.gz' },
] as const;

/** A way of content coding (RFC 9110, 8.4.1); identity is the file as it is. */
export type Encoding = (typeof encodings)[number]['name'] | 'identity';

/**
 * Which of the codings at hand a client likes best (RFC 9110, 12.5.3); of those it likes the same, the better one.
 * @param header `Accept-Encoding`; without it, the file goes out as it is
 */
export function chooseEncoding(header: string | undefined, available: readonly Encoding[]): Encoding {
  if (header === undefined) return 'identity';
  const weights = weightsOf(header);
  const weightOf = (encoding: Encoding) => weights.get(encoding) ?? (encoding === 'identity' ? LEAST : weights.get('*')) ?? 0;
  const liked = available.filter((encoding) => weightOf(encoding) > 0);
  // Whoever refuses everything that there is gets the file as it is.
  return liked.reduce<Encoding>((best, encoding) => (weightOf(encoding) > weightOf(best) ? encoding : best), 'identity');
}

/** What nobody asked for is still better than nothing. */
const LEAST = 0.0001;

function weightsOf(header: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const item of header.split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const weight = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(parameters.find((part) => part.startsWith('q=')) ?? 'q=1')?.[1];
    weights.set(name === 'x-gzip' ? 'gzip' : name, Number(weight ?? 0));
  }
  return weights;
}
