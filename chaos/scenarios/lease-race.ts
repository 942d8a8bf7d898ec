import { type Experiment, experiment } from '../harness/experiment.ts';
import { EVENT_TYPE } from '../harness/load.ts';
import type { Scenario } from '../harness/scenario.ts';

const PER_REQUEST = 200;

export const scenario: Scenario = {
  name: 'lease-race',
  injects: 'two workers race for 10,000 queued jobs, claiming one at a time and in batches',
  passes: 'each is claimed and completed once; nobody deadlocks',
  databases: ['postgres'],
  run: (options) =>
    experiment(options, async (given) => {
      const { fleet, sink, db, expect } = given;
      const server = await fleet.startServer();
      await given.createWorkflow({
        nodes: [
          { id: 'call', type: 'http.request', config: { method: 'POST', url: `${sink.url}/call`, json: {} } },
          { id: 'end', type: 'core.transform', config: { template: { status: '{{ steps.call.output.status }}' } } },
        ],
        edges: [{ source: 'call', target: 'end' }],
      });
      const total = options.isShort ? 500 : 10_000;
      const figures: Record<string, number> = {};
      for (const [concurrency, share] of [
        [1, 0.1],
        [50, 0.9],
      ] as const) {
        await fill(given, server, total * share);
        const began = performance.now();
        const environment = { AUTOMATE_WORKER_CONCURRENCY: String(concurrency) };
        const workers = await Promise.all([fleet.startWorker({ environment }), fleet.startWorker({ environment })]);
        await given.drain(400);
        figures[`batch_${concurrency}_seconds`] = (performance.now() - began) / 1_000;
        for (const worker of workers) await fleet.stop(worker);
      }
      const { rows } = await db.query<{ id: string }>(`select id from jobs where epoch > 1`);
      const twice = rows.filter(({ id }) => !given.faults.lapsed.has(id) && !fleet.lapsedJobs().includes(id));
      expect(twice.length === 0, `${twice.length} jobs were claimed more than once`);
      const deadlocks = [...fleet.messages('error'), ...fleet.messages('warn')].filter(([text]) => text.includes('deadlock'));
      expect(deadlocks.length === 0, `deadlocks: ${JSON.stringify(deadlocks)}`);
      return { figures, evidence: { nodes: 2, keysOf: ({ id }) => [`${id}:call:0`] } };
    }),
};

async function fill({ ledger }: Experiment, server: { call: Experiment['call'] }, amount: number): Promise<void> {
  for (let sent = 0; sent < amount; sent += PER_REQUEST) {
    const keys = Array.from(
      { length: Math.min(PER_REQUEST, amount - sent) },
      () => `race-${ledger.events.size}-${sent}-${count++}`,
    );
    const events = keys.map((key) => ({ event_type: EVENT_TYPE, payload: { key }, idempotency_key: key }));
    const { status, body } = await server.call<{ event_id: string }[]>('POST', '/api/v1/events/', events);
    if (status !== 202) throw new Error(`events: ${status} ${JSON.stringify(body)}`);
    for (const [index, { event_id }] of body.entries()) ledger.events.set(keys[index] as string, event_id);
  }
}

let count = 0;
