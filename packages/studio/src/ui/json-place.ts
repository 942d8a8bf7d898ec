/** Where a part of a JSON document stands, in characters. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** A stretch of white space, or one token. */
const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|"/gy;

/**
 * The value that a JSON Pointer names; as much of the way as there is, when the document does not have it.
 * @example placeOf('{"a": [1, 2]}', '/a/1') // { from: 10, to: 11 }
 */
export function placeOf(text: string, pointer: string): Place {
  const wanted = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let best: Place = { from: 0, to: Math.min(text.length, 1) };
  let found = -1;
  const tokens = read(text);
  let at = 0;
  const visit = (depth: number, isWanted: boolean): Place => {
    const first = tokens[at];
    if (!first) return { from: text.length, to: text.length };
    at += 1;
    let end = first.to;
    if (first.text === '{' || first.text === '[') end = inside(first.text, depth, isWanted) ?? end;
    const place = { from: first.from, to: end };
    if (isWanted && depth > found) {
      found = depth;
      best = place;
    }
    return place;
  };
  const inside = (open: string, depth: number, isWanted: boolean): number | undefined => {
    for (let index = 0; at < tokens.length; index += 1) {
      const token = tokens[at] as Token;
      if (token.text === '}' || token.text === ']') {
        at += 1;
        return token.to;
      }
      let name = String(index);
      if (open === '{') {
        name = unquote(token.text);
        at += 1;
        if (tokens[at]?.text === ':') at += 1;
      }
      visit(depth + 1, isWanted && wanted[depth] === name);
      if (tokens[at]?.text === ',') at += 1;
    }
    return undefined;
  };
  visit(0, true);
  return best;
}

interface Token extends Place {
  readonly text: string;
}

function read(text: string): Token[] {
  return Array.from(text.matchAll(TOKEN))
    .filter(([token]) => token.trim() !== '')
    .map((match) => ({ text: match[0], from: match.index, to: match.index + match[0].length }));
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
