import type { InputIssue } from './errors.ts';

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What {@link findUnstorable} allows. */
export interface JsonLimits {
  /** Deepest nesting of objects and arrays. */
  readonly maxDepth: number;
  /** Whether it is known that all of its text, keys included, can be held. */
  readonly hasSoundText?: boolean;
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
export const defaultJsonLimits: JsonLimits = { maxDepth: 64 };

/**
 * Looks for what must not enter: nesting that is too deep, keys that pollute prototypes, and text that PostgreSQL's
 * `jsonb` cannot hold (NUL, lone surrogates). Returns the first finding or undefined. Walks no deeper than the limit.
 */
export function findUnstorable(root: unknown, limits: JsonLimits = defaultJsonLimits): InputIssue | undefined {
  // As good as always there is nothing to find, and then nobody needs to know where anything stands.
  return isStorable(root, limits.maxDepth, limits.hasSoundText === true) ? undefined : firstUnstorable(root, limits);
}

function isStorable(value: unknown, depthLeft: number, hasSoundText: boolean): boolean {
  if (typeof value === 'string') return hasSoundText || isSound(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depthLeft <= 0) return false;
  if (Array.isArray(value)) return value.every((item) => isStorable(item, depthLeft - 1, hasSoundText));
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key) || !(hasSoundText || isSound(key))) return false;
    if (!isStorable((value as Record<string, unknown>)[key], depthLeft - 1, hasSoundText)) return false;
  }
  return true;
}

function isSound(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

function firstUnstorable(root: unknown, limits: JsonLimits): InputIssue | undefined {
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
  if (Array.isArray(value)) for (const item of value) size += 5 + estimateSize(item);
  else for (const key of Object.keys(value)) size += key.length + 4 + estimateSize((value as Record<string, unknown>)[key]);
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
