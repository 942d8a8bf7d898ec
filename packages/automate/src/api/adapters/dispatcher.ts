import { commonErrors, traceIdFrom } from '../../kernel/index.ts';
import { EventStream, lastEventIdOf } from '../http/event-stream.ts';
import { type ApiRequest, headerOf } from '../http/request.ts';
import type { Api } from '../requests/api.ts';
import { methodNotAllowed, optionsHeaders, preflightRoute } from '../requests/cors.ts';
import { admit, execute } from '../requests/phases.ts';
import { RequestContext } from '../requests/request-context.ts';
import { createMatcher, type FindRoutes } from '../routing/matcher.ts';
import type { Route } from '../routing/route.ts';
import { commonHeaders, eventsHeadOf, problemOf, type ReplyParts, replyOf, report } from './reply-parts.ts';

/** A request as a host hands it over, its body not yet read. */
export interface HostRequest extends Omit<ApiRequest, 'params' | 'rawBody' | 'openBody'> {
  /**
   * The whole body; undefined when there is none.
   * @throws `payload_too_large` as soon as it is known to be longer than the limit.
   */
  readBody(limit: number): Promise<Uint8Array | undefined>;
  /** The same as it comes, however long; who stops reading leaves the rest where it is. */
  openBody(): AsyncIterable<Uint8Array> | undefined;
}

/** A reply that goes on with events. */
export interface EventsAnswer extends Omit<ReplyParts, 'body'> {
  readonly ctx: RequestContext;
  readonly stream: EventStream;
  readonly lastEventId: string | undefined;
}

/** Finds and runs routes for hosts whose own router is not ours to use. */
export interface Dispatcher {
  /** Whether the API has this path, in either spelling. Malformed ones under the base path count. */
  owns(path: string): boolean;
  /** Never rejects. */
  answer(request: HostRequest): Promise<ReplyParts | EventsAnswer>;
}

export function createDispatcher(api: Api): Dispatcher {
  const find = createMatcher(api);
  return {
    owns(path) {
      try {
        return find(path) !== undefined;
      } catch {
        return true;
      }
    },
    answer: (request) => answer(api, find, request),
  };
}

class DispatchedRequest implements ApiRequest {
  readonly #host: HostRequest;
  readonly params: Readonly<Record<string, string>>;
  rawBody: Uint8Array | undefined = undefined;

  constructor(host: HostRequest, route: Route, values: readonly string[]) {
    this.#host = host;
    this.params = Object.fromEntries(route.parameters.map((name, index) => [name, values[index] as string]));
  }
  openBody(): AsyncIterable<Uint8Array> | undefined {
    return this.#host.openBody();
  }
  get method(): string {
    return this.#host.method;
  }
  get url(): string {
    return this.#host.url;
  }
  get path(): string {
    return this.#host.path;
  }
  get headers(): ApiRequest['headers'] {
    return this.#host.headers;
  }
  get ip(): string {
    return this.#host.ip;
  }
  get signal(): AbortSignal {
    return this.#host.signal;
  }
}

async function answer(api: Api, find: FindRoutes, host: HostRequest): Promise<ReplyParts | EventsAnswer> {
  const traceId = traceIdFrom(host.headers);
  let ctx: RequestContext | null = null;
  try {
    const match = find(host.path);
    if (!match) throw commonErrors.not_found('There is nothing at this path.');
    const { routes, values } = match;
    const route = chooseRoute(host, routes);
    const request = new DispatchedRequest(host, route, values);
    ctx = new RequestContext(api, route, request, traceId);
    if (host.method === 'OPTIONS') {
      return { status: 204, headers: { ...commonHeaders(traceId), ...(await optionsHeaders(ctx, routes)) }, body: '' };
    }
    await admit(ctx);
    if (route.method !== 'GET' && !route.options.streamed)
      request.rawBody = await host.readBody(route.options.bodyLimit ?? api.limits.bodyBytes);
    await execute(ctx);
    if (!(ctx.result instanceof EventStream)) return replyOf(ctx);
    return { ...eventsHeadOf(ctx), ctx, stream: ctx.result, lastEventId: lastEventIdOf(ctx) };
  } catch (error) {
    // A handler that was stopped because its client has gone did nothing wrong, and nobody waits for the answer.
    if (!host.signal.aborted) report(api, error, traceId, ctx);
    return problemOf(api, error, traceId, ctx);
  }
}

function chooseRoute({ method, headers }: HostRequest, routes: readonly Route[]): Route {
  if (method === 'OPTIONS') return preflightRoute(routes, headerOf({ headers }, 'access-control-request-method'));
  const route = routes.find((candidate) => candidate.method === (method === 'HEAD' ? 'GET' : method));
  if (route) return route;
  throw methodNotAllowed(routes);
}
