import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineModel, newId } from '../../kernel/index.ts';
import { AllowAny, ApiRouter, allow, BaseModelViewSet, TenantFilterMixin } from '../index.ts';
import { as, createTestServer, OTHER_TENANT, TENANT } from '../test-support.ts';

const Invoice = z.object({ id: z.uuid(), organization_id: z.uuid(), total: z.int() });
const InvoiceModel = defineModel({ name: 'Invoice', table: 'invoices', schema: Invoice, tenantField: null });

class InvoiceViewSet extends TenantFilterMixin(BaseModelViewSet<typeof InvoiceModel>) {
  readonly model = InvoiceModel;
  readonly createSchema = Invoice.pick({ total: true, organization_id: true }).partial({ organization_id: true });
  override permissions = allow(AllowAny);
}

const { app, store } = createTestServer(new ApiRouter().register('invoices', InvoiceViewSet));
const [mine, theirs] = [newId(), newId()];
store.rows.push({ id: mine, organization_id: TENANT, total: 1 }, { id: theirs, organization_id: OTHER_TENANT, total: 2 });

test('every query is confined to the tenant', async () => {
  const list = await app.inject({ url: '/invoices', headers: as('alice') });
  expect(list.json().results.map((row: { id: string }) => row.id)).toEqual([mine]);
  expect((await app.inject({ url: `/invoices/${theirs}`, headers: as('alice') })).statusCode).toBe(404);
});

test('without a principal there are no rows', async () => {
  expect((await app.inject('/invoices?count=true')).json()).toEqual({ results: [], next: null, previous: null, count: 0 });
  expect((await app.inject(`/invoices/${mine}`)).statusCode).toBe(404);
  expect((await app.inject({ method: 'POST', url: '/invoices', payload: { total: 1 } })).statusCode).toBe(403);
});

test('what is written stays with the tenant, whatever the client says', async () => {
  const payload = { total: 5, organization_id: OTHER_TENANT };
  const created = await app.inject({ method: 'POST', url: '/invoices', headers: as('alice'), payload });
  expect(created.json().organization_id).toBe(TENANT);
  const moved = await app.inject({ method: 'PATCH', url: `/invoices/${mine}`, headers: as('alice'), payload });
  expect(moved.json().organization_id).toBe(TENANT);
});
