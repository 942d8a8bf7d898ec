import { expect } from 'vitest';
import { newId } from '../../src/kernel/index.ts';
import { BASE, type StudioTest } from './studio.ts';

const HOUR = 3_600_000;

/** A month's calls of models, two budgets and a few files. */
export async function spendMoney({ server }: StudioTest): Promise<void> {
  const { db } = server.automate;
  const { rows } = await db.query<{ id: string }>(`select id from automate.tenants where slug = 'default'`);
  const models = [
    ['support-chat', 'gpt-4o-mini', 2_000_000],
    ['summaries', 'claude-sonnet-4-5', 9_000_000],
    ['search', 'own-embedder', null],
  ] as const;
  for (let index = 0; index < 90; index += 1) {
    const [endpoint, model, nanos] = models[index % 3] as (typeof models)[number];
    await db.query(
      `insert into gateway.calls (id, tenant_id, created_at, task, model, endpoint, provider, provider_model, protocol, caller, trace_id, status, cost_nanos, input_tokens, latency_ms)
       values ($1, $2, $3, 'llm.chat', $4, $4, 'vendor', $5, 'openai', 'user', 'trace', 'succeeded', $6, 900, 700)`,
      [
        newId(),
        rows[0]?.id,
        new Date(Date.now() - index * 8 * HOUR).toISOString(),
        endpoint,
        model,
        nanos && nanos * (1 + (index % 7)),
      ],
    );
  }
  for (const budget of [
    { name: 'Support team', period: 'month', metric: 'usd', amount: '50' },
    { name: 'Nightly summaries', period: 'day', metric: 'tokens', amount: '2000000' },
  ])
    expect((await server.call('POST', `${BASE}/api/v1/gateway/budgets/`, budget)).status).toBe(201);
  const form = new FormData();
  form.append('file', new Blob(['{"answer": 42}'], { type: 'application/json' }), 'facts.json');
  form.append('file', new Blob(['What an event is'], { type: 'text/plain' }), 'notes.txt');
  const headers = { authorization: `Bearer ${server.token}` };
  const stored = await fetch(`${server.url}${BASE}/api/v1/artifacts/`, { method: 'POST', headers, body: form });
  expect(stored.status).toBe(201);
}
