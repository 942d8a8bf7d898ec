import type { Json } from './json.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { parseJsonWithTexts } from './parse-json.ts';
import { hideValue } from './redaction-harmless.ts';
import { isCount, isHeaderLike, isSensitiveKey } from './redaction-keys.ts';
import { createSecretFinder } from './redaction-secrets.ts';
import { hideCards, hideShapes, REDACTED } from './redaction-shapes.ts';

export { isSensitiveKey } from './redaction-keys.ts';

export interface RedactorOptions {
  /** Secrets in use; their encoded forms are found too. Shorter than four characters is too little to search for. */
  readonly knownSecrets?: KnownSecrets;
}

/** Makes any value JSON in which no secret shows. */
export type Redactor = (value: unknown) => Json;

const NONE: KnownSecrets = { version: () => 0, values: () => [] };
const MAX_DEPTH = 40;
const MAX_NODES = 50_000;
const MAX_TEXT = 262_144;
const MAX_TOTAL_TEXT = 4_194_304;

/**
 * Creates a redactor: known secret values, sensitive keys, and shapes of credentials inside texts.
 * Takes anything (Map, Error, circular, `toJSON`) and never throws; what exceeds its bounds is cut, not passed through.
 * @example
 * const redact = createRedactor({ knownSecrets: { version: () => 1, values: () => ['hunter22'] } });
 * redact({ password: 'a', note: 'it is hunter22' }); // { password: '[redacted]', note: 'it is [redacted]' }
 */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const known = createSecretFinder(options.knownSecrets ?? NONE);
  return (value) => {
    const walk: Walk = { hide: known(), seen: new Set(), nodes: 0, text: 0 };
    return redactValue(value, walk, 0, 'nothing');
  };
}

/** Where redacted values go. A span attribute and a log line are one text; an API error never holds a stack. */
export type RedactionSink = 'log' | 'audit' | 'step' | 'error' | 'trace';

/** Returns what would be written to a sink: a line of text for `log` and `trace`, else JSON. */
export function probeRedact(probe: { value: unknown; known_secrets?: readonly string[]; sink?: RedactionSink }): Json {
  const redacted = createRedactor({ knownSecrets: { version: () => 1, values: () => probe.known_secrets ?? [] } })(probe.value);
  if (probe.sink === 'log' || probe.sink === 'trace') return JSON.stringify(redacted);
  return probe.sink === 'error' ? withoutStacks(redacted) : redacted;
}

/** What of a value has to go, because of the key it stands under. */
type Cover = 'nothing' | 'texts' | 'all';

interface Walk {
  readonly hide: (text: string) => string;
  /** Objects on the way from the root, to notice a circle. */
  readonly seen: Set<object>;
  nodes: number;
  text: number;
}

function redactValue(value: unknown, walk: Walk, depth: number, cover: Cover): Json {
  if (typeof value === 'string') return cover === 'nothing' ? redactText(value, walk, depth) : hidden(value, walk);
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
  if (typeof value === 'number') return redactNumber(value, walk, cover);
  if (typeof value === 'bigint') return redactValue(String(value), walk, depth, cover);
  if (typeof value !== 'object') return `[${typeof value}]`;
  walk.nodes += 1;
  if (depth > MAX_DEPTH || walk.nodes > MAX_NODES) return '[truncated]';
  if (walk.seen.has(value)) return '[circular]';
  walk.seen.add(value);
  try {
    return redactObject(value, walk, depth, cover);
  } catch {
    return '[unreadable]';
  } finally {
    walk.seen.delete(value);
  }
}

function redactObject(value: object, walk: Walk, depth: number, cover: Cover): Json {
  if (Array.isArray(value)) return redactList(value, walk, depth, cover);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[binary, ${value.byteLength} bytes]`;
  if (value instanceof Error) return redactEntries(errorEntries(value), walk, depth, cover);
  if (value instanceof URL || value instanceof RegExp) return redactValue(String(value), walk, depth + 1, cover);
  if (value instanceof Set) return redactList([...value], walk, depth, cover);
  if (value instanceof Map || value instanceof URLSearchParams || value instanceof Headers) {
    return redactEntries(
      [...value].map(([key, item]) => [entryKey(key, walk), item]),
      walk,
      depth,
      cover,
    );
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return redactValue(toJSON.call(value, ''), walk, depth + 1, cover);
  const record = value as Record<string, unknown>;
  return redactEntries(
    Object.keys(record).map((key) => [key, read(record, key)]),
    walk,
    depth,
    cover,
    nameOfPair(record),
  );
}

/** `{ name: 'Authorization', value: … }`, as HAR files and forms hold headers. */
function nameOfPair(record: Record<string, unknown>): boolean {
  if (!('value' in record) && !('values' in record)) return false;
  return ['name', 'key', 'header', 'field'].some((key) => typeof record[key] === 'string' && isSensitiveKey(record[key]));
}

function redactEntries(
  entries: readonly (readonly [string, unknown])[],
  walk: Walk,
  depth: number,
  cover: Cover,
  isPair = false,
): Json {
  const copy: Record<string, Json> = {};
  for (const [key, item] of entries) {
    if (item === undefined || typeof item === 'function') continue;
    walk.nodes += 1;
    if (walk.nodes > MAX_NODES) return { ...copy, '…': '[truncated]' };
    const shown = key.length < 8 ? walk.hide(key) : redactText(key, walk, MAX_DEPTH);
    const name = shown === '__proto__' ? '[__proto__]' : shown;
    const isPairValue = isPair && (key === 'value' || key === 'values');
    copy[name] = redactValue(item, walk, depth + 1, isPairValue ? 'all' : coverOf(key, cover));
  }
  return copy;
}

/** What stands under a telling key keeps its shape: its texts go, and its numbers unless they count something. */
function coverOf(key: string, outer: Cover): Cover {
  if (outer === 'all' || !isSensitiveKey(key)) return outer;
  return isCount(key) ? 'texts' : 'all';
}

function redactList(list: readonly unknown[], walk: Walk, depth: number, cover: Cover): Json {
  const isRaw = list.length % 2 === 0 && list.length > 1;
  return list.slice(0, MAX_NODES).map((item, index) => {
    walk.nodes += 1;
    if (walk.nodes > MAX_NODES) return '[truncated]';
    // Node's rawHeaders: name, value, name, value. And entries: [name, value].
    const before = isRaw && index % 2 === 1 ? list[index - 1] : undefined;
    const follows = typeof before === 'string' && typeof item === 'string' && isHeaderLike(before, list.length);
    return redactValue(item, walk, depth + 1, follows ? 'all' : cover);
  });
}

function redactNumber(value: number, walk: Walk, cover: Cover): Json {
  if (cover === 'all') return REDACTED;
  if (!Number.isFinite(value)) return null;
  const text = String(value);
  return walk.hide(text) !== text || (value > 1e12 && hideCards(text) !== text) ? REDACTED : value;
}

function errorEntries(error: Error): [string, unknown][] {
  const own = Object.keys(error).map((key): [string, unknown] => [key, read(error as never, key)]);
  const { cause } = error;
  const standard: [string, unknown][] = [
    ['name', error.name],
    ['message', error.message],
    ['stack', error.stack],
  ];
  return [...standard, ...(cause === undefined ? [] : [['cause', cause] as [string, unknown]]), ...own];
}

function read(record: Record<string, unknown>, key: string): unknown {
  try {
    return record[key];
  } catch {
    return '[unreadable]';
  }
}

function entryKey(key: unknown, walk: Walk): string {
  return typeof key === 'object' && key !== null ? JSON.stringify(redactValue(key, walk, MAX_DEPTH - 2, 'nothing')) : String(key);
}

function withoutStacks(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutStacks);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'stack')
      .map(([key, item]) => [key, withoutStacks(item)]),
  );
}

function hidden(text: string, walk: Walk): string {
  // What is known to be a secret is one however it is written.
  const shown = hideValue(text, REDACTED);
  return shown === REDACTED ? shown : walk.hide(shown);
}

function redactText(given: string, walk: Walk, depth: number): string {
  if (given.length < 4) return given;
  let text = bounded(given, walk);
  text = walk.hide(text);
  if (text.length < 7) return text;
  if (depth < MAX_DEPTH) {
    const first = text.charCodeAt(0);
    const whole = first === 123 || first === 91 || first === 34 ? redactJsonText(text, walk, depth) : undefined;
    text = whole ?? redactJsonInside(text, walk, depth);
  }
  return hideShapes(text);
}

/** Cuts at a border between words, so that no half of a secret stays behind unrecognised. */
function bounded(text: string, walk: Walk): string {
  const room = Math.min(MAX_TEXT, MAX_TOTAL_TEXT - walk.text);
  walk.text += Math.min(text.length, MAX_TEXT);
  if (room <= 0) return '[truncated]';
  if (text.length <= room) return text;
  const kept = text.slice(0, room);
  return `${kept.slice(0, Math.max(kept.search(/[\s"',;&][^\s"',;&]*$/), 0))}… [truncated, ${text.length} characters]`;
}

/** A text that is JSON is looked at as JSON, and written anew only when something was hidden; undefined when it is none. */
function redactJsonText(text: string, walk: Walk, depth: number): string | undefined {
  let parsed: unknown;
  try {
    parsed = parseJsonWithTexts(text);
  } catch {
    return undefined;
  }
  const redacted = JSON.stringify(redactValue(parsed, walk, depth + 1, 'nothing'));
  return redacted.includes(REDACTED) || redacted.includes('[truncated]') ? redacted : text;
}

const OPENING = /[{[](?=\s*["{[])/g;
const MAX_JSON_INSIDE = 20;

/** JSON between other words, as in `failed on {"tokens": ["…"]}`. */
function redactJsonInside(text: string, walk: Walk, depth: number): string {
  let result = '';
  let kept = 0;
  let from = 0;
  for (let tries = 0; tries < MAX_JSON_INSIDE; tries += 1) {
    OPENING.lastIndex = from;
    const start = OPENING.exec(text)?.index;
    if (start === undefined) break;
    const end = endOfJson(text, start);
    const redacted = end === undefined ? undefined : redactJsonText(text.slice(start, end), walk, depth);
    from = start + 1;
    if (end === undefined || redacted === undefined) continue;
    result += text.slice(kept, start) + redacted;
    kept = end;
    from = end;
  }
  return result + text.slice(kept);
}

/** Behind the bracket that closes the one at the start; undefined when none does. */
function endOfJson(text: string, start: number): number | undefined {
  let open = 0;
  let isText = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isText) {
      if (character === '\\') at += 1;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === '{' || character === '[') open += 1;
    else if ((character === '}' || character === ']') && --open === 0) return at + 1;
  }
  return undefined;
}
