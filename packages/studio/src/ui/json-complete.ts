import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { cursorAt, type JsonCursor, type JsonNode, readTree } from './json-tree.ts';

/** Something that may be written. */
export interface Suggestion {
  /** Of a key its name, of a value what it says, of a part of a text the part. */
  readonly label: string;
  /** The value, where it is no text. */
  readonly value?: unknown;
  /** In one word or two, beside it. */
  readonly detail?: string | undefined;
  /** In a sentence, when it is chosen. */
  readonly info?: string | undefined;
  /** Of a key, what is written as its value. */
  readonly follow?: string | undefined;
}

/** What may be written, by the place. */
export interface Suggest {
  keys(path: readonly string[], root: JsonNode | undefined): readonly Suggestion[];
  values(path: readonly string[], root: JsonNode | undefined): readonly Suggestion[];
  /** Within a text. @param before what stands in it before the cursor @returns what follows the last `typed` characters of it */
  parts?(
    path: readonly string[],
    before: string,
    root: JsonNode | undefined,
  ): { readonly typed: string; readonly suggestions: readonly Suggestion[] } | undefined;
}

const MAXIMUM = 200;

/** Completion of JSON: names of what may stand in an object, and values. @param suggest asked each time */
export function completeJson(suggest: () => Suggest): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString();
    const cursor = cursorAt(text, context.pos);
    const root = readTree(text);
    if (cursor.typed === '' && !cursor.isString && !context.explicit) return null;
    const sources = suggest();
    const inside = cursor.isString && !cursor.isKey ? sources.parts?.(cursor.path, cursor.typed, root) : undefined;
    if (inside)
      return result(
        context.pos - inside.typed.length,
        context.pos,
        matching(inside.suggestions, inside.typed),
        ({ label }) => label,
      );
    const given = cursor.isKey ? sources.keys(cursor.path, root) : sources.values(cursor.path, root);
    const isNamed = cursor.isKey && /^\s*:/.test(text.slice(cursor.to));
    return result(cursor.from, cursor.to, matching(free(given, cursor), cursor.typed), (one) => {
      if (!cursor.isKey) return JSON.stringify(one.value === undefined ? one.label : one.value);
      return JSON.stringify(one.label) + (isNamed ? '' : `: ${one.follow ?? ''}`);
    });
  };
}

function result(
  from: number,
  to: number,
  suggestions: readonly Suggestion[],
  apply: (one: Suggestion) => string,
): CompletionResult | null {
  if (suggestions.length === 0) return null;
  const options = suggestions.slice(0, MAXIMUM).map((one): Completion => {
    const { label, detail, info } = one;
    return { label, apply: apply(one), ...(detail !== undefined && { detail }), ...(info !== undefined && { info }) };
  });
  return { from, to, options, filter: false };
}

/** An object has each key once. */
function free(suggestions: readonly Suggestion[], { isKey, around, from }: JsonCursor): readonly Suggestion[] {
  if (!isKey) return suggestions;
  const taken = new Set(around?.entries.filter((entry) => entry.from !== from).map(({ key }) => key));
  return suggestions.filter(({ label }) => !taken.has(label));
}

/** Those that begin with it stand before those that have it somewhere. */
function matching(suggestions: readonly Suggestion[], typed: string): readonly Suggestion[] {
  const wanted = typed.toLowerCase();
  const rank = ({ label }: Suggestion) => {
    const at = label.toLowerCase().indexOf(wanted);
    return at === -1 ? 2 : Math.min(at, 1);
  };
  return suggestions.filter((one) => rank(one) < 2).toSorted((one, other) => rank(one) - rank(other));
}
