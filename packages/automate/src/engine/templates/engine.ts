import {
  Context,
  defaultOperators,
  type Emitter,
  filters,
  Liquid,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
} from 'liquidjs';
import type { JsonObject } from '../../kernel/index.ts';
import { chargeDeep, type WorkBudget } from '../budget.ts';
import { dateFilters } from './dates.ts';
import { noteDerived } from './derived-secrets.ts';
import { Budget, templateLimits } from './limits.ts';
import { escapes, type TemplateMode, toText } from './modes.ts';
import { arithmeticFilters, type Handler, ownOperators } from './numbers.ts';

/** Whether a variable that is not there is an error (default) or empty. */
export interface Strictness {
  readonly strictVariables: boolean;
}

/** A LiquidJS that reaches nothing but its context: no files, no partials, no dynamic expressions, every cost counted. */
export function createEngine(mode: TemplateMode): Liquid {
  const outputEscape = escapes[mode];
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    lenientIf: true,
    dynamicPartials: false,
    relativeReference: false,
    templates: {},
    operators: { ...defaultOperators, ...ownOperators } as typeof defaultOperators,
    parseLimit: templateLimits.parse,
    ...(outputEscape ? { outputEscape } : {}),
  });
  for (const name of CLOSED_TAGS) delete (liquid.tags as Record<string, unknown>)[name];
  liquid.registerTag('#', LineComment);
  for (const [name, filter] of Object.entries(filters)) {
    if (CLOSED_FILTERS.has(name)) liquid.unregisterFilter(name);
    else liquid.registerFilter(name, guarded(name, ownFilters[name] ?? filter, mode));
  }
  capEveryOutput(liquid);
  return liquid;
}

export interface ContextOptions extends Strictness {
  /** What all templates of the work at hand share. */
  readonly work: WorkBudget;
}

/** One rendering's variables and allowance. The copy keeps tags such as `increment` from writing into the caller's object. */
export function createContext(liquid: Liquid, context: JsonObject, { strictVariables, work }: ContextOptions): Context {
  const environment: object = Object.assign(Object.create(null), context);
  const budget = new Budget(work);
  // The engine only calls `use` and `check` of its limiters.
  const limits = { memoryLimit: budget, renderLimit: budget, liquid } as unknown as ConstructorParameters<typeof Context>[3];
  const scope = new Context(environment, liquid.options, { strictVariables, ownPropertyOnly: true, sync: true }, limits);
  // Filters such as `where` look into each item in a scope of its own; an item without the property is no mistake.
  scope.spawn = (item: object = {}) => {
    budget.check();
    return new Context(item, liquid.options, { strictVariables: false, ownPropertyOnly: true, sync: true }, limits);
  };
  return scope;
}

// They load files or run other templates.
const CLOSED_TAGS = ['include', 'render', 'layout', 'block'];
// They parse a value as an expression, or give another result each time.
const CLOSED_FILTERS = new Set('where_exp reject_exp group_by_exp has_exp find_exp find_index_exp sample inspect'.split(' '));
const NESTING_FILTERS = new Set(['push', 'unshift', 'concat', 'default', 'group_by']);
/** They look for a text in a text, for which the time grows with the product of the lengths. */
const SEARCHING_FILTERS = new Set('split replace replace_first replace_last remove remove_first remove_last'.split(' '));
const JSON_FILTERS = new Set(['json', 'jsonify']);

type Filter = (typeof filters)[string];

/** In place of the engine's: its dates follow the zone of the machine, and its numbers change in silence. */
const ownFilters = Object.assign(Object.create(null), arithmeticFilters, dateFilters) as Readonly<Record<string, Filter>>;

/** Checks time and sizes before each filter, because the engine looks at them only between outputs. */
function guarded(name: string, filter: Filter, mode: TemplateMode): Filter {
  const handler = (typeof filter === 'function' ? filter : filter.handler) as Handler;
  const wrapped: Handler = function (value, ...operands) {
    const budget = this.context.memoryLimit as unknown as Budget;
    budget.check();
    for (const given of [value, ...operands]) {
      if (Array.isArray(given) && given.length > templateLimits.items) throw new Error(`the list for "${name}" is too long`);
    }
    if (SEARCHING_FILTERS.has(name) && costOfSearch(value, operands[0]) > templateLimits.search)
      throw new Error(`the texts for "${name}" are too long together`);
    if (NESTING_FILTERS.has(name)) for (const operand of operands) chargeDeep(operand, budget);
    const result = handler.call(this, value, ...operands);
    if (typeof result === 'number' && !Number.isFinite(result)) throw new Error(`the result of "${name}" is no number`);
    const { secrets } = this.context.environments as { secrets?: unknown };
    if (secrets !== undefined) noteDerived(secrets, [value, ...operands], result);
    return result;
  };
  // What has become JSON must not be escaped as text once more.
  const isRaw = (typeof filter !== 'function' && filter.raw === true) || (mode === 'json_body' && JSON_FILTERS.has(name));
  return { handler: wrapped as Exclude<Filter, { raw?: boolean }>, raw: isRaw } as Filter;
}

function costOfSearch(text: unknown, part: unknown): number {
  return typeof text === 'string' && typeof part === 'string' ? text.length * part.length : 0;
}

/** `{% # … %}` without the engine's regular expression, which needs seconds for a page of empty lines. */
class LineComment extends Tag {
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    const isComment = token.args
      .split('\n')
      .every((line, index) => index === 0 || line.trim() === '' || line.trim().startsWith('#'));
    if (!isComment) throw new Error("every line of a comment must start with '#'");
  }
  *render(): Generator<unknown, void, unknown> {}
}

/** Gives every list of templates an emitter with a cap: `capture` would otherwise collect without one. */
function capEveryOutput(liquid: Liquid): void {
  const render = liquid.renderer.renderTemplates;
  liquid.renderer.renderTemplates = function* (
    this: typeof liquid.renderer,
    templates: Template[],
    context: Context,
    emitter?: Emitter,
  ) {
    return yield* render.call(this, templates, context, emitter ?? cappedEmitter(context));
  } as typeof render;
}

function cappedEmitter(context: Context): Emitter {
  const budget = context.memoryLimit as unknown as Budget;
  let bytes = 0;
  return {
    buffer: '',
    write(value: unknown) {
      const text = toText(value);
      budget.use(text.length);
      bytes += Buffer.byteLength(text);
      if (bytes > templateLimits.output) throw new Error(`the result is larger than ${templateLimits.output} bytes`);
      this.buffer += text;
    },
  } as Emitter & { buffer: string };
}
