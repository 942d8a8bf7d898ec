// The floor: a key check, the body parsed and written again, usage counted; no limits, no budgets, no log.
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { TOKEN } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';

const upstream = new URL(process.env.UPSTREAM ?? '');
const pool = new Pool(upstream.origin, { connections: 128, pipelining: 1 });
const keys = new Map([[`Bearer ${TOKEN}`, { spent: 0 }]]);
const app = Fastify({ logger: false });
app.post<{ Body: { stream?: boolean } }>('/v1/chat/completions', async (request, reply) => {
  const key = keys.get(request.headers.authorization ?? '');
  if (!key) return reply.code(401).send();
  const answer = await pool.request({
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer vendor' },
    body: JSON.stringify(request.body),
  });
  if (request.body.stream) return reply.header('content-type', 'text/event-stream').send(answer.body);
  const text = await answer.body.text();
  key.spent += (JSON.parse(text) as { usage: { total_tokens: number } }).usage.total_tokens;
  return reply.header('content-type', 'application/json').send(text);
});
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
serveRemote({ url: async () => `http://127.0.0.1:${port}/v1` }, () => app.close());
