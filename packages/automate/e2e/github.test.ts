import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, eventually } from './support/executions.ts';

interface Example {
  readonly name: string;
  readonly examples: readonly { action?: string; sender?: { login: string } }[];
}

const ACTIVE = ['queued', 'running', 'waiting'];

describe.each(databaseKinds)('1,000 real GitHub payloads on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind);
  });
  afterAll(() => server?.close());

  it('run exactly the matching ones, each once, and are all duplicates the second time', async () => {
    await createWorkflow(
      server,
      [{ id: 'say', type: 'core.transform', config: { template: { who: '{{ event.payload.sender.login }}' } } }],
      [],
      {
        triggers: [
          { type: 'event', event_type: 'github.issues.*', filter: { in: [{ var: 'payload.action' }, ['opened', 'labeled']] } },
        ],
      },
    );
    await createWorkflow(server, [{ id: 'say', type: 'core.log', config: { message: '{{ event.type }}' } }], [], {
      triggers: [{ type: 'event', event_type: 'github.push' }],
    });

    const events = thousandEvents();
    const isIssue = (event: (typeof events)[number]) =>
      event.event_type.startsWith('github.issues.') && ['opened', 'labeled'].includes(event.payload.action ?? '');
    const expected = events
      .filter((event) => isIssue(event) || event.event_type === 'github.push')
      .map((event) => event.idempotency_key);
    expect(expected.length).toBeGreaterThan(20);

    const receipts = await postInBatches(events);
    expect(receipts.every(({ status }) => status === 'accepted')).toBe(true);
    const started = await eventually(
      async () => {
        // The outbox first: what leaves it between the two is counted then.
        const { rows: waiting } = await server.automate.db.query('select 1 from outbox');
        const { rows } = await server.automate.db.query<{ key: string; status: string }>(
          `select idempotency_key as key, status from executions join events on events.id = event_id`,
        );
        return { rows, isQuiet: waiting.length === 0 && rows.every(({ status }) => !ACTIVE.includes(status)) };
      },
      ({ isQuiet }) => isQuiet,
      60_000,
    );
    expect(started.rows.map(({ key }) => key).sort()).toEqual([...expected].sort());
    expect(new Set(started.rows.map(({ status }) => status))).toEqual(new Set(['succeeded']));

    const again = await postInBatches(events);
    expect(again.map(({ event_id }) => event_id)).toEqual(receipts.map(({ event_id }) => event_id));
    expect(again.every(({ status }) => status === 'duplicate')).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { rows } = await server.automate.db.query<{ count: number }>('select count(*) from executions');
    expect(rows[0]?.count).toBe(expected.length);
  });

  async function postInBatches(events: readonly object[]) {
    const receipts: { event_id: string; status: string }[] = [];
    for (let start = 0; start < events.length; start += 100) {
      const reply = await server.call<{ event_id: string; status: string }[]>(
        'POST',
        '/api/v1/events/',
        events.slice(start, start + 100),
      );
      expect(reply.status).toBe(202);
      receipts.push(...reply.body);
    }
    return receipts;
  }
});

/** All examples of `@octokit/webhooks-examples`, again and again until there are 1,000. */
function thousandEvents() {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as Example[];
  const all = examples.flatMap(({ name, examples: payloads }) =>
    payloads.map((payload) => ({ event_type: `github.${name}${payload.action ? `.${payload.action}` : ''}`, payload })),
  );
  return Array.from({ length: 1_000 }, (_, index) => ({
    ...(all[index % all.length] as (typeof all)[number]),
    source: 'github',
    idempotency_key: `delivery-${index}`,
  }));
}
