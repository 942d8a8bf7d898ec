import type { LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { AppError, type InputIssue, issuesOf, type Json, parseJson } from '../../../kernel/index.ts';

/** The JSON that an answer is, or what keeps it from being some. */
export type JsonAnswer = { readonly text: string; readonly value: Json } | { readonly issues: readonly InputIssue[] };

/** The text of an answer. */
export function textOf({ content }: LanguageModelV4GenerateResult): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Reads JSON, also where the model put it in a code fence. */
export function readJson(text: string): JsonAnswer {
  const plain = withoutFence(text.trim());
  try {
    return { text: plain, value: parseJson(plain) as Json };
  } catch (error) {
    if (AppError.is(error)) return { issues: issuesOf(error) };
    return { issues: [{ pointer: '', code: 'invalid_json', message: 'must be JSON and nothing else' }] };
  }
}

function withoutFence(text: string): string {
  if (!text.startsWith('```') || !text.endsWith('```') || text.length < 6) return text;
  const line = text.indexOf('\n');
  const isFence = line !== -1 && /^```(?:json)?\s*$/i.test(text.slice(0, Math.min(line, 20)));
  return isFence ? text.slice(line + 1, -3).trim() : text;
}
