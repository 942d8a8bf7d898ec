import type { z } from 'zod';
import type { Model, Row as RowOfModel } from '../../kernel/index.ts';
import type { Permission } from '../access/permissions.ts';
import type { Context } from '../http/context.ts';
import type { EventStream } from '../http/event-stream.ts';
import type { RawReply } from '../http/reply.ts';

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What is true of one method of a view: its schemas validate, serialize and document it. */
export interface OperationOptions {
  readonly summary?: string;
  readonly description?: string;
  /** Query parameters; values arrive as text and are converted (see `createQueryReader`). */
  readonly query?: z.ZodObject;
  /** JSON body. Without it a body is not read. */
  readonly body?: z.ZodType;
  /** Bodies to show, by what they are, the plainest first; one that `body` does not accept stops the start. Default: one made from `body`. @example { 'An order': { event_type: 'order.created', payload: { amount: 120 } } } */
  readonly examples?: Readonly<Record<string, unknown>>;
  /** Every reply is checked against it, and what it does not declare is dropped. */
  readonly response?: z.ZodType;
  /** Status of a good reply. Default 201 for `create`, 204 without a response schema, else 200. */
  readonly status?: number;
  /** Scope the principal needs. Default: `<scopeResource>:read` or `:write`; null for none. */
  readonly scope?: string | null;
  /** Permissions in addition to those of the view. */
  readonly permissions?: readonly Permission[];
  /** Media types of a good reply that is not JSON, for example `text/event-stream`; for the documentation. */
  readonly produces?: string | readonly string[];
  /** Events of a stream by name, with what their data holds; for the documentation and the client. */
  readonly events?: Readonly<Record<string, z.ZodType>>;
  /** What else may be answered with a body of its own, by status; for the documentation. */
  readonly otherReplies?: Readonly<Record<number, z.ZodType>>;
  /** Problems of its own beside those that every route may answer with, by status; for the documentation. */
  readonly problems?: Readonly<Record<number, string>>;
  /** Media types taken as bytes in `ctx.request.rawBody`, in place of a JSON body. */
  readonly consumes?: readonly string[];
  /** With `consumes`: the body is not gathered, whoever handles the request reads it by `ctx.request.openBody` and sees to its size. */
  readonly streamed?: boolean;
  /** Most bytes of a body. Default: the API's limit. */
  readonly bodyLimit?: number;
  /** Lets `?fields=a,b` limit the fields of the reply, or of its `results`, and `?expand=` add the view's relations. */
  readonly shaped?: boolean;
  /** Whether an `Idempotency-Key` is honoured. Default: by every POST that answers with text. */
  readonly idempotent?: boolean;
  /** Whether the reply is the whole of one object and so has an `ETag`. Default: `retrieve`, and writes that answer alike. A view whose `get` says so takes `If-Match` in its writes. */
  readonly tagged?: boolean;
  /** False leaves it out of the OpenAPI document, and so of the client: a page for people is no part of the API. */
  readonly documented?: boolean;
}

/** What is true of a viewset's own action. */
export interface ActionOptions extends OperationOptions {
  /** Whether it is about one row, under `/{id}/`. */
  readonly detail: boolean;
  /** Default `['get']`. */
  readonly methods?: readonly HttpMethod[];
  /** Path below the list or the row; default the name in kebab-case. May hold `{parameters}`. */
  readonly path?: string;
}

/** A class or a mixin of one, as `this` of its static blocks. */
export type ClassOf<Instance> = abstract new (...args: never[]) => Instance;

/** Names of the methods of a class. */
export type MethodName<Instance> = {
  [Name in keyof Instance]: Instance[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Instance] &
  string;

/** The row that detail operations of a viewset get. */
export type RowOf<Instance> = Instance extends { readonly model: infer M extends Model }
  ? RowOfModel<M>
  : Instance extends { getObject(ctx: never): infer Loaded }
    ? NonNullable<Awaited<Loaded>>
    : never;

/** The context a method gets under its options. */
export type ContextFor<Options, Row = unknown> = Context<Read<Options, 'body'>, Read<Options, 'query'>, Row>;

/** `unknown` when a method takes what it is given and returns what `response` accepts; else a property that says what is wrong. */
export type Fits<Method, Given extends readonly unknown[], Options> = Method extends (...args: infer Taken) => infer Returned
  ? Given extends readonly [...Taken, ...unknown[]]
    ? Awaited<Returned> extends Returnable<Options>
      ? unknown
      : { readonly 'the method returns a value that `response` does not accept': never }
    : { readonly 'the method wants parameters that differ from the row, `body` or `query` declared here': never }
  : never;

/**
 * Remembers the options of a method. They are kept by function, not by name, so that a subclass which overrides the
 * method without describing it again keeps the route.
 */
export function declareOperation(prototype: object, name: string, options: OperationOptions): void {
  // A class may describe a method it inherits: give it its own function, or the parent's route would change too.
  if (!Object.hasOwn(prototype, name)) {
    const inherited = (prototype as Record<string, (...args: unknown[]) => unknown>)[name];
    if (typeof inherited !== 'function') throw new TypeError(`There is no method "${name}" to describe.`);
    const value = function (this: unknown, ...args: unknown[]): unknown {
      return inherited.apply(this, args);
    };
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
  declareMethod((prototype as Record<string, object>)[name] as object, options);
}

/** Remembers the options of a method that is known as a function, as a decorator knows it. */
export function declareMethod(method: object, options: OperationOptions): void {
  DECLARED.set(method, options);
}

/** Options of every described method of a view, the nearest class first. */
export function declaredOperations(view: object): Map<string, OperationOptions> {
  const found = new Map<string, OperationOptions>();
  for (
    let prototype = Object.getPrototypeOf(view);
    prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const options = typeof property.value === 'function' ? DECLARED.get(property.value) : undefined;
      if (options && !found.has(name)) found.set(name, options);
    }
  }
  return found;
}

const DECLARED = new WeakMap<object, OperationOptions>();

type Read<Options, Key extends string> = Options extends { readonly [K in Key]: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : unknown;
type Returnable<Options> = RawReply | EventStream | Declared<Options>;
type Declared<Options> = Options extends { readonly response: infer Schema extends z.ZodType }
  ? ReadonlyDeep<z.input<Schema>>
  : Nothing;
// biome-ignore lint/suspicious/noConfusingVoidType: a method without a reply returns void, and that is what is meant.
type Nothing = undefined | null | void;

/** A reply may be made of arrays and objects that nobody may change. */
type ReadonlyDeep<Value> = Value extends readonly (infer Item)[]
  ? readonly ReadonlyDeep<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> }
    : Value;
