import type { Scope } from '../../kernel/index.ts';
import type { Context, MaybePromise } from '../http/context.ts';
import { ConfigurableMixin } from '../mixins/configurable.ts';
import { CORSMixin } from '../mixins/cors.ts';
import { type Operation, View } from '../operations/base-view.ts';
import {
  type ActionOptions,
  type ClassOf,
  type ContextFor,
  declaredOperations,
  declareOperation,
  type Fits,
  type HttpMethod,
  type MethodName,
  type OperationOptions,
  type RowOf,
} from '../operations/operation.ts';
import { undescribed } from './view.ts';

export type StandardAction = 'list' | 'create' | 'retrieve' | 'update' | 'partialUpdate' | 'destroy' | 'export' | 'import';

/** Arguments of an action: the row comes first when it is about one and the viewset can load it. */
export type ActionArguments<Instance, Options> = Options extends { readonly detail: true }
  ? [RowOf<Instance>] extends [never]
    ? [ContextFor<Options>]
    : [RowOf<Instance>, ContextFor<Options, RowOf<Instance>>]
  : [ContextFor<Options>];

/**
 * A list and its items under one path: `list`, `create`, `retrieve`, `update`, `partialUpdate`, `destroy`, as far as a subclass
 * defines them, and actions of its own. A subclass with `getObject(ctx)` has its rows loaded and checked before the handler.
 * @example
 * class ReportViewSet extends BaseViewSet {
 *   static { this.describe('list', { response: z.array(Report) }); }
 *   async list(ctx: Context) { return ctx.services.reports.list(requirePrincipal(ctx).tenantId); }
 * }
 */
export abstract class BaseViewSet extends CORSMixin(ConfigurableMixin(View)) {
  /** Name of the path parameter that tells the row. */
  lookup = 'id';
  /** Standard actions that are inherited but shall have no route. */
  excludedActions: readonly StandardAction[] = [];

  /** Says what is true of a standard action; the compiler checks the method against it. */
  static describe<
    Instance extends BaseViewSet,
    Name extends MethodName<Instance> & StandardAction,
    const Options extends OperationOptions,
  >(
    this: ClassOf<Instance>,
    name: Name,
    options: Options & Fits<Instance[Name], [ContextFor<Options, RowOf<Instance>>], Options>,
  ): void {
    declareOperation(this.prototype, name, options);
  }

  /**
   * Makes a method a route of its own.
   * @example
   * static { this.action('activate', { detail: true, methods: ['post'], body: Activate, response: Workflow }); }
   * async activate(workflow: Workflow, ctx: Context<z.output<typeof Activate>>) { … }
   */
  static action<Instance extends BaseViewSet, Name extends MethodName<Instance>, const Options extends ActionOptions>(
    this: ClassOf<Instance>,
    name: Name,
    options: Options & Fits<Instance[Name], ActionArguments<Instance, Options>, Options>,
  ): void {
    declareOperation(this.prototype, name, options);
  }

  /**
   * The rows this request may touch; null for none. Built from the principal alone.
   * @example
   * override getQuery(ctx: Context) { return narrow(super.getQuery(ctx), { is_archived: false }); }
   */
  getQuery(ctx: Context): Scope | null {
    return ctx.principal ? { tenantId: ctx.principal.tenantId } : null;
  }

  beforeList?(ctx: Context): MaybePromise<void>;
  beforeCreate?(ctx: Context): MaybePromise<void>;
  beforeRetrieve?(ctx: Context): MaybePromise<void>;
  beforeUpdate?(ctx: Context): MaybePromise<void>;
  beforePartialUpdate?(ctx: Context): MaybePromise<void>;
  beforeDestroy?(ctx: Context): MaybePromise<void>;
  /** What an `after` hook returns takes the place of the result; undefined leaves it. An action `archive` has `afterArchive`. */
  afterList?(ctx: Context, result: unknown): MaybePromise<unknown>;
  afterCreate?(ctx: Context, result: unknown): MaybePromise<unknown>;
  afterRetrieve?(ctx: Context, result: unknown): MaybePromise<unknown>;
  afterUpdate?(ctx: Context, result: unknown): MaybePromise<unknown>;
  afterPartialUpdate?(ctx: Context, result: unknown): MaybePromise<unknown>;
  afterDestroy?(ctx: Context, result: unknown): MaybePromise<unknown>;

  /** What is true of a standard action unless the class says otherwise. */
  getStandardOptions(_action: StandardAction): OperationOptions | undefined {
    return undefined;
  }

  override getOperations(): readonly Operation[] {
    const declared = declaredOperations(this);
    const loadsRows = typeof (this as { getObject?: unknown }).getObject === 'function';
    const operations: Operation[] = [];
    for (const [action, [method, detail, ending = '']] of Object.entries(STANDARD) as [StandardAction, Place][]) {
      if (typeof (this as unknown as Record<string, unknown>)[action] !== 'function') continue;
      if (this.excludedActions.includes(action)) continue;
      const standard = this.getStandardOptions(action);
      const own = declared.get(action);
      if (!standard && !own) throw undescribed(this.constructor.name, action);
      const options = { ...(action === 'create' && { status: 201 }), ...standard, ...own };
      const path = detail ? `{${this.lookup}}` : ending;
      operations.push({ action, method, path, options, loadsRow: detail && loadsRows, isRowFirst: false });
    }
    for (const [action, options] of declared) {
      if (!isActionOptions(options)) continue;
      const path = joinPath(options.detail ? `{${this.lookup}}` : '', options.path ?? kebabCase(action));
      for (const method of options.methods ?? (['get'] as const)) {
        const loadsRow = options.detail && loadsRows;
        operations.push({ action, method, path, options, loadsRow, isRowFirst: loadsRow });
      }
    }
    return operations;
  }
}

/** Method, whether it is about one row, and the path of what is not. */
type Place = readonly [method: HttpMethod, detail: boolean, path?: string];

const STANDARD: Readonly<Record<StandardAction, Place>> = {
  list: ['get', false],
  create: ['post', false],
  retrieve: ['get', true],
  update: ['put', true],
  partialUpdate: ['patch', true],
  destroy: ['delete', true],
  export: ['get', false, 'export'],
  import: ['post', false, 'import'],
};

function isActionOptions(options: OperationOptions): options is ActionOptions {
  return 'detail' in options;
}

function joinPath(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
