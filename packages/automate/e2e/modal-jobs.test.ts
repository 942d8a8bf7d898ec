import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';
import { textOf } from './support/model-answers.ts';
import { createModelServer } from './support/model-server.ts';
import { startServerProcess, startWorkerProcess } from './support/server-process.ts';
import { parseEvents, type ReadEvent, readEvents } from './support/sse.ts';

interface Status {
  readonly job_id: string;
  readonly status: string;
  readonly result: { readonly outputs: { readonly text: string } } | null;
  readonly error: { readonly code: string } | null;
}

const TOKEN = 'a-token-that-only-tests-use-0123456789';

/** Numbers from 0 to 1, the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const textIn = (events: readonly ReadEvent[]) =>
  events.flatMap(({ event, data }) => (event === 'token' ? [(data as { text: string }).text] : [])).join('');
const idsIn = (events: readonly ReadEvent[]) => events.map(({ id }) => Number(id));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Follows a job, and is cut off after so many bytes; what came whole is kept. */
async function follow(url: string, token: string, { id, after, bytes }: { id: string; after: number; bytes: number }) {
  const cut = new AbortController();
  const reply = await fetch(new URL(`/api/modal/jobs/${id}/events/`, url), {
    headers: { authorization: `Bearer ${token}`, ...(after > 0 && { 'last-event-id': String(after) }) },
    signal: cut.signal,
  });
  if (!reply.ok || !reply.body) throw new Error(`${reply.status} ${await reply.text()}`);
  const decoder = new TextDecoder();
  let text = '';
  let isOver = true;
  for await (const chunk of reply.body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length < bytes) continue;
    text = text.slice(0, bytes);
    isOver = false;
    break;
  }
  cut.abort();
  return { events: parseEvents(text), isOver };
}

describe.each(databaseKinds)('jobs of endpoints on %s', (kind) => {
  let house: GatewayHouse;
  const heard: { headers: Record<string, unknown>; body: string }[] = [];
  let refusals = 1;
  const ear = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ headers: request.headers, body });
    response.writeHead(refusals-- > 0 ? 503 : 204).end();
  });
  let earHost: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => ear.listen(0, 'localhost', resolve));
    earHost = `localhost:${(ear.address() as AddressInfo).port}`;
    house = await openGatewayHouse(kind, {}, { hosts: [earHost] });
    await house.endpoint('talk', 'good');
    await house.endpoint('slow', 'slow-good');
    await house.endpoint('long', 'long-1200');
    await house.endpoint('refuses', 'fault-bad-request', { attempts: { retries: 0 } });
  });
  afterAll(async () => {
    ear.close();
    await house?.close();
  });

  const start = async (endpoint: string, body: object = {}, headers: Record<string, string> = {}): Promise<string> => {
    const path = `/api/modal/endpoints/${endpoint}/job/`;
    const reply = await house.server.call<{ job_id: string }>('POST', path, { input: { prompt: 'Hello' }, ...body }, headers);
    expect(reply.status, JSON.stringify(reply.body)).toBe(202);
    return reply.body.job_id;
  };
  const statusOf = async (id: string) => (await house.server.call<Status>('GET', `/api/modal/jobs/${id}/status/`)).body;
  const ended = (id: string, wanted = 'succeeded') =>
    eventually(
      () => statusOf(id),
      ({ status }) => status === wanted,
      30_000,
    );
  const events = (id: string) => follow(house.server.url, house.server.token, { id, after: 0, bytes: Number.POSITIVE_INFINITY });

  it('are done by a worker, once for a key, and tell of it', async () => {
    const headers = { 'idempotency-key': 'once' };
    const id = await start('talk', {}, headers);
    expect(await start('talk', {}, headers)).toBe(id);
    const { events: told } = await events(id);
    expect(idsIn(told)).toEqual(upTo(told.length));
    expect(told.at(-1)).toMatchObject({ event: 'final', data: { outputs: { text: textIn(told) } } });
    expect(await ended(id)).toMatchObject({ result: { outputs: { text: textIn(told) } }, error: null });
    expect((await events(id)).events).toEqual(told);
    expect((await house.server.call('GET', '/api/modal/jobs/nowhere/status/')).status).toBe(404);
  });

  it('stop at the provider when they are cancelled', async () => {
    const id = await start('slow');
    const following = events(id);
    await eventually(
      async () => house.vendor.count('slow-good'),
      (count) => count > 0,
    );
    expect((await house.server.call('POST', `/api/v1/jobs/${id}/cancel/`)).status).toBe(202);
    // It would have gone on for most of a second.
    await house.vendor.abortedAt('slow-good');
    expect((await following).events.at(-1)).toMatchObject({ event: 'error', data: { code: 'job_cancelled' } });
    expect(await ended(id, 'cancelled')).toMatchObject({ error: { code: 'job_cancelled' } });
  });

  it('fail with what the provider said', async () => {
    const id = await start('refuses');
    expect((await events(id)).events.at(-1)).toMatchObject({ event: 'error', data: { code: 'provider_refused' } });
    expect(await ended(id, 'failed')).toMatchObject({ error: { code: 'provider_refused' } });
  });

  it('lose and double nothing over 100 cuts', async () => {
    const random = seeded(20_261_203);
    const id = await start('long');
    const all: ReadEvent[] = [];
    let isOver = false;
    for (let cut = 0; cut < 100 && !isOver; cut += 1) {
      const bytes = Math.ceil(random() * 400);
      const part = await follow(house.server.url, house.server.token, { id, after: all.length, bytes });
      all.push(...part.events);
      isOver = part.isOver;
    }
    expect(isOver).toBe(false);
    all.push(
      ...(await follow(house.server.url, house.server.token, { id, after: all.length, bytes: Number.POSITIVE_INFINITY })).events,
    );
    expect(idsIn(all)).toEqual(upTo(all.length));
    expect(textIn(all)).toBe(textOf('long-1200'));
    expect(all.at(-1)?.event).toBe('final');
  });

  it('tell a URL of their end, signed, until it is heard', async () => {
    const key = `whsec_${Buffer.from('a key that signs what is told').toString('base64')}`;
    await house.server.call('POST', '/api/v1/secrets/', { name: 'EAR', value: key, hosts: [earHost] });
    const webhook_url = `http://${earHost}/done`;
    const refused = await house.server.call<{ errors: { pointer: string }[] }>('POST', '/api/modal/endpoints/talk/job/', {
      input: { prompt: 'x' },
      webhook_url,
    });
    expect([refused.status, refused.body.errors[0]?.pointer]).toEqual([400, '/webhook_secret']);
    const id = await start('talk', { webhook_url, webhook_secret: 'EAR' });
    await eventually(
      async () => heard.length,
      (count) => count === 2,
      20_000,
    );
    const [first, second] = heard;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    const { headers, body } = second as (typeof heard)[number];
    const signature = createHmac('sha256', 'a key that signs what is told')
      .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(JSON.parse(body)).toMatchObject({ type: 'endpoint_job.succeeded', data: { job_id: id, status: 'succeeded' } });
  });
});

it.runIf(databaseKinds.includes('postgres'))(
  'jobs of endpoints go on after kill -9 of their worker, for who follows at another process',
  async () => {
    const database = await createTestDatabase('postgres');
    const vendor = await createModelServer();
    const environment = {
      AUTOMATE_BOOTSTRAP_TOKEN: TOKEN,
      AUTOMATE_LEASE_SECONDS: '2',
      AUTOMATE_OUTBOUND_ALLOW_HOSTS: vendor.host,
    };
    const server = await startServerProcess(database, environment, ['serve']);
    let worker = await startWorkerProcess(database, { environment });
    try {
      const provider = { slug: 'vendor', kind: 'openai-compatible', config: { base_url: vendor.url }, api_key: 'sk-key' };
      await server.call('POST', '/api/v1/providers/', provider);
      const model = 'long-400';
      await server.call('POST', '/api/v1/endpoints/', { slug: 'long', targets: [{ provider: 'vendor', model }] });
      const started = await server.call<{ job_id: string }>('POST', '/api/modal/endpoints/long/job/', { input: { prompt: 'x' } });
      const following = fetch(new URL(`/api/modal/jobs/${started.body.job_id}/events/`, server.url), {
        headers: { authorization: `Bearer ${TOKEN}` },
      }).then(readEvents);
      await eventually(
        async () => vendor.count(model),
        (count) => count > 0,
      );
      await new Promise((resolve) => setTimeout(resolve, 700));
      await worker.kill();
      worker = await startWorkerProcess(database, { environment });
      const told = await following;
      expect(vendor.count(model)).toBe(2);
      expect(idsIn(told)).toEqual(upTo(told.length));
      expect(textIn(told)).toBe(textOf(model));
      expect(told.at(-1)).toMatchObject({ event: 'final', data: { outputs: { text: textOf(model) } } });
    } finally {
      await worker.kill();
      await server.kill();
      await vendor.close();
      await database.dispose();
    }
  },
);
