import type { Readable } from 'node:stream';
import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { traceIdFrom } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';
import { announcesBody, pathOf } from '../http/request.ts';
import type { Api } from '../requests/api.ts';
import { createDispatcher, type HostRequest } from './dispatcher.ts';
import { fromFastify } from './fastify-errors.ts';
import { leftOpen, readAll, requireLength } from './node.ts';
import { closeSignal, letGo, writeEvents } from './node-reply.ts';
import { createOpenStreams } from './open-streams.ts';
import { besideHost, problemOf } from './reply-parts.ts';

/**
 * The API inside of a host's own Fastify app. The prefix must be the API's `basePath`; the host's hooks run, its parsers, error
 * handler and router options do not matter.
 * @throws `invalid_settings` when the prefix is another than the base path.
 * @example
 * const api = createApi({ router, services, basePath: '/automate' });
 * await app.register(fastifyPlugin(api), { prefix: '/automate' });
 */
export function fastifyPlugin(api: Api): FastifyPluginAsync {
  return async (app) => {
    const prefix = app.prefix.replace(/\/+$/, '');
    if (prefix !== api.basePath) {
      throw apiErrors.invalid_settings(
        `The plugin has the prefix "${prefix}" and its API the base path "${api.basePath}": make them the same.`,
      );
    }
    const dispatcher = createDispatcher(api);
    const streams = createOpenStreams();
    app.removeAllContentTypeParsers();
    // The body stays a stream: it is read once the request has been let in.
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    app.setErrorHandler((error: FastifyError, request, reply) => {
      const ours = fromFastify(error);
      // What the host's own hooks throw is the host's to answer.
      if (ours === error) throw error;
      const { status, headers, body } = problemOf(api, ours, traceIdFrom(request.raw.headers), null);
      return reply.code(status).headers(headers).send(body);
    });
    app.addHook('preClose', async () => streams.close());

    async function handler(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
      const host = hostRequestOf(api, request, reply);
      if (prefix === '' && !dispatcher.owns(host.path)) {
        reply.callNotFound();
        return reply;
      }
      const answer = await dispatcher.answer(host);
      reply.raw.once('finish', () => letGo(request.raw));
      const { status } = answer;
      const headers = besideHost(answer.headers, reply.getHeader('vary'));
      if (!('stream' in answer)) return reply.code(status).headers(headers).send(answer.body);
      const head = { status, headers: { ...(reply.getHeaders() as Record<string, string>), ...headers } };
      reply.hijack();
      writeEvents({ ...answer, head, raw: reply.raw, streams });
      return reply;
    }

    const method = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    // One route for all paths: the host's options for its router would decide about both spellings and long parameters.
    app.route({ method, url: '/*', exposeHeadRoute: false, handler });
    if (prefix !== '') app.route({ method, url: '/', prefixTrailingSlash: 'no-slash', exposeHeadRoute: false, handler });
  };
}

function hostRequestOf(api: Api, request: FastifyRequest, reply: FastifyReply): HostRequest {
  const url = request.raw.url as string;
  const { headers } = request.raw;
  let signal: AbortSignal | undefined;
  return {
    method: request.raw.method as string,
    url,
    path: pathOf(url),
    headers,
    // The host may trust proxies of its own, in its own way.
    ip: api.clientAddress(request.ip ?? '', headers['x-forwarded-for']),
    get signal() {
      signal ??= closeSignal(reply.raw);
      return signal;
    },
    async readBody(limit) {
      const body = request.body as NodeJS.ReadableStream | null | undefined;
      if (!body || !announcesBody(headers)) return undefined;
      requireLength(headers['content-length'], limit);
      return readAll(body as AsyncIterable<Uint8Array>, limit);
    },
    openBody() {
      const body = request.body as Readable | null | undefined;
      return body && announcesBody(headers) ? leftOpen(body) : undefined;
    },
  };
}
