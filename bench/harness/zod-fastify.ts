import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';
import type { z } from 'zod';

/** Bare Fastify with zod as its validator and serializer: the least that checks what comes in and what goes out. */
export function useZod(app: FastifyInstance): FastifyInstance {
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (data) => {
    const parsed = schema.safeParse(data);
    return parsed.success ? { value: parsed.data } : { error: parsed.error };
  });
  app.setSerializerCompiler<z.ZodType>(({ schema }) => (data) => {
    const parsed = schema.safeParse(data);
    if (!parsed.success) throw parsed.error;
    return JSON.stringify(parsed.data);
  });
  return app;
}

/** Lets in who presents the key, looked up in memory as the product does. */
export function checkKey(key: string): onRequestAsyncHookHandler {
  const principals = new Map([[key, { scopes: ['*'] }]]);
  return async (request, reply) => {
    const { authorization = '' } = request.headers;
    const principal = principals.get(authorization.startsWith('Bearer ') ? authorization.slice(7) : '');
    if (!principal?.scopes.includes('*')) await reply.code(401).send({ code: 'unauthenticated' });
  };
}
