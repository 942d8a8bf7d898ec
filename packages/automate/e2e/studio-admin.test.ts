import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../src/testing/index.ts';
import { adminShop } from './support/admin-shop.ts';
import type { Tab } from './support/chromium.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest } from './support/studio.ts';

interface Order {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly carrier: string | null;
  readonly notes: string | null;
  readonly visits: unknown;
}

describe('the admin', () => {
  let studio: StudioTest;
  let server: TestServer;
  let customer = '';
  const orders: string[] = [];

  const create = async (path: string, body: object) => {
    const reply = await server.call<{ id: string }>('POST', `${BASE}/api/v1/${path}/`, body);
    expect([reply.status, reply.status === 201 ? '' : reply.body]).toEqual([201, '']);
    return reply.body.id;
  };
  const order = async (id: string) => (await server.call<Order>('GET', `${BASE}/api/v1/orders/${id}/`)).body;
  const rows = ({ page }: Tab) => page.getByRole('region', { name: 'Order', exact: true });

  beforeAll(async () => {
    studio = await openStudio(adminShop);
    server = studio.server;
    customer = await create('customers', { name: `Ines ${HOSTILE}` });
    for (let n = 1; n <= 12; n += 1)
      orders.push(
        await create('orders', {
          number: `HP-${100 + n}`,
          total: `${n}.50`,
          status: (['paid', 'packed', 'shipped', 'on_hold'] as const)[n % 4],
          channel: n % 3 === 0 ? 'phone' : 'web',
          customer_id: n % 2 === 0 ? customer : null,
          visits: n === 1 ? '9007199254740993' : n,
          notes: n === 2 ? HOSTILE : n === 3 ? 'long '.repeat(900) : null,
          metadata: n === 2 ? { [HOSTILE]: HOSTILE } : {},
          card: '4242424242424242',
          placed_at: `2026-${n < 7 ? '11' : '12'}-${String(n).padStart(2, '0')}T10:00:00Z`,
        }),
      );
    await create('order-lines', { order_id: orders[1], product: `Lamp ${HOSTILE}`.slice(0, 100), quantity: 2, price: '1.00' });
    await create('wide', { name: 'All of it', field_01: 'x'.repeat(5_000), field_02: HOSTILE });
    await create('wide', { name: 'Nothing' });
  });
  afterAll(() => studio?.close());

  it.each(looks)('has no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('admin/', look);
    const { page } = tab;
    const shot = async (name: string) => {
      await expectInOrder(tab, name);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${look.colorScheme}-${look.size}.png` });
    };
    await page.getByRole('link', { name: 'Order', exact: false }).first().waitFor();
    await shot('index');
    await page.goto(`${BASE}/studio/admin/shop/order/`);
    await rows(tab).getByRole('link', { name: 'HP-112' }).waitFor();
    await page.waitForTimeout(600);
    await shot('list');
    await page.goto(`${BASE}/studio/admin/shop/order/${orders[1]}/`);
    await page.getByRole('heading', { name: 'Order HP-102' }).waitFor();
    await page.getByRole('region', { name: 'Lines' }).first().waitFor();
    await page.waitForTimeout(600);
    await shot('form');
    await page.goto(`${BASE}/studio/admin/shop/order/new/`);
    await page.getByRole('heading', { name: 'New Order' }).waitFor();
    await shot('new');
    await page.goto(`${BASE}/studio/admin/shop/wide/`);
    await page.getByRole('link', { name: 'All of it' }).waitFor();
    await shot('wide');
  });
});
