import { type InputIssue, type Json, toPointer } from '../../../kernel/index.ts';
import { validateCondition, validateRule } from '../../rules/validate.ts';
import { hasSecretHost } from '../../templates/secret-uses.ts';
import { validateTemplates } from '../../templates/templates.ts';
import { issuesBelow } from '../issues.ts';
import { type Field, type Fields, fieldBelow, templateKindOf } from './fields.ts';

/** Whether a text holds a template, so that what comes out is known only when the step runs. */
export function isTemplate(text: string): boolean {
  return /\{[{%]/.test(text);
}

/** What is wrong with the templates and rules of a configuration, with pointers into it. */
export function fieldIssues(config: unknown, fields: Fields): InputIssue[] {
  return issuesOf(config as Json, { fields });
}

function issuesOf(value: Json | undefined, field: Field): InputIssue[] {
  if (value === undefined) return [];
  if (field === 'rule') return validateRule(value);
  if (field === 'condition') return validateCondition(value);
  const kind = templateKindOf(field);
  if (kind === 'url') return [...validateTemplates(value), ...secretHosts(value)];
  if (kind) return validateTemplates(value);
  if (typeof value !== 'object' || value === null) return [];
  return keysOf(value).flatMap((key) => {
    const below = fieldBelow(field, key);
    const inner = (value as Readonly<Record<string, Json>>)[key];
    return below === undefined ? [] : issuesBelow(toPointer([key]), issuesOf(inner, below));
  });
}

/** Keys of an object, and indices of a list. */
export function keysOf(value: object): readonly (string | number)[] {
  return Array.isArray(value) ? [...value.keys()] : Object.keys(value);
}

/** The texts of a value with pointers to them. */
export function* textsIn(value: Json, pointer = ''): Generator<{ text: string; pointer: string }> {
  if (typeof value === 'string') yield { text: value, pointer };
  if (typeof value !== 'object' || value === null) return;
  for (const key of keysOf(value))
    yield* textsIn((value as Readonly<Record<string, Json>>)[key] as Json, `${pointer}${toPointer([key])}`);
}

const SECRET_HOST =
  'a secret stands behind the host, as in https://api.example.com/{{ secrets.NAME }}, or is the beginning of the URL: names of hosts are looked up and logged';

function secretHosts(value: Json): InputIssue[] {
  return [...textsIn(value)]
    .filter(({ text }) => hasSecretHost(text))
    .map(({ pointer }) => ({ pointer, code: 'secret_refused', message: SECRET_HOST }));
}
