import type { Logger, Principal } from '../../kernel/index.ts';
import type { ReplyHead } from './reply.ts';
import type { ApiRequest, RawQuery } from './request.ts';
import type { AppServices } from './services.ts';

/** Which route is being answered. */
export interface RouteFacts {
  /** `basename.action`, as in OpenAPI. */
  readonly operationId: string;
  readonly basename: string;
  /** Name of the view's method. */
  readonly action: string;
  /** Upper case. */
  readonly method: string;
  /** With `{name}` for parameters. */
  readonly path: string;
}

/** What of the running API a view may ask for. */
export interface ApiFacts {
  /** The path of a route by its operation id, under the API's base path. @example ctx.api.reverse('workflow.retrieve', { id }) */
  reverse(operationId: string, params?: Readonly<Record<string, string>>): string;
  /** Whether there is an operation of this id. */
  has(operationId: string): boolean;
  /** Where people go after sign-in and from `/`: a path under the base path. */
  landing(): string;
  /** Every scope that a route names, sorted. */
  readonly scopes: readonly string[];
  readonly limits: {
    /** Most bytes of the body of a route that names no limit of its own; `AUTOMATE_API_BODY_LIMIT_BYTES`. */
    readonly bodyBytes: number;
  };
  /** The OpenAPI 3.1 document of all routes, as JSON text. */
  openapi(): string;
}

/**
 * One request on its way through a view. Views are shared by all requests, so whatever belongs to one request lives here.
 * @example
 * async post(ctx: Context<z.output<typeof NewEvent>>) { return ctx.services.events.ingest(ctx.body, ctx.traceId); }
 */
export interface Context<Body = unknown, Query = unknown, Row = unknown> {
  readonly request: ApiRequest;
  /** Status and headers of the reply; the body is what the handler returns. */
  readonly reply: ReplyHead;
  readonly route: RouteFacts;
  readonly api: ApiFacts;
  readonly services: AppServices;
  /** Null for an anonymous request, which only `AllowAny` lets in. */
  readonly principal: Principal | null;
  readonly params: Readonly<Record<string, string>>;
  /** The body as the operation's `body` schema gave it. */
  readonly body: Body;
  /** The query as the operation's `query` schema gave it. */
  readonly query: Query;
  /** The query as text. */
  readonly rawQuery: RawQuery;
  /** The row a detail route is about: loaded, tenant-scoped and object-permission-checked. */
  readonly row: Row;
  /** Whether the client sent `If-Match`: a change must fail when the row is no longer as it was loaded. */
  readonly isConditional: boolean;
  readonly traceId: string;
  /** Carries the trace id and the operation. */
  readonly log: Logger;
  /** The same request with another body, before other services: one item of a batch, in the transaction of all. */
  withBody<Item>(body: Item, services: Partial<AppServices>): Context<Item>;
}

export type MaybePromise<Value> = Value | Promise<Value>;
