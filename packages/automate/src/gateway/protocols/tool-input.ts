import { parseJsonWithTexts } from '../../kernel/index.ts';

/**
 * The arguments of a tool call, as a value. Integers that JavaScript cannot hold become texts with all their digits; what is no JSON (models write
 * such, and clients send it back) stays the text that it is.
 */
export function parseToolInput(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return parseJsonWithTexts(text);
  } catch {
    return text;
  }
}

/** The arguments as a text of JSON: a tool without arguments gets an empty object. */
export function toolInputText(input: string): string {
  return input.trim() === '' ? '{}' : input;
}

/** The same as an object, which is all that Anthropic's protocol knows; what is none is wrapped, as its documentation proposes. */
export function toolInputObject(input: string): Record<string, unknown> {
  const value = parseToolInput(input);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return { INVALID_JSON: input };
}
