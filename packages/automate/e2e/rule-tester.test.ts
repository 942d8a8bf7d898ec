import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';

interface Explanation {
  readonly operator: string;
  readonly value: unknown;
  readonly arguments: readonly Explanation[];
}
interface Verdict {
  readonly match: boolean;
  readonly explain: Explanation | null;
  readonly error: { readonly code: string } | null;
}
interface Trial {
  readonly matched: number;
  readonly failed: number;
  readonly is_complete: boolean;
  readonly results: readonly { readonly event_id: string; readonly event_type: string; readonly match: boolean }[];
}

const PATH = '/api/studio/tester/';
/** Takes as long as a rule may. */
const HEAVY = { some: [{ var: 'payload.items' }, { '>': [{ '+': [{ var: '' }, 1, { '*': [2, { var: '' }] }] }, 1_000_000] }] };

describe.each(databaseKinds)('the rule tester on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false });
  });
  afterAll(() => server?.close());

  const test = (rule: unknown, event: unknown, headers = {}) => server.call<Verdict>('POST', PATH, { rule, event }, headers);
  const send = (events: readonly object[]) => server.call('POST', '/api/v1/events/', events);
  const attempt = (body: object, headers = {}, query = '') => server.call<Trial>('POST', `${PATH}events/${query}`, body, headers);
  /** A key of the tenant with these scopes. */
  async function keyOf(...scopes: string[]) {
    const { rows } = await server.automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    const { value } = await server.automate.apiKeys.create({ tenantId: rows[0]?.id ?? '', name: 'x', scopes, isStaff: false });
    return { authorization: `Bearer ${value}` };
  }

  it('tells the verdict with the value of every operand', async () => {
    const rule = { and: [{ '>': [{ var: 'payload.amount' }, 100] }, { in: ['vip', { var: 'payload.tags' }] }] };
    const { status, body } = await test(rule, { type: 'order.created', payload: { amount: 120, tags: ['new'] } });
    expect([status, body.match, body.error]).toEqual([200, false, null]);
    expect(body.explain?.arguments.map(({ operator, value }) => [operator, value])).toEqual([
      ['>', true],
      ['in', false],
    ]);
    expect(body.explain?.arguments[0]?.arguments.map(({ value }) => value)).toEqual([120, 100]);
    expect((await test(true, null)).body).toMatchObject({ match: true });
  });

  it('says where a rule is none, and why one cannot be evaluated', async () => {
    const wrong = await server.call<{ errors: { pointer: string }[] }>('POST', PATH, {
      rule: { and: [{ regex: ['a', 'b'] }] },
      event: {},
    });
    expect([wrong.status, wrong.body.errors[0]?.pointer]).toEqual([400, '/rule/and/0']);
    const { status, body } = await test(HEAVY, { payload: { items: Array.from({ length: 60_000 }, (_, n) => n) } });
    expect([status, body]).toMatchObject([200, { match: false, explain: null, error: { code: 'rule_failed' } }]);
    expect((await server.call('POST', PATH, { rule: true })).status).toBe(400);
  });

  it('tries a rule on the latest events of the tenant, newest first', async () => {
    await send(Array.from({ length: 6 }, (_, n) => ({ event_type: n % 2 ? 'tried.odd' : 'tried.even', payload: { n } })));
    const { body } = await attempt({ rule: { '>=': [{ var: 'payload.n' }, 3] }, event_type: 'tried.odd', limit: 2 });
    expect(body).toMatchObject({ matched: 2, failed: 0, is_complete: true });
    expect(body.results.map(({ event_type, match }) => [event_type, match])).toEqual([
      ['tried.odd', true],
      ['tried.odd', true],
    ]);
    expect((await attempt({ rule: { '<': [{ var: 'payload.n' }, 2] }, event_type: 'tried.even' })).body.matched).toBe(1);
    const other = await server.automate.ensureTenant(`other-${kind}`);
    const { value } = await server.automate.apiKeys.create({ tenantId: other.id, name: 'x', scopes: ['*'], isStaff: false });
    expect((await attempt({ rule: true }, { authorization: `Bearer ${value}` })).body.results).toEqual([]);
    expect((await attempt({ rule: { nothing: 1 } }, { authorization: `Bearer ${value}` })).status).toBe(400);
  });

  it('finds no secret that whoever asks may not see', async () => {
    await send([{ event_type: 'tried.secret', payload: { password: 'open sesame' } }]);
    const body = { rule: { '==': [{ var: 'payload.password' }, 'open sesame'] }, event_type: 'tried.secret' };
    const reader = await keyOf('studio:read', 'events:read');
    expect((await attempt(body, reader)).body).toMatchObject({ matched: 0, failed: 0 });
    expect((await attempt(body, reader, '?raw=true')).status).toBe(403);
    expect((await attempt(body, await keyOf('studio:read', 'events:read', 'payloads:read_raw'), '?raw=true')).body.matched).toBe(
      1,
    );
    for (const scope of ['studio:read', 'events:read']) expect((await attempt(body, await keyOf(scope))).status).toBe(403);
    expect((await test(true, {}, await keyOf('events:read'))).status).toBe(403);
  });

  it('takes no more than its time, whatever the rule, and lets others go on', async () => {
    await send(
      Array.from({ length: 60 }, () => ({
        event_type: 'tried.heavy',
        payload: { items: Array.from({ length: 9_000 }, (_, n) => n) },
      })),
    );
    let isOver = false;
    const trials = Promise.all(
      Array.from({ length: 4 }, () => attempt({ rule: HEAVY, event_type: 'tried.heavy', limit: 200 })),
    ).finally(() => (isOver = true));
    let answered = 0;
    await vi.waitFor(
      async () => {
        expect((await server.call('GET', '/health/live/')).status).toBe(200);
        answered += 1;
        expect(isOver).toBe(true);
      },
      { timeout: 60_000, interval: 5 },
    );
    for (const { status, body } of await trials) {
      expect(status).toBe(200);
      expect(body.results.length).toBeGreaterThan(0);
    }
    expect(answered).toBeGreaterThan(3);
  });
});
