import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createTestDatabase, databaseKinds } from '../src/testing/index.ts';
import { createAgentVendor } from './support/agent-house.ts';
import { type Execution, eventually } from './support/executions.ts';
import { sized } from './support/lanes.ts';
import { createRandom } from './support/random-json.ts';
import { createScriptedSink } from './support/scripted-sink.ts';
import { startServerProcess } from './support/server-process.ts';

const KILLS = sized(5, 20);
const TURNS = KILLS * 3;
const seed = Number(process.env.AUTOMATE_TEST_SEED ?? randomBytes(4).readUInt32BE());

it.each(databaseKinds)(
  'an agent that is killed at any moment pays for no finished turn or call again on %s',
  async (kind) => {
    console.log(`kills of an agent on ${kind}: seed ${seed} (AUTOMATE_TEST_SEED replays it)`);
    const random = createRandom(seed);
    const database = await createTestDatabase(kind);
    const sink = await createScriptedSink();
    const vendor = await createAgentVendor((_request, turn) =>
      turn < TURNS
        ? [
            ['call', { place: `${turn}-a` }],
            ['call', { place: `${turn}-b` }],
          ]
        : 'All is done.',
    );
    vendor.delayMs = 80;
    const environment = {
      AUTOMATE_BOOTSTRAP_TOKEN: 'a-token-that-only-tests-use-0123456789',
      AUTOMATE_LEASE_SECONDS: '2',
      AUTOMATE_OUTBOUND_ALLOW_HOSTS: `${sink.host},${vendor.host}`,
    };
    let server = await startServerProcess(database, environment);
    try {
      const config = { base_url: vendor.url };
      await server.call('POST', '/api/v1/providers/', {
        slug: 'vendor',
        kind: 'openai-compatible',
        config,
        api_key: 'sk-vendor-key-1234',
      });
      const tool = {
        name: 'call',
        description: 'Calls a place.',
        parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
        type: 'http.request',
        config: { method: 'POST', url: `${sink.url}/{{ arguments.place }}` },
      };
      const agent = {
        id: 'agent',
        type: 'agent.run',
        config: { model: 'vendor/m', prompt: 'Go on.', tools: [tool], max_turns: 100 },
      };
      const made = await server.call<{ id: string }>('POST', '/api/v1/workflows/', { name: 'x', graph: { nodes: [agent] } });
      expect(made.status).toBe(201);
      const started = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${made.body.id}/run/`, {});
      const get = async () => (await server.call<Execution>('GET', `/api/v1/executions/${started.body.execution_id}/`)).body;

      /** What is stored as finished, with how often it was asked for until then. */
      const paid = new Map<string, number>();
      const countOf = (what: string) =>
        what.startsWith('turn ')
          ? (vendor.counts.get(`m ${what.slice(5)}`) ?? 0)
          : sink.calls.filter(({ path }) => path === what).length;
      const note = ({ steps }: Execution) => {
        for (const { node, iteration, status } of steps) {
          if (status !== 'succeeded') continue;
          const call = /^agent\/calls:(\d+)\/tool_call$/.exec(node);
          const what = node === 'agent/model' ? `turn ${iteration}` : call && `/${call[1]}-${'ab'[iteration]}`;
          if (what && !paid.has(what)) paid.set(what, countOf(what));
        }
      };
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = vendor.requests.length;
        await eventually(
          async () => vendor.requests.length,
          (count) => count > before,
          60_000,
        );
        await new Promise((resolve) => setTimeout(resolve, random() * 500));
        const execution = await get();
        note(execution);
        expect(execution.finished_at).toBeNull();
        await server.kill();
        server = await startServerProcess(database, environment);
      }
      const ended = await eventually(get, ({ finished_at }) => finished_at !== null, 60_000);
      expect(ended).toMatchObject({
        status: 'succeeded',
        output: { text: 'All is done.', turns: TURNS + 1, tool_calls: TURNS * 2 },
      });
      expect(paid.size).toBeGreaterThan(KILLS);
      for (const [what, times] of paid) expect(`${what} ${countOf(what)}`).toBe(`${what} ${times}`);
      // Only what was in flight at a kill was asked for once more.
      expect(vendor.requests.length).toBeLessThanOrEqual(TURNS + 1 + KILLS);
      const { length: calls } = sink.calls;
      expect(calls).toBeLessThanOrEqual(TURNS * 2 + KILLS * 2);
      const keys = new Map(sink.calls.map(({ path, key }) => [path, key]));
      for (const { path, key } of sink.calls) expect(key).toBe(keys.get(path));
      expect(keys.size).toBe(TURNS * 2);
    } finally {
      await server.kill();
      await vendor.close();
      await sink.close();
      await database.dispose();
    }
  },
  600_000,
);
