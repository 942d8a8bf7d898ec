import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineModel, newId } from '../../kernel/index.ts';
import {
  ApiRouter,
  BaseModelViewSet,
  BaseViewSet,
  CORSMixin,
  ConfigurableMixin,
  MemoryThrottleStore,
  PublicAPIMixin,
  RateLimitMixin,
  rate,
  StaffOnlyMixin,
  TenantFilterMixin,
} from '../index.ts';
import { as, createTestServer, OTHER_TENANT, TENANT, type TestServer } from '../test-support.ts';

const Invoice = z.object({ id: z.uuid(), organization_id: z.uuid(), total: z.int() });
const InvoiceModel = defineModel({ name: 'Invoice', table: 'invoices', schema: Invoice, tenantField: null });
const origin = 'https://app.example.com';

abstract class InvoiceViewSet extends BaseModelViewSet<typeof InvoiceModel> {
  readonly model = InvoiceModel;
  readonly createSchema = Invoice.pick({ total: true });
  override excludedActions = ['update', 'partialUpdate', 'destroy'] as const;
  override corsOrigins = [origin];
}
type Base = typeof InvoiceViewSet;
// The compiler is asked elsewhere (e2e/package.test.ts); here each mixin takes and gives the same kind of class.
const mixins = {
  configurable: ConfigurableMixin as (base: Base) => Base,
  cors: CORSMixin as (base: Base) => Base,
  tenant: TenantFilterMixin as (base: Base) => Base,
  rate: RateLimitMixin as (base: Base) => Base,
  staff: StaffOnlyMixin as (base: Base) => Base,
  public: PublicAPIMixin as (base: Base) => Base,
};
type Name = keyof typeof mixins;
const all = Object.keys(mixins) as Name[];
const [mine, theirs] = [newId(), newId()];

test.each([
  ['all six', all],
  ['all but staff only', all.filter((name) => name !== 'staff')],
  ['all but public', all.filter((name) => name !== 'public')],
  ['neither staff only nor public', all.filter((name) => name !== 'public' && name !== 'staff')],
  ['no tenant filter', all.filter((name) => name !== 'public' && name !== 'tenant')],
])('every order lets in the same, shows the same rows and counts the same: %s', async (_, names) => {
  const orders = permutations(names);
  const router = new ApiRouter();
  for (const [index, order] of orders.entries()) router.register(`o${index}`, inOrder(order), { basename: `o${index}` });
  const throttle = new MemoryThrottleStore({ clock: { now: () => new Date('2026-01-01T00:00:30Z') } });
  const server = createTestServer(router, { services: { throttle }, settings: { KNOB: '7' } });
  const expected = await behaviour(server, 'o0');
  for (const index of orders.keys()) {
    const seen = index === 0 ? expected : await behaviour(server, `o${index}`);
    if (JSON.stringify(seen) !== JSON.stringify(expected))
      expect({ order: orders[index], seen }).toEqual({ order: orders[0], seen: expected });
  }
  // What all orders agree on is also what is meant.
  const statuses = Object.fromEntries(Object.entries(expected).map(([name, { status }]) => [name, status]));
  const has = (name: Name) => names.includes(name);
  if (has('public') && has('staff')) expect(new Set(Object.values(statuses))).toEqual(new Set([204, 401, 429]));
  else if (has('public'))
    expect(statuses).toMatchObject({ 'list by anonymous': 200, 'theirs by alice': 404, 'create by anonymous': 403 });
  else
    expect(statuses).toMatchObject({ 'list by anonymous': 401, 'list by alice': has('staff') ? 403 : 200, 'list by staff': 200 });
  if (has('tenant') && !has('public')) expect(expected['list by staff']?.body).toBe(JSON.stringify([mine]));
  if (!has('tenant')) expect(expected['list by staff']?.body).toBe(JSON.stringify([theirs, mine]));
  expect(expected['list by staff']?.headers['access-control-allow-origin']).toBe(origin);
  expect(statuses['one too many']).toBe(429);
});

test('a mixin applied again changes nothing', () => {
  abstract class Limited extends TenantFilterMixin(RateLimitMixin(PublicAPIMixin(BaseViewSet))) {
    override rateLimit = rate('2/hour');
    override publicRateLimit = rate('3/hour', { key: 'ip', name: 'public' });
    override corsOrigins = [origin];
    override tenantField = 'house_id';
  }
  class Twice extends CORSMixin(ConfigurableMixin(TenantFilterMixin(PublicAPIMixin(RateLimitMixin(Limited))))) {}
  const view = new Twice();
  expect([view.corsOrigins, view.tenantField]).toEqual([[origin], 'house_id']);
  expect(view.getThrottles({} as never).map(({ name, limit }) => `${name} ${limit}`)).toEqual(['public 3', 'default 2']);
});

/** The class as a host writes it: `A(B(C(Base)))`, with attributes on top. */
function inOrder(order: readonly Name[]): new () => InvoiceViewSet {
  const Mixed = order.reduceRight((base, name) => mixins[name](base), InvoiceViewSet);
  return class extends Mixed {
    override pageSize = this.getSetting('KNOB', 25);
    rateLimit = rate('5/hour', { key: 'tenant' });
    publicRateLimit = rate('5/hour', { key: 'ip', name: 'public' });
  };
}

interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

async function behaviour({ app, store }: TestServer, path: string): Promise<Record<string, Seen>> {
  const seen: Record<string, Seen> = {};
  const ask = async (name: string, request: { method?: 'POST' | 'OPTIONS'; url: string; headers?: object; payload?: object }) => {
    store.rows.length = 0;
    store.rows.push({ id: mine, organization_id: TENANT, total: 1 }, { id: theirs, organization_id: OTHER_TENANT, total: 2 });
    const reply = await app.inject({ ...request, headers: { ...request.headers, origin } });
    const { headers, statusCode: status } = reply;
    const shown = [
      'ratelimit',
      'ratelimit-policy',
      'access-control-allow-origin',
      'access-control-allow-methods',
      'vary',
      'www-authenticate',
    ];
    const rows = status === 200 && name.startsWith('list') ? reply.json().results.map((row: { id: string }) => row.id) : status;
    const created = status === 201 ? store.rows[2]?.organization_id : undefined;
    const kept = Object.fromEntries(shown.map((header) => [header, headers[header] as string | undefined]));
    seen[name] = { status, headers: kept, body: JSON.stringify(created ?? rows) };
  };
  for (const who of ['anonymous', 'alice', 'staff']) {
    const headers = who === 'anonymous' ? {} : as(who);
    await ask(`list by ${who}`, { url: `/${path}/`, headers });
    await ask(`theirs by ${who}`, { url: `/${path}/${theirs}/`, headers });
    await ask(`create by ${who}`, { method: 'POST', url: `/${path}/`, headers, payload: { total: 3 } });
  }
  for (let count = 0; count < 6; count += 1) await ask('one too many', { url: `/${path}/`, headers: as('alice') });
  await ask('preflight', { method: 'OPTIONS', url: `/${path}/`, headers: { 'access-control-request-method': 'POST' } });
  return seen;
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
