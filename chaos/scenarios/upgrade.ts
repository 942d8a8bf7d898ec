import { execFileSync } from 'node:child_process';
import { inherited } from '../../packages/automate/e2e/support/inherited.ts';
import { cli } from '../../packages/automate/e2e/support/server-process.ts';
import { emptyDatabase } from '../harness/databases.ts';
import { type Experiment, experiment } from '../harness/experiment.ts';
import { olderVersion } from '../harness/older-version.ts';
import { pause, type Scenario, type ScenarioOptions } from '../harness/scenario.ts';

const ITEMS = 3;

export const scenario: Scenario = {
  name: 'upgrade',
  injects:
    'executions are in flight under older code and an older schema; the schema migrates, both run side by side, then only the new',
  passes: 'all finish, each on the version of its workflow that it started with',
  databases: ['postgres'],
  async run(options) {
    const older = olderVersion();
    if (!older) options.say('no older code here (no history): the drill restarts today’s code on today’s schema');
    else options.say(`from ${older.revision}, without ${older.missing.join(', ')}`);
    const database = await emptyDatabase();
    const program = older?.program ?? cli;
    try {
      return await experiment({ ...options, database, environment: { AUTOMATE_SHUTDOWN_SECONDS: '5' } }, (given) =>
        drill(given, program, options),
      );
    } finally {
      older?.dispose();
    }
  },
};

/** Where an execution is when the upgrade comes. */
const kinds = ['sleeping', 'waiting', 'running', 'looping'] as const;
type Kind = (typeof kinds)[number];

async function drill(given: Experiment, program: string, options: ScenarioOptions) {
  const { fleet, sink, database, db, ledger, expect } = given;
  const each = options.isShort ? 5 : 125;
  const migrate = (of: string) =>
    execFileSync(process.execPath, [of, 'migrate'], {
      env: { ...inherited, AUTOMATE_SECRET_KEY: 'a-key-that-only-tests-use-0123456789abcdef', ...database.environment },
      stdio: 'pipe',
    });
  migrate(program);
  const oldServer = await fleet.startServer({ program });
  const oldWorkers = [await fleet.startWorker({ program }), ...(options.isShort ? [] : [await fleet.startWorker({ program })])];
  const seconds = options.isShort ? 8 : 45;
  const workflows = new Map<Kind, string>();
  for (const kind of kinds)
    workflows.set(kind, await given.createWorkflow(graphOf(kind, { sink: sink.url, seconds, version: 1 }), { eventType: kind }));
  await sink.behave('/call', { hold: 'after' });
  const before: string[] = [];
  const waiting: string[] = [];
  for (let count = 0; count < each; count += 1)
    for (const kind of kinds) {
      const id = await given.run(workflows.get(kind) as string);
      before.push(id);
      if (kind === 'waiting') waiting.push(id);
    }
  await begun(given, before, each);

  // The workflows change while their first version runs.
  for (const kind of kinds) {
    const graph = graphOf(kind, { sink: sink.url, seconds: 1, version: 2 });
    const reply = await given.call('PUT', `/api/v1/workflows/${workflows.get(kind)}/`, { name: kind, graph });
    expect(reply.status === 200, `PUT of a workflow: ${reply.status} ${JSON.stringify(reply.body)}`);
  }
  migrate(cli);
  await fleet.startServer();
  const fresh = [await fleet.startWorker(), ...(options.isShort ? [] : [await fleet.startWorker()])];
  // Both versions of the code serve and work side by side, and new executions start meanwhile.
  const after: string[] = [];
  for (let count = 0; count < (options.isShort ? 4 : 40); count += 1) {
    const kind = kinds[count % 4] as Kind;
    const server = fleet.servers[count % fleet.servers.length];
    const reply = await server?.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflows.get(kind)}/run/`, {
      input: {},
    });
    expect(reply?.status === 202, `a run was refused side by side: ${JSON.stringify(reply?.body)}`);
    if (reply?.status !== 202) continue;
    after.push(reply.body.execution_id);
    ledger.runs.add(reply.body.execution_id);
    if (kind === 'waiting') waiting.push(reply.body.execution_id);
    if (!options.isShort) await pause(500);
  }
  await sink.behave('/call', {});
  for (const one of [...oldWorkers, oldServer]) {
    const at = Date.now();
    const held = new Set((await given.faults.heldBy(one)).keys());
    expect((await fleet.stop(one)) === 0, 'an old process did not end with 0');
    given.faults.add({ at, until: Date.now(), held });
  }
  await sink.release();
  expect(fleet.workers.length === fresh.length, 'a new worker is gone');
  for (const id of waiting) {
    const { status } = await given.call('POST', `/api/v1/executions/${id}/signal/`, { name: 'go', data: {} });
    expect(status < 300, `a signal was answered with ${status}`);
  }
  const drained = await given.drain(180);
  const { rows } = await db.query<{ id: string; workflow_version: number; output: { version?: number } | null }>(
    'select id, workflow_version, output from executions',
  );
  const versions = new Map(rows.map((row) => [row.id, row]));
  for (const [ids, version] of [
    [before, 1],
    [after, 2],
  ] as const) {
    const wrong = ids.filter(
      (id) => versions.get(id)?.workflow_version !== version || versions.get(id)?.output?.version !== version,
    );
    expect(
      wrong.length === 0,
      `${wrong.length} executions did not finish on version ${version}: ${JSON.stringify(versions.get(wrong[0] ?? ''))}`,
    );
  }
  const kindOf = new Map([...workflows].map(([kind, id]) => [id, kind]));
  return {
    figures: { in_flight_executions: before.length, side_by_side_executions: after.length, drain_seconds: drained },
    evidence: {
      nodes: null,
      keysOf: ({ id, workflow_id }: { id: string; workflow_id: string }) => keysOf(id, kindOf.get(workflow_id)),
    },
  };
}

/** A first step that stands still in its own way, a call, and what version it was. */
function graphOf(kind: Kind, { sink, seconds, version }: { sink: string; seconds: number; version: number }): object {
  const call = (id: string) => ({
    id,
    type: 'http.request',
    config: { method: 'POST', url: `${sink}/${id}`, json: { version }, timeout_seconds: 200 },
  });
  const nap = (id: string) => ({ id, type: 'core.sleep', config: { seconds } });
  const first = {
    sleeping: nap('first'),
    waiting: { id: 'first', type: 'core.wait_for_signal', config: { name: 'go' } },
    running: call('call'),
    looping: {
      id: 'first',
      type: 'flow.foreach',
      config: {
        items: Array.from({ length: ITEMS }, (_, index) => index),
        body: {
          nodes: [call('each'), { ...nap('rest'), config: { seconds: seconds / ITEMS } }],
          edges: [{ source: 'each', target: 'rest' }],
        },
      },
    },
  }[kind];
  const end = { id: 'end', type: 'core.transform', config: { template: { version } } };
  return {
    nodes: [first, call('last'), end],
    edges: [
      { source: first.id, target: 'last' },
      { source: 'last', target: 'end' },
    ],
  };
}

function keysOf(id: string, kind: Kind | undefined): string[] {
  const loop = Array.from({ length: ITEMS }, (_, index) => `${id}:first/each:${index}`);
  return [`${id}:last:0`, ...(kind === 'running' ? [`${id}:call:0`] : []), ...(kind === 'looping' ? loop : [])];
}

/** Resolves once each execution has come to where it stands still. */
async function begun({ db, sink }: Experiment, ids: readonly string[], each: number): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await pause(100)) {
    const { rows } = await db.query<{ count: number }>(
      `select count(distinct execution_id)::int as count from step_runs where execution_id = any($1)`,
      [ids],
    );
    // A call that is held is not written down while it runs.
    if ((rows[0]?.count ?? 0) >= each * 3 && (await sink.heldCount()) >= each) return;
    if (Date.now() > deadline) throw new Error(`only ${rows[0]?.count} of ${ids.length} executions have begun`);
  }
}
