import { type Context, type Liquid, LiquidError, type Output, type Template, toValueSync } from 'liquidjs';
import {
  AppError,
  cutText,
  errorMessage,
  type InputIssue,
  type Json,
  type JsonObject,
  toPointer,
  toStorableJson,
} from '../../kernel/index.ts';
import { BudgetExceeded, budgeted, chargeDeep, type WorkBudget } from '../budget.ts';
import { createContext, createEngine, type Strictness } from './engine.ts';
import { templateErrors } from './errors.ts';
import { checkOutput, type TemplateMode } from './modes.ts';
import { findInexactLiteral } from './numbers.ts';

export interface TemplateOptions extends Partial<Strictness> {
  /** Default `text`. */
  readonly mode?: TemplateMode;
}

/** A Liquid template that is ready to render many times. */
export interface CompiledTemplate {
  /** The text with its values. @throws AppError `template_failed` */
  render(context: JsonObject): string;
  /** Like `render`, but a template that is exactly one `{{ expression }}` gives the expression's value itself. @throws AppError `template_failed` */
  evaluate(context: JsonObject): Json;
}

/**
 * Compiles a Liquid template (https://shopify.github.io/liquid/); the same text is compiled once.
 * A variable that is not there is an error that names it, unless it goes through `default` or is a condition.
 * @throws AppError `template_invalid` with the line and column
 * @example
 * compileTemplate('Hello {{ event.payload.name }}').render({ event: { payload: { name: 'Ada' } } }); // 'Hello Ada'
 */
export function compileTemplate(text: string, options: TemplateOptions = {}): CompiledTemplate {
  const { mode = 'text', strictVariables = true } = options;
  const key = `${mode} ${strictVariables} ${text}`;
  const known = cache.get(key);
  if (known) {
    cache.delete(key);
    cache.set(key, known);
    return known;
  }
  const template = build(text, mode, { strictVariables });
  remember(key, template);
  return template;
}

/**
 * What is wrong with a template, for the moment it is saved; the caller fills in the pointer.
 * @throws BudgetExceeded when all that is checked together takes too long
 */
export function validateTemplate(text: string, mode: TemplateMode = 'text'): InputIssue | undefined {
  try {
    parse(engineFor(mode), text);
    return undefined;
  } catch (error) {
    if (error instanceof BudgetExceeded) throw error;
    return { pointer: '', code: 'template_invalid', message: errorMessage(error) };
  }
}

/** {@link validateTemplate} for every text inside a JSON value, with a pointer to each that is wrong. */
export function validateTemplates(
  value: Json,
  mode: TemplateMode = 'text',
  path: readonly (string | number)[] = [],
): InputIssue[] {
  if (typeof value === 'string') {
    const issue = value.includes('{') ? validateTemplate(value, mode) : undefined;
    return issue ? [{ ...issue, pointer: toPointer(path) }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...entries].flatMap(([key, item]) => validateTemplates(item as Json, mode, [...path, key]));
}

/**
 * Renders every text inside a JSON value; keys stay as they are.
 * A text that is exactly one `{{ expression }}` becomes the expression's value itself: an object, a list, a number.
 */
export function renderValue(value: Json, context: JsonObject, options: TemplateOptions = {}): Json {
  if (typeof value === 'string') return value.includes('{') ? compileTemplate(value, options).evaluate(context) : value;
  if (Array.isArray(value)) return value.map((item) => renderValue(item, context, options));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderValue(item, context, options)]));
}

const MAX_CACHED = 500;
const MAX_CACHED_TEXT = 20_000;
const cache = new Map<string, CompiledTemplate>();
const engines = new Map<TemplateMode, Liquid>();

function remember(key: string, template: CompiledTemplate): void {
  // A long text is rare, and its parse is cheap beside its rendering: not worth the room of many short ones.
  if (key.length > MAX_CACHED_TEXT) return;
  cache.set(key, template);
  const [oldest] = cache.keys();
  if (cache.size > MAX_CACHED && oldest !== undefined) cache.delete(oldest);
}

function engineFor(mode: TemplateMode): Liquid {
  const engine = engines.get(mode) ?? createEngine(mode);
  engines.set(mode, engine);
  return engine;
}

function parse(liquid: Liquid, text: string): Template[] {
  try {
    const templates = budgeted((budget) => {
      budget.check();
      return liquid.parse(text);
    });
    const literal = MAYBE_INEXACT.test(text) ? findInexactLiteral(templates) : undefined;
    if (literal !== undefined) throw new Error(`the number ${literal.slice(0, 40)} cannot be kept exactly: write it as a text`);
    return templates;
  } catch (error) {
    if (error instanceof BudgetExceeded) throw error;
    throw templateErrors.template_invalid(describe(error), { cause: error });
  }
}

function parseInTime(liquid: Liquid, text: string): Template[] {
  try {
    return parse(liquid, text);
  } catch (error) {
    if (error instanceof BudgetExceeded) throw templateErrors.template_failed(error.message, { cause: error });
    throw error;
  }
}

const MAYBE_INEXACT = /\d[\d.]{15}/;

function build(text: string, mode: TemplateMode, strictness: Strictness): CompiledTemplate {
  const liquid = engineFor(mode);
  const templates = parseInTime(liquid, text);
  const single = singleOutput(text) && templates.length === 1 ? (templates[0] as Output) : undefined;
  const run = <T>(context: JsonObject, work: (scope: Context, budget: WorkBudget) => T): T => {
    try {
      return budgeted((budget) => {
        // Also for a template without a filter, of which there may be many.
        budget.check();
        return work(createContext(liquid, context, { ...strictness, work: budget }), budget);
      });
    } catch (error) {
      if (AppError.is(error)) throw error;
      throw templateErrors.template_failed(describe(error), { cause: error });
    }
  };
  const render = (context: JsonObject) =>
    run(context, (scope) => checkOutput(mode, liquid.renderSync(templates, scope) as string));
  return {
    render,
    evaluate: (context) => {
      // Who writes nothing but an expression wants its value: a whole URL must not be encoded as a part of one.
      if (single && mode === 'url') return compileTemplate(text, strictness).evaluate(context);
      if (!single || mode !== 'text') return render(context);
      return run(context, (scope, budget) => {
        const value = toValueSync(single.value.value(scope, false));
        chargeDeep(value, budget);
        return toStorableJson(value);
      });
    },
  };
}

function singleOutput(text: string): boolean {
  return text.startsWith('{{') && text.endsWith('}}') && text.indexOf('{{', 2) === -1;
}

/** The engine's first line: it names the variable and the place, but later lines would quote the template. */
function describe(error: unknown): string {
  const text = LiquidError.is(error) ? error.message : errorMessage(error);
  return cutText(text.split('\n', 1)[0] ?? '', 300);
}
