// The floor: the same two routes by hand, on bare Fastify with zod.
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { z } from 'zod';
import { TOKEN } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';
import { checkKey, useZod } from '../harness/zod-fastify.ts';
import { PAGE, store, Task, TaskModel, TaskPage, TENANT } from './rows.ts';

const app = useZod(Fastify({ logger: false, routerOptions: { ignoreTrailingSlash: true } }));
const scope = { tenantId: TENANT };
const order = [{ column: 'id', descending: true }];
const onRequest = checkKey(TOKEN);
const Query = z.strictObject({ cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(200).default(PAGE) });

app.get<{ Params: { id: string } }>('/tasks/:id/', {
  schema: { params: z.object({ id: z.uuid() }), response: { 200: Task } },
  onRequest,
  async handler(request, reply) {
    const task = await store.get(TaskModel, request.params.id, scope);
    return task ?? reply.code(404).send({ code: 'not_found' });
  },
});
app.get<{ Querystring: z.output<typeof Query> }>('/tasks/', {
  schema: { querystring: Query, response: { 200: TaskPage } },
  onRequest,
  async handler({ query: { limit } }) {
    const rows = await store.list(TaskModel, { filters: [], order, limit: limit + 1 }, scope);
    const results = rows.slice(0, limit);
    const cursor = Buffer.from(JSON.stringify([results.at(-1)?.id])).toString('base64url');
    return { results, next: rows.length > limit ? `/tasks/?cursor=${cursor}&limit=${limit}` : null, previous: null };
  },
});
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
serveRemote({ url: async () => `http://127.0.0.1:${port}/tasks/` }, () => app.close());
