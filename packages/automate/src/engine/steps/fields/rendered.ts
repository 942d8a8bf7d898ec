import type { Json } from '../../../kernel/index.ts';
import type { Field, Fields } from './fields.ts';

/** A configuration with its templates rendered and its rules evaluated. */
export type Rendered<Config, Declared extends Fields> = Config extends object
  ? { readonly [Name in keyof Config]: RenderedField<Config[Name], Name extends keyof Declared ? Declared[Name] : undefined> }
  : Config;

type RenderedField<Value, Declared extends Field | undefined> = Value extends undefined
  ? undefined
  : Declared extends 'rule'
    ? Json
    : Declared extends 'condition'
      ? boolean
      : Declared extends 'template' | 'secret-template'
        ? RenderedValue<Value>
        : Declared extends { readonly fields: infer Inner extends Fields }
          ? Rendered<Value, Inner>
          : Declared extends { readonly each: infer Inner extends Field }
            ? Value extends readonly (infer Item)[]
              ? readonly RenderedField<Item, Inner>[]
              : Value
            : Value;

/** A text may have become anything; what stands around it stays. */
type RenderedValue<Value> = Json extends Value
  ? Value
  : Value extends string
    ? Json
    : Value extends readonly (infer Item)[]
      ? readonly RenderedValue<Item>[]
      : Value extends object
        ? { readonly [Name in keyof Value]: RenderedValue<Value[Name]> }
        : Value;
