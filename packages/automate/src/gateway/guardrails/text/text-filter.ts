/** A text goes through it in pieces; what comes out does not depend on how it was cut. */
export interface TextFilter {
  /** @returns what is decided by now, which may be nothing */
  push(piece: string): string | Promise<string>;
  /** @returns the rest */
  end(): string | Promise<string>;
}

/** Filters one after the other. */
export function chain(filters: readonly TextFilter[]): TextFilter {
  const [only] = filters;
  if (filters.length === 1 && only) return only;
  return {
    async push(piece) {
      let text = piece;
      for (const filter of filters) if (text !== '') text = await filter.push(text);
      return text;
    },
    async end() {
      let rest = '';
      for (const filter of filters) rest = (rest === '' ? '' : await filter.push(rest)) + (await filter.end());
      return rest;
    },
  };
}
