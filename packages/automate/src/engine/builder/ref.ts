import type { Json } from '../../kernel/index.ts';

/** Something that steps and rules see, named by its path. As text it is Liquid; within a rule it becomes JSONLogic. */
export class Ref {
  readonly path: string;

  constructor(path: string) {
    if (!/^[A-Za-z_][\w-]*(\.[^.{}"]+)*$/.test(path))
      throw new TypeError(`"${path}" is no path: write dotted words, such as steps.call.output.body.id`);
    this.path = path;
  }

  /** JSONLogic: `{"var": path}`. */
  get var(): { readonly var: string } {
    return { var: this.path };
  }

  /** Liquid: `{{ path }}`. Alone in a text it keeps the type of the value. */
  toString(): string {
    const [first = '', ...rest] = this.path.split('.');
    const inner = rest.map((key) => {
      if (/^\d+$/.test(key)) return `[${key}]`;
      return /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `["${key}"]`;
    });
    return `{{ ${first}${inner.join('')} }}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/**
 * Names a value by its path.
 * @example
 * ref('steps.call.output.body.id')                   // as a setting: {{ steps.call.output.body.id }}
 * `Order ${ref('event.payload.id')}`                 // in a text
 * { '>': [ref('event.payload.amount'), 100] }        // in a rule: {"var": "event.payload.amount"}
 */
export function ref(path: string): Ref {
  return new Ref(path);
}

/** JSON in which values may be named by {@link ref}. */
export type Value = string | number | boolean | null | Ref | readonly Value[] | { readonly [key: string]: Value | undefined };

/** A rule as JSON, its refs as JSONLogic. */
export function toRule(value: Value): Json {
  if (value instanceof Ref) return value.var;
  if (Array.isArray(value)) return value.map(toRule);
  if (typeof value !== 'object' || value === null) return value as Json;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, toRule(item as Value)]));
}
