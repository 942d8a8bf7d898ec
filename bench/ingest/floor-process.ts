// The floor: what one would write by hand, one INSERT a request into the same table with the same indexes.
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import pg from 'pg';
import { TOKEN } from '../harness/product.ts';
import { serveRemote } from '../harness/remote.ts';
import { checkKey, useZod } from '../harness/zod-fastify.ts';
import { EventInput, Receipt } from './event.ts';

const TENANT = '018f0000-0000-7000-8000-000000000001';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL ?? '', max: 12 });
await pool.query(`
  create table events (
    id uuid primary key default uuidv7(), tenant_id uuid not null, event_type text not null, source text not null,
    payload jsonb not null, idempotency_key text, occurred_at timestamptz(3) not null,
    received_at timestamptz(3) not null default now(), trace_id text not null
  );
  create index events_tenant on events (tenant_id, id);
  create index events_trace on events (trace_id);`);

const app = useZod(Fastify({ logger: false }));
app.post<{ Body: (typeof EventInput)['_output'] }>('/api/v1/events/', {
  schema: { body: EventInput, response: { 202: Receipt } },
  onRequest: checkKey(TOKEN),
  async handler(request, reply) {
    const { event_type, source, payload, idempotency_key = null, occurred_at = new Date() } = request.body;
    const traceId = randomUUID().replaceAll('-', '');
    const { rows } = await pool.query<{ id: string }>({
      name: 'insert',
      text: `insert into events (tenant_id, event_type, source, payload, idempotency_key, occurred_at, trace_id)
        values ($1, $2, $3, $4, $5, $6, $7) returning id`,
      values: [TENANT, event_type, source, JSON.stringify(payload), idempotency_key, occurred_at, traceId],
    });
    return reply.code(202).send({ event_id: rows[0]?.id, status: 'accepted', trace_id: traceId });
  },
});
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;

serveRemote(
  {
    url: async () => `http://127.0.0.1:${port}/api/v1/events/`,
    async count() {
      const { rows } = await pool.query<{ count: string }>('select count(*) as count from events');
      return Number(rows[0]?.count);
    },
  },
  async () => {
    await app.close();
    await pool.end();
  },
);
