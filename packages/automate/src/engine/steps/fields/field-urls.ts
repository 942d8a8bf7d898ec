import { errorMessage, type InputIssue, type Json, toPointer } from '../../../kernel/index.ts';
import { isTemplate, keysOf, textsIn } from './field-issues.ts';
import { type Field, type Fields, fieldBelow, templateKindOf } from './fields.ts';

/** URLs in the fields of the kind `url`, with pointers to them; without those that only a template knows. */
export function fieldUrls(config: unknown, fields: Fields): { text: string; pointer: string }[] {
  return [...urlsIn(config as Json, { fields }, '')].filter(({ text }) => !isTemplate(text));
}

/**
 * What is wrong with these URLs, whatever they lead to.
 * @param checkUrl throws for a URL that no step may call
 */
export function urlIssues(config: unknown, fields: Fields, checkUrl: (url: string) => void): InputIssue[] {
  return fieldUrls(config, fields).flatMap(({ text, pointer }) => {
    try {
      checkUrl(text);
      return [];
    } catch (error) {
      return [{ pointer, code: 'invalid_url', message: errorMessage(error) }];
    }
  });
}

function* urlsIn(value: Json | undefined, field: Field, pointer: string): Generator<{ text: string; pointer: string }> {
  if (value === undefined) return;
  if (templateKindOf(field) === 'url') yield* textsIn(value, pointer);
  if (typeof field !== 'object' || typeof value !== 'object' || value === null) return;
  for (const key of keysOf(value)) {
    const below = fieldBelow(field, key);
    if (below !== undefined)
      yield* urlsIn((value as Readonly<Record<string, Json>>)[key], below, `${pointer}${toPointer([key])}`);
  }
}
