import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findUnstorable, type Json, NotStorable, toStorableJson } from '../src/kernel/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, stepsOf, waitForExecution } from './support/executions.ts';
import { createRandom, type RandomJson, randomJson } from './support/random-json.ts';

const seed = Number(process.env.AUTOMATE_TEST_SEED ?? randomBytes(4).readUInt32BE());
const ROUNDS = Number(process.env.AUTOMATE_TEST_ROUNDS ?? 100);
const AT_ONCE = 10;
const REFUSALS = ['number_out_of_range', 'nul_character', 'lone_surrogate', 'forbidden_key', 'too_deep'];

type Problem = { code: string; errors?: { code: string; pointer: string }[] };
type Replied = { status: number; body: Problem };

/** Equal as JSON: jsonb keeps no order of keys, and JSON has one zero. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
}

/** Answers `/echo` with what it got, and `/reply/<n>` with the text that it was given for that; remembers what came for each trace. */
async function createEcho() {
  const replies = new Map<string, string>();
  const received = new Map<string, string[]>();
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = request.url ?? '';
    if (!path.startsWith('/reply/')) {
      const key = `${path} ${request.headers['x-trace-id']}`;
      received.set(key, [...(received.get(key) ?? []), text]);
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(replies.get(path) ?? text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}`, replies, received, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe.each(databaseKinds)('random values on %s', (kind) => {
  let server: TestServer;
  let echo: Awaited<ReturnType<typeof createEcho>>;
  const rounds: RandomJson[] = [];

  beforeAll(async () => {
    console.log(
      `random values on ${kind}: seed ${seed}, ${ROUNDS} rounds (AUTOMATE_TEST_SEED and AUTOMATE_TEST_ROUNDS replay it)`,
    );
    const random = createRandom(seed);
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(randomJson(random));
    echo = await createEcho();
    server = await createTestServer(kind, { environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: echo.host } });
  });
  afterAll(async () => {
    await server?.close();
    await echo?.close();
  });

  /** Does something with every value, some at a time. */
  async function each(work: (value: RandomJson, round: number) => Promise<void>): Promise<void> {
    const open = [...rounds.entries()];
    const next = async (): Promise<void> => {
      for (let entry = open.shift(); entry; entry = open.shift()) {
        const [round, value] = entry;
        await work(value, round).catch((error: unknown) => {
          throw new Error(`round ${round} of seed ${seed}: ${value.text.slice(0, 2_000)}`, { cause: error });
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  /** Whether it was taken; what was refused was refused for a reason, and what has a reason was refused. */
  function isTaken({ status, body }: Replied, { text, hasInexactNumber }: RandomJson, levels: number, taken: number): boolean {
    const wrapped = Array.from({ length: levels }).reduce<unknown>((inner) => [inner], JSON.parse(text));
    const reason = hasInexactNumber ? 'number_out_of_range' : findUnstorable(wrapped)?.code;
    if (status === taken) {
      expect(reason).toBeUndefined();
      return true;
    }
    expect(status, JSON.stringify(body)).toBe(400);
    expect(reason).toBeDefined();
    const codes = [body.code, ...(body.errors ?? []).map(({ code }) => code)];
    expect(
      REFUSALS.some((code) => codes.includes(code)),
      JSON.stringify(body),
    ).toBe(true);
    if (hasInexactNumber) expect(body.code).toBe('number_out_of_range');
    return false;
  }

  function expectOneTry(execution: Execution): void {
    for (const step of execution.steps) expect(step.attempts, step.node).toBe(1);
  }

  it('come through event, template, step, reply and replay as they went in, or are refused', {
    timeout: 60_000 + ROUNDS * 3_000,
  }, async () => {
    const post = (id: string, path: string, json: string) => ({
      id,
      type: 'http.request',
      config: { method: 'POST', url: `${echo.url}${path}`, json },
    });
    await createWorkflow(
      server,
      [
        { id: 'make', type: 'core.transform', config: { template: { v: '{{ event.payload.v }}' } } },
        { id: 'pick', type: 'core.transform', config: { logic: { var: 'steps.make.output.v' } } },
        post('call', '/echo', '{{ steps.pick.output }}'),
        post('again', '/again', '{{ steps.call.output.body }}'),
      ],
      [
        { source: 'make', target: 'pick' },
        { source: 'pick', target: 'call' },
        { source: 'call', target: 'again' },
      ],
      { triggers: [{ type: 'event', event_type: 'values.seen' }] },
    );
    let through = 0;
    await each(async (value) => {
      const sent = await server.call<Problem & { event_id: string; trace_id: string }>(
        'POST',
        '/api/v1/events/',
        `{"event_type":"values.seen","payload":{"v":${value.text}}}`,
      );
      // Below the event and its payload.
      if (!isTaken(sent, value, 2, 202)) return;
      const expected = canonical(JSON.parse(value.text));
      const { event_id: eventId, trace_id: traceId } = sent.body;
      const event = await server.call<{ payload: { v: Json } }>('GET', `/api/v1/events/${eventId}/?raw=true`);
      expect(canonical(event.body.payload.v)).toBe(expected);
      const { results } = await eventually(
        async () => (await server.call<{ results: { id: string }[] }>('GET', `/api/v1/executions/?trace_id=${traceId}`)).body,
        (list) => list.results.length > 0,
        60_000,
      );
      const execution = await waitForExecution(server, (results[0] as { id: string }).id, 60_000);
      expect(execution.status, JSON.stringify(execution.error)).toBe('succeeded');
      expectOneTry(execution);
      const replayed = await server.call<{ execution_id: string; trace_id: string }>(
        'POST',
        `/api/v1/executions/${execution.id}/replay/`,
        {},
      );
      const second = await waitForExecution(server, replayed.body.execution_id, 60_000);
      expect(second.status, JSON.stringify(second.error)).toBe('succeeded');
      expectOneTry(second);
      for (const path of ['/echo', '/again']) {
        const bodies = [...new Set([traceId, replayed.body.trace_id])].flatMap(
          (trace) => echo.received.get(`${path} ${trace}`) ?? [],
        );
        expect(bodies).toHaveLength(2);
        for (const body of bodies) expect(canonical(JSON.parse(body))).toBe(expected);
      }
      through += 1;
    });
    expect(through).toBeGreaterThan(ROUNDS / 4);
  });

  it('come back from a reply as they were, made storable, or fail the step by name', {
    timeout: 60_000 + ROUNDS * 3_000,
  }, async () => {
    const workflow = await createWorkflow(
      server,
      [
        { id: 'call', type: 'http.request', config: { url: `${echo.url}/reply/{{ event.payload.round }}` } },
        {
          id: 'send',
          type: 'http.request',
          config: { method: 'POST', url: `${echo.url}/got`, json: '{{ steps.call.output.body }}' },
        },
      ],
      [{ source: 'call', target: 'send' }],
    );
    await each(async (value, round) => {
      echo.replies.set(`/reply/${round}`, value.text);
      const started = await server.call<{ execution_id: string; trace_id: string }>(
        'POST',
        `/api/v1/workflows/${workflow}/run/`,
        {
          input: { round },
        },
      );
      const execution = await waitForExecution(server, started.body.execution_id, 60_000);
      expectOneTry(execution);
      if (value.hasInexactNumber) {
        expect(execution.status).toBe('failed');
        expect(stepsOf(execution).call?.error).toMatchObject({ code: 'number_out_of_range' });
        return;
      }
      // NUL and halves of surrogate pairs are U+FFFD; whatever else cannot be kept is refused.
      const output = keptOrFault(JSON.parse(value.text));
      if (output instanceof NotStorable) {
        expect(execution.status).toBe('failed');
        expect(stepsOf(execution).call?.error).toMatchObject({ code: `output_${output.code}` });
        return;
      }
      expect(execution.status, JSON.stringify(execution.error)).toBe('succeeded');
      const [body] = echo.received.get(`/got ${started.body.trace_id}`) ?? [];
      expect(canonical(JSON.parse(body ?? ''))).toBe(canonical(output));
    });
  });

  it('go out and in again with the workflow that they are a part of, or are refused', {
    timeout: 60_000 + ROUNDS * 3_000,
  }, async () => {
    const graph = JSON.stringify({ nodes: [{ id: 'a', type: 'core.log', config: { message: 'x' } }], edges: [] });
    type Portable = { slug: string; triggers: { config: { v: Json } }[] };
    const exported = async (slug: string) =>
      (await server.call<Portable[]>('GET', `/api/v1/workflows/export/?slug_in=${slug}`)).body[0] as Portable;
    await each(async (value, round) => {
      const slug = `value-${round}`;
      const trigger = `{"type":"event","event_type":"never.seen","config":{"v":${value.text}}}`;
      const created = await server.call<Problem>(
        'POST',
        '/api/v1/workflows/',
        `{"name":"Value","slug":"${slug}","graph":${graph},"triggers":[${trigger}]}`,
      );
      // Below the workflow, its triggers, the trigger and its configuration.
      if (!isTaken(created, value, 4, 201)) return;
      const expected = canonical(JSON.parse(value.text));
      const first = await exported(slug);
      expect(canonical(first.triggers[0]?.config.v)).toBe(expected);
      const imported = await server.call<Problem>('POST', '/api/v1/workflows/import/', [{ ...first, slug: `${slug}-again` }]);
      // A list around it is a level more.
      if (imported.status !== 200) return void isTaken(imported, value, 5, 200);
      expect(canonical((await exported(`${slug}-again`)).triggers[0]?.config.v)).toBe(expected);
    });
  });
});

function keptOrFault(value: unknown): Json | NotStorable {
  try {
    return toStorableJson(value);
  } catch (error) {
    if (error instanceof NotStorable) return error;
    throw error;
  }
}
