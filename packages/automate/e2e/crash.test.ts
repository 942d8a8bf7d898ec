import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { randomFrom } from './support/generate.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';
import { createSink, type Sink } from './support/sink.ts';

const ROUNDS = 20;
const BATCH = 25;

describe.each(databaseKinds)(`${ROUNDS} rounds of kill -9 under load on %s`, (kind) => {
  let database: TestDatabase;
  let sink: Sink;
  const seed = Number(process.env.AUTOMATE_TEST_SEED ?? randomBytes(4).readUInt32BE());

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    sink = await createSink();
  });
  afterAll(async () => {
    await sink?.close();
    await database?.dispose();
  });

  it('loses no acknowledged event, runs no finished step twice, writes no row too many', { timeout: 600_000 }, async () => {
    console.log(`crash test on ${kind}: seed ${seed} (AUTOMATE_TEST_SEED replays it)`);
    const random = randomFrom(seed);
    const token = `crash_${randomBytes(16).toString('hex')}`;
    const environment = {
      AUTOMATE_BOOTSTRAP_TOKEN: token,
      AUTOMATE_LEASE_SECONDS: '2',
      AUTOMATE_OUTBOUND_ALLOW_HOSTS: sink.host,
    };
    let server = await startServerProcess(database, environment);
    const workflow = await server.call('POST', '/api/v1/workflows/', {
      name: 'Crash',
      triggers: [{ type: 'event', event_type: 'crash.test' }],
      graph: graph(sink.url),
    });
    expect(workflow.status).toBe(201);

    const acknowledged = new Map<string, string>();
    let sent = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const killAfter = 100 + random() * 700;
      const load = keepPosting(server, () => Array.from({ length: BATCH }, () => `event-${sent++}`), acknowledged);
      await new Promise((resolve) => setTimeout(resolve, killAfter));
      await server.kill();
      await load;
      server = await startServerProcess(database, environment);
    }

    await eventually(
      () => countOpen(server),
      (open) => open === 0,
      120_000,
    );
    await server.stop();
    await check(acknowledged);
  });

  /** Counts in the database, with no server running. */
  async function check(acknowledged: ReadonlyMap<string, string>): Promise<void> {
    const db = await database.open();
    try {
      const { rows } = await db.query<{
        key: string;
        event_id: string;
        execution_id: string | null;
        status: string | null;
        steps: number;
        ended: number;
      }>(
        `select idempotency_key as key, events.id as event_id, executions.id as execution_id, executions.status, executions.error,
           (select count(*) from step_runs where execution_id = executions.id) as steps,
           (select count(*) from step_runs where execution_id = executions.id and status in ('succeeded', 'skipped')) as ended
         from events left join executions on executions.event_id = events.id where event_type = 'crash.test'`,
      );
      const byKey = new Map(rows.map((row) => [row.key, row]));
      for (const [key, eventId] of acknowledged) expect(byKey.get(key)?.event_id, `acknowledged ${key} is there`).toBe(eventId);
      expect(new Set(rows.map((row) => row.key)).size, 'one execution an event').toBe(rows.length);
      const wrong = rows.filter((row) => row.status !== 'succeeded' || row.steps !== NODES || row.ended !== NODES);
      expect(wrong).toEqual([]);
      expect(acknowledged.size).toBeGreaterThan(ROUNDS);

      // A step's call may be repeated in the moment of a kill, always under its one key; once the step is stored, never.
      const stored = new Set(rows.flatMap(({ execution_id: id }) => [`${id}:call:0`]));
      expect(new Set(sink.calls.map(({ key }) => key))).toEqual(stored);
      const late = await db.query<{ key: string; finished_at: string }>(
        `select execution_id || ':call:0' as key, finished_at from step_runs where node_path = 'call'`,
      );
      const finishedAt = new Map(late.rows.map((row) => [row.key, Date.parse(row.finished_at)]));
      const repeatedAfterEnd = sink.calls.filter(({ key, at }) => at > (finishedAt.get(key) ?? 0) + 1);
      expect(repeatedAfterEnd, 'no finished step ran again').toEqual([]);
      const left = await db.query(`select id, state from jobs where state not in ('succeeded')`);
      expect(left.rows).toEqual([]);
      console.log(
        `${kind}: ${acknowledged.size} acknowledged, ${rows.length} executions, ${sink.calls.length - stored.size} repeated calls in kill windows`,
      );
    } finally {
      await db.close();
    }
  }
});

/** Seven nodes: a decision, a skipped branch, a parallel pair with a call to the outside and a sleep, a join, an end. */
function graph(sinkUrl: string) {
  const node = (id: string, type: string, config: object) => ({ id, type, config });
  return {
    nodes: [
      node('if', 'logic.if', { condition: { '!!': [{ var: 'event.payload.key' }] } }),
      node('never', 'core.log', { message: 'not reached' }),
      node('make', 'core.transform', { template: { key: '{{ event.payload.key }}' } }),
      node('call', 'http.request', { method: 'POST', url: sinkUrl, json: { key: '{{ steps.make.output.key }}' } }),
      node('nap', 'core.sleep', { seconds: 0.05 }),
      node('join', 'core.transform', { template: { status: '{{ steps.call.output.status }}' } }),
      node('end', 'core.log', { message: 'done', level: 'debug' }),
    ],
    edges: [
      { source: 'if', target: 'never', condition: 'false' },
      { source: 'if', target: 'make', condition: 'true' },
      { source: 'make', target: 'call' },
      { source: 'make', target: 'nap' },
      { source: 'call', target: 'join' },
      { source: 'nap', target: 'join' },
      { source: 'join', target: 'end' },
    ],
  };
}
const NODES = 7;

/** Events and jobs that have not ended. */
async function countOpen(server: ServerProcess): Promise<number> {
  const counts = await Promise.all(
    ['queued', 'scheduled', 'running'].map(async (state) => {
      const { body } = await server.call<{ count: number }>('GET', `/api/v1/jobs/?limit=1&count=true&state=${state}`);
      return body.count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Posts batches until the server is gone; remembers what was acknowledged. */
async function keepPosting(server: ServerProcess, nextKeys: () => string[], acknowledged: Map<string, string>): Promise<void> {
  for (;;) {
    const keys = nextKeys();
    const events = keys.map((key) => ({ event_type: 'crash.test', payload: { key }, idempotency_key: key }));
    try {
      const reply = await server.call<{ event_id: string }[]>('POST', '/api/v1/events/', events);
      if (reply.status !== 202) return;
      for (const [index, receipt] of reply.body.entries()) acknowledged.set(keys[index] as string, receipt.event_id);
    } catch {
      return; // killed
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
