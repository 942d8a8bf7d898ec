import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../src/testing/index.ts';
import * as attacks from './support/attacks.ts';
import { eventually } from './support/executions.ts';
import { type Probed, startProbing, summary } from './support/probing.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

const LIVE_MS = 500;
const LIST_MS = 2_000;
/** A reply that is late by itself is the machine's; what blocks a process is late many times. */
const LATE_ALLOWED = 2;
/** A machine that was busy with something else has another try; what blocks a process does so again. */
const MEASURED = { timeout: 180_000, retry: 1 };

describe.each(databaseKinds)('an installation under attack on %s', (kind) => {
  let database: TestDatabase;
  let server: ServerProcess;
  let attacker: attacks.Attacker;
  let neighbour: attacks.Attacker;
  let large: Awaited<ReturnType<typeof attacks.startSink>>;
  let deep: Awaited<ReturnType<typeof attacks.startSink>>;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    const megabyte = JSON.stringify('x'.repeat(1_048_573));
    large = await attacks.startSink(function* () {
      yield '[1';
      for (let index = 0; index < 40; index += 1) yield `,${megabyte}`;
      yield ']';
    });
    deep = await attacks.startSink(() => [attacks.deepJson(100_000)]);
    const started = await startServerProcess(
      database,
      { AUTOMATE_OUTBOUND_ALLOW_HOSTS: `${large.host},${deep.host}`, AUTOMATE_LOG_LEVEL: 'fatal' },
      [],
      { program: fileURLToPath(new URL('./fixtures/standing-host.ts', import.meta.url)) },
    );
    server = started;
    const { attacker: key, neighbour: other } = started.ready;
    attacker = { url: server.url, key: key as string };
    neighbour = { url: server.url, key: other as string };
    // Everything is compiled once before it is measured.
    for (const who of [attacker, neighbour]) await attacks.run(who, await attacks.save(who, simple()));
    await attacks.send(neighbour, 'GET', '/api/v1/executions/');
  });
  afterAll(async () => {
    await server?.stop();
    await Promise.all([large?.close(), deep?.close()]);
    await database?.dispose();
  });

  it.each<[string, () => Promise<unknown>]>([
    ['400 heavy templates in one step, twenty times', () => attacks.templates(attacker, 400)],
    ['60 heavy prompts, and 1,000 heavy expressions', () => attacks.prompts(attacker, 60)],
    ['50 heavy triggers and 200 events', () => attacks.triggers(attacker, { workflows: 50, events: 200 })],
    ['1,000,000 columns', () => attacks.columns(attacker, 1_000_000)],
    ['a schema of 2,800 alternatives', () => attacks.schemas(attacker, 2_800)],
    ['replies of 40 MB', () => attacks.requests(attacker, large.url, 10)],
    ['replies that are 100,000 deep', () => attacks.requests(attacker, deep.url, 10)],
    ['an event that is 100,000 deep', () => attacks.send(attacker, 'POST', '/api/v1/events/', attacks.deepJson(100_000))],
    ['a workflow that starts itself three times', () => attacks.forks(attacker)],
  ])('answers others under %s', MEASURED, async (_name, attack) => {
    const results = await probedWhile(async () => {
      await attack();
      await attacks.run(neighbour, await attacks.save(neighbour, simple()));
      await calm();
    });
    expectAnswers(results);
  });

  it('answers others under 1,200 streams of one key', MEASURED, async () => {
    let close = () => {};
    try {
      const results = await probedWhile(async () => {
        const streams = await attacks.streams(attacker, 1_200);
        close = streams.close;
        expect(streams.open + streams.refused).toBe(1_200);
        expect(streams.open).toBeGreaterThan(0);
        await pause(5_000);
      });
      expectAnswers(results);
    } finally {
      close();
    }
  });

  async function probedWhile(work: () => Promise<void>): Promise<Probed[]> {
    const probing = startProbing([
      { name: 'live', url: `${server.url}/health/live/` },
      { name: 'list', url: `${server.url}/api/v1/executions/?limit=10`, headers: { authorization: `Bearer ${neighbour.key}` } },
    ]);
    try {
      await work();
    } catch (error) {
      await probing.stop();
      throw error;
    }
    return probing.stop();
  }

  /** The neighbour's work goes through, whatever the attacker has started, and that comes to its end. */
  async function calm(): Promise<void> {
    const mine = async () =>
      (await attacks.send(neighbour, 'GET', '/api/v1/executions/?limit=1')).body.results as { status: string }[];
    await eventually(mine, ([latest]) => latest?.status === 'succeeded', 60_000);
    const left = async () =>
      (await attacks.send(attacker, 'GET', '/api/v1/executions/?status_in=queued,running,waiting&limit=1')).body
        .results as object[];
    await eventually(left, ({ length }) => length === 0, 120_000);
    await pause(2_000);
  }
});

function expectAnswers(results: readonly Probed[]): void {
  const live = summary(results, 'live', LIVE_MS);
  const list = summary(results, 'list', LIST_MS);
  console.log(`live: ${JSON.stringify(live)}, list: ${JSON.stringify(list)}`);
  expect(live.count).toBeGreaterThan(0);
  expect(live.late, `longest ${live.longestMs} ms`).toBeLessThanOrEqual(LATE_ALLOWED);
  expect(list.late, `longest ${list.longestMs} ms`).toBeLessThanOrEqual(LATE_ALLOWED);
}

function simple(): object {
  return { name: 'Simple', graph: { nodes: [{ id: 'a', type: 'core.log', config: { message: 'hello' } }], edges: [] } };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
