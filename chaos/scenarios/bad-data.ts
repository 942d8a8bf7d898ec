import { type Experiment, experiment } from '../harness/experiment.ts';
import { startLoad } from '../harness/load.ts';
import { pause, type Scenario, type ScenarioOptions } from '../harness/scenario.ts';
import { graph } from '../harness/workload.ts';

const log = (message: string) => ({ nodes: [{ id: 'a', type: 'core.log', config: { message } }], edges: [] });
const NOTHING = log('nothing');
const UNMAKEABLE = '{{ event.payload.is_missing }}';
/** Text that a database cannot hold. */
const UNSTORABLE = 'k{{ event.payload.nul | url_decode }}';

interface BadWorkflow {
  readonly graph: object;
  readonly settings?: object;
}

/** What users make that fails, or that a database refuses, each at another place. */
const badWorkflows: Readonly<Record<string, BadWorkflow>> = {
  'bad.idempotency-key': { graph: NOTHING, settings: { idempotency_key: UNSTORABLE } },
  'bad.concurrency-key': { graph: NOTHING, settings: { concurrency: { limit: 1, key: UNMAKEABLE } } },
  'bad.rate-key': { graph: NOTHING, settings: { rate_limit: { limit: 5, period_seconds: 1, key: UNSTORABLE } } },
  'bad.debounce-key': { graph: NOTHING, settings: { debounce: { seconds: 0.3, key: UNSTORABLE } } },
  'bad.batch-key': { graph: NOTHING, settings: { batch: { size: 7, seconds: 0.3, key: UNMAKEABLE } } },
  'bad.debounce-release': {
    graph: NOTHING,
    settings: { debounce: { seconds: 0.3 }, concurrency: { limit: 1, key: UNMAKEABLE } },
  },
  'bad.batch-release': { graph: NOTHING, settings: { batch: { size: 5, seconds: 0.3 }, idempotency_key: UNMAKEABLE } },
  'bad.priority': { graph: NOTHING, settings: { priority: { '/': [1, { var: 'payload.zero' }] } } },
  'bad.input': { graph: log('x{{ event.payload.base64 | base64_decode }}') },
  'bad.half': { graph: log('{{ event.payload.emoji | split: "" | first }}') },
  'bad.output': {
    graph: { nodes: [{ id: 'a', type: 'core.transform', config: { template: { v: UNSTORABLE } } }], edges: [] },
  },
  'bad.signal-name': { graph: { nodes: [{ id: 'a', type: 'core.wait_for_signal', config: { name: UNSTORABLE } }], edges: [] } },
  'bad.wait': {
    graph: {
      nodes: [
        {
          id: 'a',
          type: 'core.wait_for_event',
          config: { event_type: 'bad.*', match: { '<': [{ '/': [1, { var: 'payload.zero' }] }, 0] }, timeout_seconds: 0.5 },
        },
      ],
      edges: [],
    },
  },
  'bad.emit': {
    graph: {
      nodes: [{ id: 'a', type: 'core.emit', config: { event_type: 'nobody.asked', payload: { v: UNSTORABLE } } }],
      edges: [],
    },
  },
  'bad.child': {
    graph: { nodes: [{ id: 'a', type: 'workflow.run', config: { workflow: 'bad-concurrency-key', input: {} } }], edges: [] },
  },
};

const PAYLOAD = { nul: '%00', base64: 'AA==', emoji: '😀', zero: 0 };

export const scenario: Scenario = {
  name: 'bad-data',
  injects:
    'events, settings and steps that fail or that the database refuses, of each kind ten times a second, and kill -9 of workers',
  passes:
    'each ends by itself with a verdict or a failed step; nothing else stops, nothing is a dead letter, nothing is left over',
  databases: ['postgres'],
  run: (options) => experiment(options, (given) => run(given, options)),
};

async function run(given: Experiment, { kills = 20, isShort, random }: ScenarioOptions) {
  const { fleet, ledger, faults, sink, db, expect } = given;
  await fleet.startServer();
  const healthy = await given.createWorkflow(graph(sink.url));
  for (const [eventType, { graph: bad, settings = {} }] of Object.entries(badWorkflows))
    await given.createWorkflow(bad, { eventType, settings });
  while (fleet.workers.length < 2) await fleet.startWorker();

  const load = startLoad({ fleet, ledger, perSecond: 20 });
  let isOver = false;
  let sent = 0;
  const sending = (async () => {
    while (!isOver) {
      const events = Object.keys(badWorkflows).map((event_type) => ({ event_type, payload: PAYLOAD }));
      const { status } = await given.call('POST', '/api/v1/events/', events);
      if (status === 202) sent += events.length;
      await pause(100);
    }
  })();
  for (let kill = 0; kill < (isShort ? 3 : kills); kill += 1) {
    await pause(500 + random() * 1_000);
    const victim = fleet.workers[Math.floor(random() * fleet.workers.length)];
    if (!victim) throw new Error('no worker is up');
    await fleet.kill(victim);
    await faults.hit(victim);
    await fleet.startWorker();
  }
  isOver = true;
  await sending;
  await load.stop();
  await faults.settled(60);
  const drained = await given.drain(120);

  const count = async (text: string) => (await db.query<{ count: number }>(text)).rows[0]?.count ?? -1;
  const left = {
    'events not dispatched': await count('select count(*)::int as count from outbox'),
    'dead letters': await count(`select count(*)::int as count from jobs where state = 'failed'`),
    'events that are waited for': await count('select count(*)::int as count from event_waits'),
    'steps not ended': await count(
      `select count(*)::int as count from step_runs where status in ('running', 'waiting', 'retrying')`,
    ),
  };
  for (const [what, number] of Object.entries(left)) expect(number === 0, `${number} ${what}`);
  const failed = await count(`select count(*)::int as count from executions where status = 'failed'`);
  const verdicts = await count('select count(*)::int as count from verdicts where error is not null');
  expect(failed > 0 && verdicts > 0, `${failed} executions have failed, ${verdicts} verdicts have an error`);
  return {
    figures: { bad_events: sent, failed_executions: failed, verdicts_with_error: verdicts, drain_seconds: drained },
    evidence: { workflowIds: [healthy] },
  };
}
