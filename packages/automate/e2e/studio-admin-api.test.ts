import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type * as schemas from '../src/studio/admin/schemas.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { adminShop, OrderModel } from './support/admin-shop.ts';
import { type Asker, keyOf } from './support/tenants.ts';

type AdminFacets = z.output<typeof schemas.AdminFacets>;
type AdminIndex = z.output<typeof schemas.AdminIndex>;
type AdminModelDetail = z.output<typeof schemas.AdminModelDetail>;
type AdminNames = z.output<typeof schemas.AdminNames>;
type AdminRelated = z.output<typeof schemas.AdminRelated>;

describe.each(databaseKinds)('the admin on %s', (kind) => {
  let server: TestServer;
  let customer = '';
  let order = '';
  const ADMIN = '/api/studio/admin/';
  const get = async <Body>(path: string) => {
    const { status, body } = await server.call<Body>('GET', path);
    expect([path, status, status === 200 ? '' : body]).toEqual([path, 200, '']);
    return body;
  };
  const facets = (query: string, rest = '') =>
    get<AdminFacets>(`${ADMIN}shop/order/facets/?query=${encodeURIComponent(query)}${rest}`);

  beforeAll(async () => {
    server = await createTestServer(kind, { ...adminShop, hasWorker: false });
    const create = async (path: string, body: object) => {
      const reply = await server.call<{ id: string }>('POST', `/api/v1/${path}/`, body);
      expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
      return reply.body.id;
    };
    customer = await create('customers', { name: 'Ines Carvalho' });
    for (const [n, status, day] of [
      [1, 'paid', '2025-12-31T23:30:00Z'],
      [2, 'packed', '2026-11-03T09:00:00Z'],
      [3, 'paid', '2026-11-30T23:30:00Z'],
      [4, 'shipped', '2026-12-01T09:00:00Z'],
    ] as const)
      order = await create('orders', {
        number: `HP-${n}`,
        status,
        total: '9.90',
        placed_at: day,
        visits: '9007199254740993',
        card: '4242',
        notes: n === 1 ? null : 'x',
        ...(n > 2 && { customer_id: customer }),
      });
    await create('order-lines', { order_id: order, product: 'Lamp', price: '1.00' });
  });
  afterAll(() => server?.close());

  it('has the models of the host and of the product, without a line about them', async () => {
    const { models } = await get<AdminIndex>(ADMIN);
    const names = models.map(({ app, name }) => `${app}.${name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'shop.Customer',
        'shop.Order',
        'shop.OrderLine',
        'shop.Wide',
        'engine.Workflow',
        'governance.Secret',
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const { app, model } of models) await get<AdminModelDetail>(`${ADMIN}${app}/${model}/`);
  });

  it('tells of a model by its schema alone', async () => {
    const detail = await get<AdminModelDetail>(`${ADMIN}shop/customer/`);
    expect(detail).toMatchObject({
      path: '/api/v1/customers/',
      title_field: 'name',
      list: ['name', 'email', 'created_at'],
      can: { create: true, update: true, delete: true, import: true, export: true },
      update_method: 'PATCH',
      detail: '/api/v1/customers/{id}/',
      search: { columns: ['name'] },
    });
    expect(detail.create).toMatchObject({ type: 'object', required: ['name'], properties: { name: { maxLength: 200 } } });
  });

  it('tells what was said about it: columns, filters, form, actions, rows that belong to it', async () => {
    const detail = await get<AdminModelDetail>(`${ADMIN}shop/order/`);
    expect(detail).toMatchObject({
      title_field: 'number',
      editable: ['carrier', 'is_gift'],
      date: { column: 'placed_at', after: 'placed_after', before: 'placed_before' },
      actions: [{ name: 'pack', path: '/api/v1/orders/{id}/pack/' }],
      test: { name: 'test' },
      inlines: [{ model: 'shop/orderline', column: 'order_id', list: ['product', 'quantity', 'price'] }],
      audit_target: 'order',
    });
    expect(detail.filters.map(({ parameter, relation }) => [parameter, relation])).toEqual([
      ['status', null],
      ['channel', null],
      ['customer_id', 'shop/customer'],
      ['is_gift', null],
      ['notes_is_null', null],
      ['card', null],
    ]);
    expect(detail.create).toMatchObject({ properties: { customer_id: { relation: 'shop/customer' }, pin: { writeOnly: true } } });
    expect(detail.update).not.toMatchObject({ properties: { number: {} } });
  });

  it('counts by the values of a filter, as the other filters are, and never what is redacted', async () => {
    const all = await facets('');
    const of = ({ facets: found }: AdminFacets, parameter: string) =>
      Object.fromEntries(
        found.find((facet) => facet.parameter === parameter)?.values.map(({ value, count }) => [value, count]) ?? [],
      );
    expect(of(all, 'status')).toEqual({ paid: 2, packed: 1, shipped: 1 });
    expect(of(all, 'customer_id')).toEqual({ [customer]: 2, null: 2 });
    expect(all.facets.map(({ parameter }) => parameter)).not.toContain('card');
    const paid = await facets('status=paid');
    expect(of(paid, 'status')).toEqual({ paid: 2, packed: 1, shipped: 1 });
    expect(of(paid, 'channel')).toEqual({ web: 2 });
    expect(of(await facets('search=HP-4'), 'status')).toEqual({ shipped: 1 });
  });

  it('counts by the calendar of a time zone', async () => {
    expect((await facets('')).dates).toMatchObject({
      unit: 'year',
      values: [
        { value: '2025', count: 1 },
        { value: '2026', count: 3 },
      ],
    });
    const rome = await facets('', '&time_zone=Europe/Rome');
    expect(rome.dates).toMatchObject({
      unit: 'month',
      values: [
        { value: '2026-01', count: 1 },
        { value: '2026-11', count: 1 },
        { value: '2026-12', count: 2 },
      ],
    });
    expect((await facets('', '&time_zone=Europe/Rome&within=2026-12')).dates).toMatchObject({
      unit: 'day',
      values: [{ value: '2026-12-01', count: 2 }],
    });
  });

  it('refuses what the list would refuse', async () => {
    for (const query of ['nonsense=1', 'status=lost', 'search=', '%E0%A4%A', 'ordering=metadata'])
      expect([query, (await server.call('GET', `${ADMIN}shop/order/facets/?query=${encodeURIComponent(query)}`)).status]).toEqual(
        [query, 400],
      );
    for (const rest of ['within=2026-13-01', 'within=x', 'time_zone=Nowhere', "time_zone=UTC'--", `query=${'x'.repeat(5_000)}`])
      expect([rest, (await server.call('GET', `${ADMIN}shop/order/facets/?${rest}`)).status]).toEqual([rest, 400]);
    expect((await server.call('GET', `${ADMIN}shop/nothing/`)).status).toBe(404);
    expect((await server.call('GET', `${ADMIN}__proto__/constructor/`)).status).toBe(404);
  });

  it('names rows, and tells what points to one', async () => {
    const names = await get<AdminNames>(
      `${ADMIN}shop/customer/names/?ids=${customer},nonsense,01a20a02-0000-7000-8000-000000000000`,
    );
    expect(names.results).toEqual([{ id: customer, name: 'Ines Carvalho' }]);
    const related = await get<AdminRelated>(`${ADMIN}shop/order/related/?id=${order}`);
    expect(related.results).toEqual([
      expect.objectContaining({ model: 'orderline', column: 'order_id', count: 1, on_delete: 'cascade', parameter: 'order_id' }),
    ]);
    expect((await get<AdminRelated>(`${ADMIN}shop/customer/related/?id=${customer}`)).results).toEqual([
      expect.objectContaining({ model: 'order', count: 2, on_delete: 'refuse' }),
    ]);
  });

  it('records what was done to rows, and tells no column that is hidden', async () => {
    const { status } = await server.call('PATCH', `/api/v1/orders/${order}/`, { status: 'on_hold', card: '5555' });
    expect(status).toBe(200);
    const stale = await server.call('PATCH', `/api/v1/orders/${order}/`, { status: 'paid' }, { 'if-match': '"old"' });
    expect(stale.status).toBe(412);
    const { results } = await get<{ results: { action: string; diff: object }[] }>(
      `/api/v1/audit/?target_type=order&target_id=${order}`,
    );
    expect(results.map(({ action }) => action)).toEqual(['record.update', 'record.create']);
    expect(results[0]?.diff).toMatchObject({
      before: { status: 'shipped', card: '[redacted]' },
      after: { status: 'on_hold', card: '[redacted]' },
    });
    expect(JSON.stringify(results)).not.toMatch(/4242|5555/);
    const dry = await fetch(`${server.url}/api/v1/orders/import/?dry_run=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
      body: 'number,total\nHP-77,1.00',
    });
    expect(await dry.json()).toMatchObject({ created: 1, applied: false });
    const made = await get<{ results: object[] }>('/api/v1/audit/?target_type=order&action=record.create');
    expect(made.results).toHaveLength(4);
  });

  it('can be told more while it runs', async () => {
    expect(() => server.automate.admin.register(OrderModel, { list: ['nothing' as 'number'] })).toThrow(/"nothing"/);
    const { admin } = adminShop;
    server.automate.admin.register(OrderModel, { list: ['number'], isHidden: false });
    expect(await get<AdminModelDetail>(`${ADMIN}shop/order/`)).toMatchObject({ list: ['number'], editable: [], groups: [] });
    server.automate.admin.register(OrderModel, (admin[0]?.options ?? {}) as object);
  });

  describe('others', () => {
    type Bodies = AdminIndex & AdminFacets & AdminNames & AdminRelated & AdminModelDetail;
    const ask = async (asker: Asker, path: string) => {
      const { status, body } = await asker.ask('GET', path);
      return { status, body: body as Bodies };
    };
    const asking = (tenantId: string, name: string, scopes: readonly string[]) =>
      keyOf(server, { tenantId, name, isStaff: false, scopes });

    it('of another tenant see nothing of it, in no count and by no name', async () => {
      const other = await server.automate.ensureTenant('elsewhere');
      const asker = await asking(other.id, 'elsewhere', ['*']);
      const { body } = await ask(asker, `${ADMIN}shop/order/facets/`);
      expect(body.facets.flatMap(({ values }) => values)).toEqual([]);
      expect(body.dates?.values).toEqual([]);
      expect((await ask(asker, `${ADMIN}shop/customer/names/?ids=${customer}`)).body.results).toEqual([]);
      expect((await ask(asker, `${ADMIN}shop/order/related/?id=${order}`)).body.results).toEqual([]);
    });

    it('with fewer scopes see fewer models, and what they may do with them', async () => {
      const { id } = await server.automate.ensureTenant('default');
      const asker = await asking(id, 'reader', ['studio:read', 'orders:read']);
      const { body } = await ask(asker, ADMIN);
      expect(body.models.map(({ name, can }) => [name, can])).toEqual([
        ['Order', { create: false, update: false, delete: false, export: true, import: false, history: false }],
      ]);
      const detail = (await ask(asker, `${ADMIN}shop/order/`)).body;
      expect(detail).toMatchObject({ create: null, update: null, editable: [], actions: [], test: null, inlines: [] });
      expect(detail.filters.map(({ parameter }) => parameter)).not.toContain('card');
      expect((await ask(asker, `${ADMIN}shop/customer/`)).status).toBe(404);
      expect((await ask(asker, `${ADMIN}shop/customer/names/?ids=${customer}`)).status).toBe(404);
      expect((await ask(asker, `${ADMIN}shop/order/related/?id=${order}`)).body.results).toEqual([]);
      expect((await ask(asker, `${ADMIN}shop/order/facets/?query=card%3D4242`)).status).toBe(403);
      const nobody = await asking(id, 'without', ['orders:read']);
      expect((await ask(nobody, ADMIN)).status).toBe(403);
    });
  });

  it('is found at /admin/', async () => {
    for (const [from, to] of [
      ['/admin/', '/studio/admin/'],
      ['/admin', '/studio/admin/'],
      ['/admin/shop/order/', '/studio/admin/shop/order/'],
    ] as const) {
      const { status, headers } = await fetch(server.url + from, { redirect: 'manual' });
      expect([from, status, headers.get('location')]).toEqual([from, 302, to]);
    }
  });
});
