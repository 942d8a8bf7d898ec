import { type Drop, toValue } from 'liquidjs';
import { isJson } from '../../kernel/index.ts';
import { templateErrors } from './errors.ts';

/** Where the result goes, which decides how values are written into it. `raw` writes a value as it is. */
export type TemplateMode = 'text' | 'html' | 'json_body' | 'url' | 'header';

export const templateModes: readonly TemplateMode[] = ['text', 'html', 'json_body', 'url', 'header'];

/** How a mode writes one value; undefined for text. */
export const escapes: Readonly<Record<TemplateMode, ((value: unknown) => string) | undefined>> = {
  text: undefined,
  html: (value) => toText(value).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`),
  // Inside quotes a text stays a part of its string; a number or an object is written as JSON.
  json_body: (value) =>
    typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : (JSON.stringify(toValue(value)) ?? 'null'),
  url: (value) => encodeURIComponent(toText(value).toWellFormed()),
  header: (value) => {
    const text = toText(value);
    if (/[\r\n\0]/.test(text)) throw new Error('a value for a header must not hold a line break');
    return text;
  },
};

/** Looks at the whole result, for what no single value shows. @throws AppError `template_failed` */
export function checkOutput(mode: TemplateMode, output: string): string {
  if (mode === 'json_body' && !isJson(output)) throw templateErrors.template_failed('The result is not valid JSON.');
  if (mode === 'header' && /[\r\n\0]/.test(output)) throw templateErrors.template_failed('The result holds a line break.');
  // Dots need no encoding, and an encoded dot segment is one too: this is the only way to keep a value inside its segment.
  if (mode === 'url' && /(?:^|[/\\])(?:\.|%2e){1,2}(?=[/\\?#]|$)/i.test(output.split(/[?#]/, 1)[0] ?? '')) {
    throw templateErrors.template_failed('The result holds a path segment of dots only.');
  }
  return output;
}

/** A value as text: lists run together as Liquid does, objects as JSON, nothing for what is missing. */
export function toText(given: unknown): string {
  const value = toValue(given as Drop);
  if (typeof value === 'string') return value;
  if (value === null || value === undefined || typeof value === 'function') return '';
  if (Array.isArray(value)) return value.map(toText).join('');
  if (typeof value !== 'object') return String(value);
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? JSON.stringify(value) : '';
}
