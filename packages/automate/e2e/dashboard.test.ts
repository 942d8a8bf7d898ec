import { defineFeature } from 'automate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Dashboard } from '../src/studio/dashboard/schemas.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import type { Execution } from './support/executions.ts';

type Shown = Required<Dashboard> & { executions: NonNullable<Dashboard['executions']> };
type Listed = Execution & { readonly started_at: string; readonly finished_at: string; readonly created_at: string };

const PATH = '/api/studio/dashboard/';
const HOUR = 3_600_000;

const tiles = defineFeature({
  name: 'tiles',
  tiles: [
    {
      name: 'good',
      title: { en: 'Parcels', it: 'Pacchi' },
      icon: 'box',
      read: async (_, { tenantId, within }) => ({
        value: 7,
        unit: within,
        tone: 'good',
        note: tenantId,
        href: 'parcels/?open=1',
      }),
    },
    { name: 'hanging', title: { en: 'Hanging' }, read: () => new Promise(() => counted.hanging++) },
    {
      name: 'throwing',
      title: { en: 'Throwing' },
      read() {
        throw new Error('no parcels today');
      },
    },
    { name: 'wrong', title: { en: 'Wrong' }, read: () => ({ value: 1, href: 'https://elsewhere.example/' }) },
    { name: 'hidden', title: { en: 'Hidden' }, scope: 'secrets:read', read: () => ({ value: 'only for some' }) },
    { name: 'nothing', title: { en: 'Nothing' }, read: () => undefined },
  ],
});
const counted = { hanging: 0 };

describe.each(databaseKinds)('the dashboard on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { features: [tiles] });
  });
  afterAll(() => server?.close());

  const look = async (within = 'hour', headers = {}) =>
    (await server.call<Shown>('GET', `${PATH}?within=${within}`, undefined, headers)).body;
  const make = async (name: string, ...nodes: object[]) =>
    (await server.call<{ id: string }>('POST', '/api/v1/workflows/', { name, graph: { nodes } })).body.id;
  const run = async (workflow: string) =>
    (await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow}/run/`, { input: {} })).body.execution_id;
  const tenantId = async () =>
    (await server.automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`)).rows[0]?.id ?? '';
  async function keyOf(tenant: string, ...scopes: string[]) {
    const { value } = await server.automate.apiKeys.create({ tenantId: tenant, name: 'x', scopes, isStaff: false });
    return { authorization: `Bearer ${value}` };
  }
  const settled = (holds: (shown: Shown) => void) =>
    vi.waitFor(
      async () => {
        const shown = await look();
        holds(shown);
        return shown;
      },
      { timeout: 60_000, interval: 300 },
    );

  it('says of known executions what the list of executions says', async () => {
    const good = await make('Good', { id: 'a', type: 'core.log', config: { message: 'x' } });
    const slow = await make('Slow', { id: 'a', type: 'core.sleep', config: { seconds: 1 } });
    const bad = await make('Bad', {
      id: 'a',
      type: 'http.request',
      config: { method: 'GET', url: 'https://x.invalid/' },
      retry: { attempts: 1 },
    });
    const asking = await make('Asking', { id: 'a', type: 'core.approval', config: { title: 'May it?' } });
    const paused = await make('Paused', { id: 'a', type: 'core.log', config: { message: 'x' } });
    await server.call('PATCH', `/api/v1/workflows/${paused}/`, { is_live: false });
    for (const [workflow, times] of [
      [good, 6],
      [slow, 2],
      [bad, 3],
      [asking, 1],
    ] as const)
      for (let time = 0; time < times; time += 1) await run(workflow);
    const cancelled = await run(asking);
    await server.call('POST', `/api/v1/executions/${cancelled}/cancel/`);
    const shown = await settled(({ executions }) => {
      expect(executions.statuses).toEqual({ queued: 0, running: 0, waiting: 1, succeeded: 8, failed: 3, cancelled: 1 });
    });

    const { body } = await server.call<{ results: Listed[] }>('GET', '/api/v1/executions/?limit=100');
    const tookOf = ({ started_at, finished_at }: Listed) => Date.parse(finished_at) - Date.parse(started_at);
    const took = body.results
      .filter(({ status }) => ['succeeded', 'failed'].includes(status))
      .map(tookOf)
      .sort((a, b) => a - b);
    const { executions } = shown;
    expect(executions.total).toBe(body.results.length);
    expect(executions.error_rate).toBeCloseTo(3 / 11);
    expect(executions.starts_per_minute).toBeGreaterThan(0);
    for (const [figure, exact] of [
      [executions.p50_ms, took[5]],
      [executions.p95_ms, took[10]],
    ] as const)
      expect(Math.abs((figure ?? 0) - (exact ?? 0))).toBeLessThanOrEqual(Math.max(1, (exact ?? 0) * 0.0101));
    const sums = executions.buckets.map(({ statuses }) => Object.values(statuses).reduce((sum, count) => sum + count));
    expect(sums.reduce((sum, count) => sum + count)).toBe(13);
    expect(executions.buckets.at(-1)?.end).toBe(shown.until);
    expect(executions.buckets[0]?.start).toBe(shown.from);

    const failed = body.results.filter(({ status }) => status === 'failed');
    expect(executions.top_failures).toMatchObject([
      {
        workflow: { id: bad, name: 'Bad' },
        code: (failed[0]?.error as { code: string } | undefined)?.code,
        count: 3,
        last_execution_id: failed[0]?.id,
      },
    ]);
    expect(executions.top_failures[0]?.trend.reduce((sum, count) => sum + count)).toBe(3);
    const [slowest] = executions.slowest;
    const slowOnes = body.results.filter(({ workflow_id }) => workflow_id === slow).map(tookOf);
    expect(slowest).toMatchObject({ workflow: { id: slow }, ended: 2, longest_ms: Math.max(...slowOnes) });
    expect(slowest?.average_ms).toBe(Math.round(slowOnes.reduce((sum, ms) => sum + ms) / 2));
    expect(shown.workflows).toEqual({ live: 4, paused: 1, total: 5 });
    expect(shown.approvals).toMatchObject({ pending: 1 });
    expect(shown.dead_letters).toEqual({ count: 0 });
    expect(shown.queue).toMatchObject({ waiting: 0, blocked: 0, undecided_events: 0, kinds: [] });
    expect(shown.slots).toMatchObject({ workers: 1, capacity: 500 });
    expect(shown.health.find(({ name }) => name === 'database')).toMatchObject({ ok: true, detail: kind });
    expect(shown.storage?.database_bytes).toBeGreaterThan(100_000);
    expect(shown.storage?.database_version).toMatch(/^\d+/);
    if (kind === 'pglite') expect(shown.storage?.disk_free_bytes).toBeGreaterThan(0);
    else expect(shown.storage?.disk_free_bytes).toBeNull();
  });

  it('counts what was before, by the time it was made', async () => {
    const { id: other } = await server.automate.ensureTenant(`other-${kind}`);
    const headers = await keyOf(other, '*');
    const now = Date.now();
    const rows = [
      // In this period: two an hour and a half ago, one of them failed.
      [1.5 * HOUR, 'succeeded', 100],
      [1.5 * HOUR, 'failed', 300],
      [20 * HOUR, 'succeeded', 200],
      [20 * HOUR, 'waiting', null],
      // In the one before.
      [30 * HOUR, 'succeeded', 1_000],
      [30 * HOUR, 'failed', 2_000],
      [30 * HOUR, 'failed', 4_000],
      // And before that.
      [60 * HOUR, 'failed', 9_000],
    ] as const;
    for (const [index, [ago, status, took]] of rows.entries()) {
      const at = new Date(now - ago);
      const id = `${at
        .getTime()
        .toString(16)
        .padStart(12, '0')
        .replace(/^(.{8})/, '$1-')}-7000-8000-${index.toString(16).padStart(12, '0')}`;
      await server.automate.db.query(
        `insert into executions (id, tenant_id, workflow_id, workflow_version, version_id, event_id, status, trace_id, created_at, started_at, finished_at, error)
         values ($1, $2::uuid, $3::uuid, 1, $3::uuid, $3::uuid, $4, 't', $5::timestamptz, $5::timestamptz, $6, $7)`,
        [
          id,
          other,
          other,
          status,
          at.toISOString(),
          took === null ? null : new Date(at.getTime() + took).toISOString(),
          status === 'failed' ? JSON.stringify({ code: 'boom', message: 'x' }) : null,
        ],
      );
      const state = status === 'waiting' ? 'scheduled' : index === 1 ? 'failed' : 'succeeded';
      await server.automate.db.query(
        `insert into jobs (id, tenant_id, lane, kind, state, run_at, max_attempts, trace_id, error) values ($1, $2::uuid, ($2::uuid)::text, 'x', $3, 'infinity', 1, 't', case when $3 = 'failed' then '{"code": "x", "message": "x"}'::jsonb end)`,
        [id, other, state],
      );
    }
    const { executions, dead_letters } = await look('day', headers);
    expect(executions).toMatchObject({ total: 4, error_rate: 1 / 3, before: { total: 3, error_rate: 2 / 3 } });
    expect(executions.statuses).toEqual({ queued: 0, running: 0, waiting: 1, succeeded: 2, failed: 1, cancelled: 0 });
    expect([executions.p50_ms, executions.p95_ms].map((ms) => Math.round((ms ?? 0) / 10) * 10)).toEqual([200, 300]);
    expect(Math.abs((executions.before?.p95_ms ?? 0) - 4_000)).toBeLessThan(41);
    expect(executions.buckets.filter(({ statuses }) => statuses.failed > 0)).toHaveLength(1);
    expect(executions.counted_from).toBe(executions.buckets[0]?.start);
    expect(executions.starts_per_minute).toBe(0);
    expect(dead_letters).toEqual({ count: 1 });
    expect((await look('hour', headers)).executions).toMatchObject({
      total: 0,
      error_rate: null,
      p95_ms: null,
      before: { total: 2 },
    });
    expect((await look('week', headers)).executions).toMatchObject({ total: 8, before: { total: 0, error_rate: null } });
    expect((await server.call('GET', `${PATH}?within=year`)).status).toBe(400);
  });

  it('shows each person what their scopes let them see, of their own tenant', async () => {
    const tenant = await tenantId();
    const all = ['workflows', 'executions', 'approvals', 'queue', 'slots', 'dead_letters', 'storage'] as const;
    const partsOf = async (...scopes: string[]) => {
      const shown = await look('hour', await keyOf(tenant, 'studio:read', ...scopes));
      return all.filter((part) => shown[part] !== null);
    };
    expect(await partsOf()).toEqual([]);
    expect(await partsOf('workflows:read')).toEqual(['workflows']);
    expect(await partsOf('executions:read')).toEqual(['executions', 'approvals']);
    expect(await partsOf('jobs:read')).toEqual(['queue', 'slots', 'dead_letters']);
    expect(await partsOf('*')).toEqual(all.filter((part) => part !== 'storage'));
    expect((await server.call('GET', PATH, undefined, await keyOf(tenant, 'executions:read'))).status).toBe(403);
    const { id: empty } = await server.automate.ensureTenant(`empty-${kind}`);
    const shown = await look('hour', await keyOf(empty, '*'));
    expect(shown.executions).toMatchObject({ total: 0, error_rate: null, p50_ms: null, top_failures: [], slowest: [] });
    expect(shown.workflows).toEqual({ live: 0, paused: 0, total: 0 });
  });

  it('shows what features add, and which of it has failed, and waits for none of it', async () => {
    const shown = await look('day');
    const tenant = await tenantId();
    const nothing = { value: null, unit: null, tone: null, note: null, href: null, error: null, icon: null };
    expect(shown.tiles.map(({ name }) => name)).toEqual(['good', 'hanging', 'throwing', 'wrong', 'hidden']);
    expect(shown.tiles.slice(0, 4)).toEqual([
      {
        name: 'good',
        title: { en: 'Parcels', it: 'Pacchi' },
        icon: 'box',
        value: 7,
        unit: 'day',
        tone: 'good',
        note: { en: tenant },
        href: 'parcels/?open=1',
        error: null,
      },
      { ...nothing, name: 'hanging', title: { en: 'Hanging' }, error: 'does not answer' },
      { ...nothing, name: 'throwing', title: { en: 'Throwing' }, error: 'could not be read' },
      { ...nothing, name: 'wrong', title: { en: 'Wrong' }, error: 'could not be read' },
    ]);
    const before = counted.hanging;
    for (let time = 0; time < 5; time += 1) expect((await look('day')).tiles).toHaveLength(5);
    expect(counted.hanging).toBe(before);
    const viewer = await look('day', await keyOf(tenant, 'studio:read'));
    expect(viewer.tiles.map(({ name }) => name)).not.toContain('hidden');
  });
});

describe('a tile', () => {
  it('has a name of its own', async () => {
    const named = (name: string) => ({ name, title: { en: name }, read: () => ({ value: 1 }) });
    for (const [names, sentence] of [
      [['Total!'], /must be lower case/],
      [['one', 'one'], /Two tiles .* "one"/],
    ] as const)
      await expect(
        createTestServer('pglite', { features: [defineFeature({ name: 'x', tiles: names.map(named) })] }),
      ).rejects.toThrow(sentence);
  });
});
