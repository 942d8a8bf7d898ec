import type { Json, JsonObject } from '../../../kernel/index.ts';
import { compileRule } from '../../rules/rules.ts';
import { compileTemplate, type TemplateOptions } from '../../templates/templates.ts';
import type { StepScope } from '../step-scope.ts';
import { isTemplate } from './field-issues.ts';
import { type Field, type Fields, fieldBelow, type TemplateKind, takesSecrets, templateKindOf } from './fields.ts';

/** Makes a value of what a step sees. Only what takes secrets is given any. */
export type Render = (scope: StepScope, secrets?: Readonly<Record<string, string>>) => unknown;

/**
 * Compiles a configuration, once a version: each call renders its templates and evaluates its rules. What it gives out is new each
 * time, so that whoever changes it changes nothing for others.
 * @throws AppError `invalid_input` for a rule that is none
 */
export function compileFields(config: unknown, fields: Fields): Render {
  return compileAny(config as Json, { fields }) ?? (() => copyOf(config as Json));
}

/** @returns undefined where nothing is rendered, so that a large value costs no more than itself */
function compileAny(value: Json | undefined, field: Field | undefined): Render | undefined {
  if (value === undefined || field === undefined) return undefined;
  if (field === 'rule' || field === 'condition') {
    const rule = compileRule(value);
    return field === 'rule' ? (scope) => rule.evaluate(scope) : (scope) => rule.matches(scope);
  }
  if (typeof value === 'string') return compileText(value, field);
  if (typeof value !== 'object' || value === null) return undefined;
  return Array.isArray(value) ? compileList(value, field) : compileObject(value as JsonObject, field);
}

function compileList(list: readonly Json[], field: Field): Render | undefined {
  const rendered = new Map<number, Render>();
  for (const [index, item] of list.entries()) {
    const render = compileAny(item, fieldBelow(field, index));
    if (render) rendered.set(index, render);
  }
  if (rendered.size === 0) return undefined;
  return (scope, secrets) =>
    list.map((item, index) => {
      const render = rendered.get(index);
      return render ? render(scope, secrets) : copyOf(item);
    });
}

function compileObject(object: JsonObject, field: Field): Render | undefined {
  const rendered = new Map<string, Render>();
  for (const [key, item] of Object.entries(object)) {
    const render = compileAny(item, fieldBelow(field, key));
    if (render) rendered.set(key, render);
  }
  if (rendered.size === 0) return undefined;
  const entries = Object.entries(object);
  return (scope, secrets) =>
    Object.fromEntries(
      entries.map(([key, item]) => {
        const render = rendered.get(key);
        return [key, render ? render(scope, secrets) : copyOf(item)];
      }),
    );
}

/** Nobody changes what others work on. What a schema has made that is no JSON stays, and is refused with its name. */
function copyOf(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]));
}

const OPTIONS: Readonly<Record<TemplateKind, TemplateOptions>> = {
  template: {},
  text: {},
  url: { mode: 'url' },
  header: { mode: 'header' },
};

function compileText(text: string, field: Field): Render | undefined {
  const kind = templateKindOf(field);
  if (kind === undefined || !isTemplate(text)) return undefined;
  // A URL that starts with a value is taken as it is; where it may lead is the guarded client's matter.
  const options = kind === 'url' && text.startsWith('{{') ? OPTIONS.text : OPTIONS[kind];
  // The compiled template is kept where all are, with a bound: versions are many, and most of them do not run.
  const make: (scope: StepScope) => Json =
    kind === 'template'
      ? (scope) => compileTemplate(text, options).evaluate(scope)
      : (scope) => compileTemplate(text, options).render(scope);
  return takesSecrets(field) ? (scope, secrets) => make(secrets ? { ...scope, secrets } : scope) : make;
}
