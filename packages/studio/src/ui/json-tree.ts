/** A JSON document as far as it is one: what is being typed has holes. */
export interface JsonNode {
  readonly kind: 'object' | 'array' | 'string' | 'other';
  readonly from: number;
  readonly to: number;
  /** As written. */
  readonly text: string;
  readonly entries: readonly JsonEntry[];
  readonly items: readonly JsonNode[];
}

export interface JsonEntry {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly value: JsonNode | undefined;
}

/** Where somebody types. */
export interface JsonCursor {
  /** Names and indexes down to what is typed; of a key, those of its object. */
  readonly path: readonly string[];
  readonly isKey: boolean;
  /** What is replaced by a suggestion. */
  readonly from: number;
  readonly to: number;
  /** What of it stands before the cursor, without the quote. */
  readonly typed: string;
  readonly isString: boolean;
  /** The object or list around it. */
  readonly around: JsonNode | undefined;
}

const TOKEN = /\s+|"(?:[^"\\\n]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/gy;
/** Deeper ones than any API takes are not gone through. */
const MAXIMUM_DEPTH = 100;

interface Token {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export function readTree(text: string): JsonNode | undefined {
  const tokens = tokensOf(text);
  let at = 0;
  const value = (depth: number): JsonNode | undefined => {
    const token = tokens[at];
    if (!token || '}],:'.includes(token.text)) return undefined;
    at += 1;
    const { from, to } = token;
    if (token.text === '{' && depth < MAXIMUM_DEPTH) return object(token, depth);
    if (token.text === '[' && depth < MAXIMUM_DEPTH) return list(token, depth);
    return { kind: token.text.startsWith('"') ? 'string' : 'other', from, to, text: token.text, entries: [], items: [] };
  };
  const end = (close: string): number => {
    const token = tokens[at];
    if (token?.text === close) at += 1;
    return token?.text === close ? token.to : (token?.from ?? text.length);
  };
  const object = ({ from }: Token, depth: number): JsonNode => {
    const entries: JsonEntry[] = [];
    for (let token = tokens[at]; token && token.text !== '}' && token.text !== ']'; token = tokens[at]) {
      at += 1;
      if (token.text === ',' || token.text === ':') continue;
      const isNamed = tokens[at]?.text === ':';
      if (isNamed) at += 1;
      const inner = isNamed ? value(depth + 1) : undefined;
      entries.push({ key: unquoted(token.text), from: token.from, to: token.to, value: inner });
    }
    const to = end('}');
    return { kind: 'object', from, to, text: text.slice(from, to), entries, items: [] };
  };
  const list = ({ from }: Token, depth: number): JsonNode => {
    const items: JsonNode[] = [];
    for (let token = tokens[at]; token && token.text !== ']' && token.text !== '}'; token = tokens[at]) {
      const item = value(depth + 1);
      if (item) items.push(item);
      else at += 1;
    }
    const to = end(']');
    return { kind: 'array', from, to, text: text.slice(from, to), entries: [], items };
  };
  return value(0);
}

/** The value under a name or an index. */
export function below(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === 'array' ? node.items[Number(name)] : node?.entries.find(({ key }) => key === name)?.value;
}

/** What a text says; undefined for what is none. */
export function textOf(node: JsonNode | undefined): string | undefined {
  return node?.kind === 'string' ? unquoted(node.text) : undefined;
}

/** What is typed at a place. @param position in characters */
export function cursorAt(text: string, position: number): JsonCursor {
  const path: string[] = [];
  let node = readTree(text);
  const here = (isKey: boolean, token: { from: number; to: number } | undefined, around: JsonNode | undefined): JsonCursor => {
    const raw = token ? text.slice(token.from, position) : '';
    const isString = text[token?.from ?? position] === '"' && token !== undefined;
    const place = token ?? { from: position, to: position };
    return { path, isKey, from: place.from, to: place.to, typed: isString ? raw.slice(1) : raw, isString, around };
  };
  for (;;) {
    if (!node || (node.kind !== 'object' && node.kind !== 'array')) return here(false, node, undefined);
    const around: JsonNode = node;
    if (node.kind === 'object') {
      const key = node.entries.find(({ from, to }) => from < position && position <= to);
      if (key) return here(true, key, around);
      const before = node.entries.findLast(({ to }) => to < position);
      const isValue = before && !between(text, before, position).includes(',');
      if (!isValue) return here(true, undefined, around);
      path.push(before.key);
      if (!before.value || before.value.from >= position) return here(false, undefined, around);
      if (before.value.to < position) return here(true, undefined, around);
      node = before.value;
      if (leaf(node)) return here(false, node, around);
      if (node.to === position && /[}\]]$/.test(node.text)) return here(true, undefined, around);
    } else {
      const index = node.items.findIndex(({ from, to }) => from < position && position <= to);
      const item = node.items[index];
      path.push(String(index === -1 ? node.items.filter(({ to }) => to < position).length : index));
      if (!item) return here(false, undefined, around);
      node = item;
      if (leaf(node)) return here(false, node, around);
    }
  }
}

function leaf({ kind }: JsonNode): boolean {
  return kind === 'string' || kind === 'other';
}

/** What stands between an entry, its value included, and the cursor. */
function between(text: string, { to, value }: JsonEntry, position: number): string {
  if (value && value.from < position && value.to >= position) return '';
  return text.slice(value && value.to < position ? value.to : to, position);
}

function tokensOf(text: string): Token[] {
  return Array.from(text.matchAll(TOKEN))
    .filter(([token]) => token.trim() !== '')
    .map((match) => ({ text: match[0], from: match.index, to: match.index + match[0].length }));
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text.replace(/^"|"$/g, '');
  }
}
