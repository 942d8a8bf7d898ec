import type { InputIssue } from './errors.ts';

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What {@link findUnstorable} allows. */
export interface JsonLimits {
  /** Deepest nesting of objects and arrays. */
  readonly maxDepth: number;
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
export const defaultJsonLimits: JsonLimits = { maxDepth: 64 };

/**
 * Looks for what must not enter: nesting that is too deep, keys that pollute prototypes, and text that PostgreSQL's
 * `jsonb` cannot hold (NUL, lone surrogates). Returns the first finding or undefined. Walks without recursion.
 */
export function findUnstorable(root: unknown, limits: JsonLimits = defaultJsonLimits): InputIssue | undefined {
  const stack: { value: unknown; path: Path | undefined; depth: number }[] = [{ value: root, path: undefined, depth: 0 }];
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { value, path, depth } = entry;
    if (typeof value === 'string') {
      const issue = textIssue(value);
      if (issue) return { pointer: pointerOf(path), ...issue };
    } else if (typeof value === 'number' && !Number.isFinite(value)) {
      // 1e999 is valid JSON, but no number that a program could hand on.
      return { pointer: pointerOf(path), code: 'number_out_of_range', message: 'is a number beyond what can be stored' };
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= limits.maxDepth) {
        return { pointer: pointerOf(path), code: 'too_deep', message: `is nested deeper than ${limits.maxDepth} levels` };
      }
      if (Array.isArray(value)) {
        value.forEach((item, index) => {
          if (typeof item !== 'boolean') {
            stack.push({ value: item, path: { parent: path, key: String(index) }, depth: depth + 1 });
          }
        });
        continue;
      }
      for (const key of Object.keys(value)) {
        const child = { parent: path, key };
        if (FORBIDDEN_KEYS.has(key))
          return { pointer: pointerOf(child), code: 'forbidden_key', message: `the key "${key}" is not allowed` };
        const issue = textIssue(key);
        if (issue) return { pointer: pointerOf(path), ...issue };
        stack.push({ value: (value as Record<string, unknown>)[key], path: child, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

/** About how many bytes a JSON value takes as text, for bounding batches: without writing it, since that is done later anyway. */
export function estimateSize(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 8;
  for (const [key, item] of Object.entries(value)) size += key.length + 4 + estimateSize(item);
  return size;
}

/** JSON Pointer (RFC 6901) of a path of keys. */
export function toPointer(path: readonly (string | number | symbol)[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Path {
  readonly parent: Path | undefined;
  readonly key: string;
}

function pointerOf(path: Path | undefined): string {
  const keys: string[] = [];
  for (let node = path; node; node = node.parent) keys.unshift(node.key);
  return toPointer(keys.slice(0, 20));
}

function textIssue(text: string): { code: string; message: string } | undefined {
  if (text.includes('\u0000')) return { code: 'nul_character', message: 'must not contain the NUL character (U+0000)' };
  if (!text.isWellFormed()) return { code: 'lone_surrogate', message: 'must be well-formed Unicode (it holds a lone surrogate)' };
  return undefined;
}
