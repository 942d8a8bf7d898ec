import type { Logger, Principal } from '../../kernel/index.ts';
import type { Context } from '../http/context.ts';
import type { PresentProblem } from '../http/problem.ts';
import { ReplyHead } from '../http/reply.ts';
import type { ApiRequest, RawQuery } from '../http/request.ts';
import type { AppServices } from '../http/services.ts';
import { parseQueryString } from '../input/query-string.ts';
import type { Route } from '../routing/route.ts';
import type { Api } from './api.ts';

/** How the view of a request tells of failures. */
export function presenting(ctx: RequestContext): PresentProblem {
  return (problem) => ctx.route.view.presentProblem(problem, ctx);
}

/** The context as the phases fill it in. Made once per request, so what few requests need is made when asked for. */
export class RequestContext implements Context {
  readonly api: Api;
  readonly route: Route;
  readonly request: ApiRequest;
  readonly traceId: string;
  principal: Principal | null = null;
  body: unknown = undefined;
  query: unknown = undefined;
  row: unknown = undefined;
  isConditional = false;
  /** Tag of the object that is sent. */
  etag: string | undefined = undefined;
  /** What the handler returned and then, when that is JSON, its text. */
  result: unknown = undefined;
  /** Headers that go out with errors too: rate limits and CORS. */
  lastingHeaders: Record<string, string> | undefined = undefined;
  head: ReplyHead | undefined = undefined;
  #rawQuery: RawQuery | undefined = undefined;
  #services: AppServices | undefined = undefined;
  #log: Logger | undefined = undefined;

  constructor(api: Api, route: Route, request: ApiRequest, traceId: string) {
    this.api = api;
    this.route = route;
    this.request = request;
    this.traceId = traceId;
  }

  get services(): AppServices {
    return this.#services ?? this.api.services;
  }

  /** The same request with another body, before other services: one item of a batch, in the transaction of all. */
  withBody<Item>(body: Item, services: Partial<AppServices>): Context<Item> {
    const copy = new RequestContext(this.api, this.route, this.request, this.traceId);
    copy.principal = this.principal;
    copy.query = this.query;
    copy.body = body;
    copy.row = this.row;
    copy.isConditional = this.isConditional;
    copy.#services = { ...this.services, ...services };
    return copy as Context<Item>;
  }

  get params(): Readonly<Record<string, string>> {
    return this.request.params;
  }

  get reply(): ReplyHead {
    this.head ??= new ReplyHead();
    return this.head;
  }

  get rawQuery(): RawQuery {
    this.#rawQuery ??= parseQueryString(this.request.url);
    return this.#rawQuery;
  }

  get log(): Logger {
    this.#log ??= this.api.logger.child({ 'trace.id': this.traceId, 'http.route': this.route.operationId });
    return this.#log;
  }

  keepHeader(name: string, value: string): void {
    this.lastingHeaders ??= {};
    this.lastingHeaders[name] = value;
  }
}
