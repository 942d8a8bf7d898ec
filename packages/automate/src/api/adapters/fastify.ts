import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify';
import { commonErrors, traceIdFrom } from '../../kernel/index.ts';
import { EventStream, lastEventIdOf } from '../http/event-stream.ts';
import { type ApiRequest, announcesBody, headerOf, pathOf, type RequestHeaders } from '../http/request.ts';
import type { Api } from '../requests/api.ts';
import { allowedMethods, methodNotAllowed, optionsHeaders, preflightRoute } from '../requests/cors.ts';
import { admit, execute, perform } from '../requests/phases.ts';
import { RequestContext } from '../requests/request-context.ts';
import { MAX_PARAMETER_LENGTH } from '../routing/matcher.ts';
import { byShape, replaceParameters, withoutSlash } from '../routing/path.ts';
import type { Route } from '../routing/route.ts';
import { answerClientError } from './client-error.ts';
import { fromFastify } from './fastify-errors.ts';
import { leftOpen } from './node.ts';
import { closeSignal, letGo, writeEvents, writeReply } from './node-reply.ts';
import { createOpenStreams, type OpenStreams } from './open-streams.ts';
import { commonHeaders, eventsHeadOf, problemOf, replyOf, report } from './reply-parts.ts';
import { watchConnections } from './watch-connections.ts';

export interface FastifyServerOptions {
  /** Seconds within which a request must have arrived, body included; its headers within 15 at most. Default 25. */
  readonly requestSeconds?: number;
  /** Seconds an idle connection is kept. */
  readonly keepAliveSeconds?: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    apiContext: RequestContext | null;
  }
}

/**
 * Puts an API on Fastify: every route natively on its router, everything else through the same phases and the same problems.
 * @example
 * const server = createFastifyServer(createApi({ router, services }));
 * await server.listen({ port: 3000, host: '127.0.0.1' });
 */
export function createFastifyServer(api: Api, options: FastifyServerOptions = {}): FastifyInstance {
  const requestMs = (options.requestSeconds ?? REQUEST_SECONDS) * 1_000;
  const app = Fastify({
    logger: false,
    // Nothing is loaded that could hang; a machine that is busy would only end a start, or a close, that goes well.
    pluginTimeout: 0,
    bodyLimit: api.limits.bodyBytes,
    // The longest that any body may take; most have to come sooner, which is seen to below.
    requestTimeout: STREAMED_SECONDS * 1_000,
    // Node looks at the clock every half a minute only, unless it is told to: whoever sends a byte now and then would stay that much longer.
    http: { headersTimeout: Math.min(HEADER_SECONDS * 1_000, requestMs), connectionsCheckingInterval: CHECK_MS },
    keepAliveTimeout: (options.keepAliveSeconds ?? 65) * 1_000,
    // Ends sockets on which nothing moves; streams send a heartbeat long before.
    connectionTimeout: 600_000,
    forceCloseConnections: 'idle',
    // What is in flight while the server closes is finished, not refused.
    return503OnClosing: false,
    // The phases read the query strictly; a parser here could only throw where nobody catches.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH, querystringParser: () => NO_QUERY },
    // A request that names a server in its first line is for a proxy (RFC 9112, 3.2.2), which this is not: nothing is there.
    rewriteUrl: ({ url = '/' }) => (/^https?:/i.test(url) ? `/${url}` : url),
    frameworkErrors: (error, request, reply) => sendError(api, request, reply, fromFastify(error)),
    clientErrorHandler: answerClientError,
  });
  const streams = createOpenStreams();
  app.decorateRequest('apiContext', null);
  // The phases choose by the declared type after authentication; here bytes are only gathered.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => sendError(api, request, reply, fromFastify(error)));
  app.setNotFoundHandler((request, reply) =>
    sendError(api, request, reply, commonErrors.not_found('There is nothing at this path.')),
  );
  const connections = watchConnections(app.server, requestMs);
  app.addHook('preClose', async () => {
    await streams.close();
    connections.release();
  });
  for (const route of api.routes) if (!route.options.streamed) addRoute(app, api, route, streams);
  // The body stays a stream here, for whoever handles the request.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.addHook('preParsing', async ({ raw }) => connections.wait(raw));
    scope.addHook('onRequest', async ({ raw }, reply) => void reply.raw.once('finish', () => letGo(raw)));
    for (const route of api.routes) if (route.options.streamed) addRoute(scope, api, route, streams);
  });
  for (const routes of byShape(api.routes).values()) addOtherMethods(app, api, routes);
  return app;
}

/** With what the checks and the refusal add, nobody holds a connection for half a minute by sending a body slowly. */
const REQUEST_SECONDS = 25;
/** What is streamed may be large, and the line slow. */
const STREAMED_SECONDS = 3_600;
const HEADER_SECONDS = 15;
const CHECK_MS = 2_000;
const NO_QUERY = Object.freeze({});
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

class FastifyApiRequest implements ApiRequest {
  readonly #api: Api;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #rest: string | undefined;
  #signal: AbortSignal | undefined = undefined;

  constructor(api: Api, { rest }: Route, request: FastifyRequest, reply: FastifyReply) {
    this.#api = api;
    this.#rest = rest;
    this.#request = request;
    this.#reply = reply;
  }
  get method(): string {
    return this.#request.raw.method as string;
  }
  get url(): string {
    return this.#request.raw.url as string;
  }
  get path(): string {
    return pathOf(this.url);
  }
  get headers(): RequestHeaders {
    return this.#request.raw.headers;
  }
  get ip(): string {
    return this.#api.clientAddress(this.#request.ip ?? '', this.#request.raw.headers['x-forwarded-for']);
  }
  get params(): Readonly<Record<string, string>> {
    const params = this.#request.params as Record<string, string>;
    return this.#rest === undefined ? params : { ...params, [this.#rest]: params['*'] as string };
  }
  get rawBody(): Uint8Array | undefined {
    const { body } = this.#request;
    return body instanceof Readable ? undefined : (body as Uint8Array | undefined);
  }
  openBody(): AsyncIterable<Uint8Array> | undefined {
    const { body } = this.#request;
    return body instanceof Readable && announcesBody(this.headers) ? leftOpen(body) : undefined;
  }
  get signal(): AbortSignal {
    this.#signal ??= closeSignal(this.#reply.raw);
    return this.#signal;
  }
}

function addRoute(app: FastifyInstance, api: Api, route: Route, streams: OpenStreams): void {
  const method = route.method as HTTPMethods;
  const url = toFastifyPath(api.basePath, route.path);
  if (method === 'GET') {
    // No body to keep from being read: a second pass through Fastify's hooks would be for nothing.
    app.route({
      method,
      url,
      handler: (request, reply) => void answer(perform, begin(api, route, request, reply), reply, streams),
    });
    return;
  }
  app.route({
    method,
    url,
    bodyLimit: route.options.bodyLimit ?? api.limits.bodyBytes,
    onRequest(request, reply, done) {
      const ctx = begin(api, route, request, reply);
      try {
        const pending = admit(ctx);
        if (pending) pending.then(() => done(), done);
        else done();
      } catch (error) {
        done(error as Error);
      }
    },
    handler: (request, reply) => void answer(execute, request.apiContext as RequestContext, reply, streams),
  });
}

async function answer(
  phases: (ctx: RequestContext) => Promise<void> | undefined,
  ctx: RequestContext,
  reply: FastifyReply,
  streams: OpenStreams,
): Promise<void> {
  try {
    const pending = phases(ctx);
    if (pending) await pending;
    sendResult(ctx, reply, streams);
  } catch (error) {
    sendError(ctx.api, reply.request, reply, error);
  }
}

/** On every path: OPTIONS for CORS, and 405 for the verbs that are not there. */
function addOtherMethods(app: FastifyInstance, api: Api, routes: readonly Route[]): void {
  const url = toFastifyPath(api.basePath, (routes[0] as Route).path);
  const allow = allowedMethods(routes);
  app.route({
    method: 'OPTIONS',
    url,
    handler: async (request, reply) => {
      const route = preflightRoute(routes, headerOf(request.raw, 'access-control-request-method'));
      const ctx = begin(api, route, request, reply);
      const headers = await optionsHeaders(ctx, routes);
      return reply.headers(commonHeaders(ctx.traceId)).headers(headers).code(204).send('');
    },
  });
  const missing = METHODS.filter((method) => !allow.includes(method));
  if (missing.length === 0) return;
  app.route({
    method: missing as HTTPMethods[],
    url,
    exposeHeadRoute: false,
    // Before the body is read: it would be for nobody.
    onRequest(_request, _reply, done) {
      done(methodNotAllowed(routes));
    },
    handler: () => undefined,
  });
}

function begin(api: Api, route: Route, request: FastifyRequest, reply: FastifyReply): RequestContext {
  const ctx = new RequestContext(api, route, new FastifyApiRequest(api, route, request, reply), traceIdFrom(request.raw.headers));
  request.apiContext = ctx;
  return ctx;
}

function sendResult(ctx: RequestContext, reply: FastifyReply, streams: OpenStreams): void {
  if (ctx.result instanceof EventStream) {
    sendEvents(ctx, ctx.result, reply, streams);
    return;
  }
  const parts = replyOf(ctx);
  if (parts.body instanceof Readable) {
    // Fastify sends the head with the first piece, so that a stream which fails before it becomes a problem.
    reply.code(parts.status).headers(parts.headers).send(parts.body);
    return;
  }
  // Straight to Node: what Fastify's reply does between is nothing that a whole body needs.
  reply.hijack();
  writeReply(reply.raw, parts);
}

function sendEvents(ctx: RequestContext, stream: EventStream, reply: FastifyReply, streams: OpenStreams): void {
  // While nothing has been sent a bad id can still be a 400.
  const lastEventId = lastEventIdOf(ctx);
  reply.hijack();
  writeEvents({ ctx, raw: reply.raw, head: eventsHeadOf(ctx), stream, lastEventId, streams });
}

function sendError(api: Api, request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  const ctx = request.apiContext;
  const traceId = ctx?.traceId ?? traceIdFrom(request.raw.headers);
  // A handler that was stopped because its client has gone did nothing wrong, and nobody waits for the answer.
  if (!reply.raw.destroyed) report(api, error, traceId, ctx);
  if (reply.sent) return;
  const { status, headers, body } = problemOf(api, error, traceId, ctx);
  reply.code(status).headers(headers).send(body);
}

function toFastifyPath(basePath: string, path: string): string {
  return basePath + replaceParameters(withoutSlash(path), (name, isRest) => (isRest ? '*' : `:${name}`));
}
