import type { Context, MaybePromise } from '../http/context.ts';
import { apiErrors } from '../http/errors.ts';
import { ConfigurableMixin } from '../mixins/configurable.ts';
import { CORSMixin } from '../mixins/cors.ts';
import { type Operation, View } from '../operations/base-view.ts';
import {
  type ClassOf,
  type ContextFor,
  declaredOperations,
  declareOperation,
  type Fits,
  type HttpMethod,
  type MethodName,
  type OperationOptions,
} from '../operations/operation.ts';

/**
 * One path with a method per HTTP verb: `get`, `post`, `put`, `patch`, `delete`. A verb without a method is a 405.
 * @example
 * class EventIngestView extends BaseAPIView {
 *   static { this.describe('post', { body: NewEvent, response: Ingested, status: 202 }); }
 *   async post(ctx: Context<z.output<typeof NewEvent>>) { return ctx.services.events.ingest(ctx.body); }
 * }
 */
export abstract class BaseAPIView extends CORSMixin(ConfigurableMixin(View)) {
  /** Says what is true of a verb's method; the compiler checks the method against it. */
  static describe<
    Instance extends BaseAPIView,
    Name extends MethodName<Instance> & HttpMethod,
    const Options extends OperationOptions,
  >(this: ClassOf<Instance>, name: Name, options: Options & Fits<Instance[Name], [ContextFor<Options>], Options>): void {
    declareOperation(this.prototype, name, options);
  }

  /** Run before a verb's method, when the request was let in and its input is valid. */
  beforeGet?(ctx: Context): MaybePromise<void>;
  beforePost?(ctx: Context): MaybePromise<void>;
  beforePut?(ctx: Context): MaybePromise<void>;
  beforePatch?(ctx: Context): MaybePromise<void>;
  beforeDelete?(ctx: Context): MaybePromise<void>;
  /** Run after it; what they return takes the place of the result, undefined leaves it. */
  afterGet?(ctx: Context, result: unknown): MaybePromise<unknown>;
  afterPost?(ctx: Context, result: unknown): MaybePromise<unknown>;
  afterPut?(ctx: Context, result: unknown): MaybePromise<unknown>;
  afterPatch?(ctx: Context, result: unknown): MaybePromise<unknown>;
  afterDelete?(ctx: Context, result: unknown): MaybePromise<unknown>;

  override getOperations(): readonly Operation[] {
    const declared = declaredOperations(this);
    return VERBS.flatMap((method) => {
      if (typeof (this as unknown as Record<string, unknown>)[method] !== 'function') return [];
      const options = declared.get(method);
      if (!options) throw undescribed(this.constructor.name, method);
      return [{ action: method, method, path: '', options, loadsRow: false, isRowFirst: false }];
    });
  }
}

/** The error for a method that is there but has no schemas: it would answer unchecked. */
export function undescribed(view: string, name: string) {
  return apiErrors.invalid_settings(`${view}.${name} is not described: add \`static { this.describe('${name}', { … }) }\`.`);
}

const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const satisfies readonly HttpMethod[];
