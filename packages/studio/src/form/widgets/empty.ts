import type { Field } from '../fields.ts';

/** What a field is when everything in it was taken out: null where that may be, an empty text where it may be one, else not there. */
export function emptyOf({ schema, isNullable, isRequired }: Field): null | '' | undefined {
  if (isNullable) return null;
  const mayBeEmpty = schema.type === 'string' && !schema.minLength && !schema.format && !schema.pattern && !schema.enum;
  if (!mayBeEmpty) return undefined;
  return isRequired || schema.default !== undefined ? '' : undefined;
}

export function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
