import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../src/testing/index.ts';
import { adminShop } from './support/admin-shop.ts';
import type { Tab } from './support/chromium.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

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
    await page.getByRole('link', { name: 'Order', exact: false }).first().waitFor();
    await expectInOrder(tab, 'index');
    await page.goto(`${BASE}/studio/admin/shop/order/`);
    await rows(tab).getByRole('link', { name: 'HP-112' }).waitFor();
    // Counted beside the rows, as the filters are.
    await page.locator('.a-days button').first().waitFor({ state: 'attached' });
    await expectInOrder(tab, 'list');
    await page.goto(`${BASE}/studio/admin/shop/order/${orders[1]}/`);
    await page.getByRole('heading', { name: 'Order HP-102' }).waitFor();
    await page.getByRole('region', { name: 'Lines' }).first().locator('header .badge').waitFor();
    await page.locator('main .bone.on').first().waitFor({ state: 'detached' });
    await expectInOrder(tab, 'form');
    await page.goto(`${BASE}/studio/admin/shop/order/new/`);
    await page.getByRole('heading', { name: 'New Order' }).waitFor();
    await expectInOrder(tab, 'new');
    await page.goto(`${BASE}/studio/admin/shop/wide/`);
    await page.getByRole('link', { name: 'All of it' }).waitFor();
    await expectInOrder(tab, 'wide');
  });

  it('finds, filters, orders, opens and edits rows by the keyboard alone; the address says where one is', async () => {
    const tab = await studio.open('executions/');
    const { page } = tab;
    await page.getByRole('region', { name: 'Executions, newest first' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByRole('searchbox', { name: 'Find a model' }).focus();
    await page.keyboard.type('order');
    expect(await page.getByRole('link', { name: /^Customer/ }).count()).toBe(0);
    await page.getByRole('link', { name: /^Order look/ }).focus();
    await page.keyboard.press('Enter');
    await rows(tab).getByRole('link', { name: 'HP-112' }).waitFor();
    const paid = page.getByRole('complementary', { name: 'Filters' }).getByRole('button', { name: /^paid/ });
    await paid.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/status=paid/);
    await soon(async () =>
      expect(await rows(tab).getByRole('link', { name: /^HP-/ }).allTextContents()).toEqual(['HP-112', 'HP-108', 'HP-104']),
    );
    await rows(tab).getByRole('button', { name: 'Number' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/ordering=number/);
    await soon(async () =>
      expect(await rows(tab).getByRole('link', { name: /^HP-/ }).allTextContents()).toEqual(['HP-104', 'HP-108', 'HP-112']),
    );
    const november = page.getByRole('button', { name: /^Nov 2026/ });
    await november.focus();
    await page.keyboard.press('Enter');
    await soon(async () => expect(await rows(tab).getByRole('link', { name: /^HP-/ }).allTextContents()).toEqual(['HP-104']));
    await page.keyboard.press('/');
    await page.keyboard.type('nowhere');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).focus();
    await page.keyboard.press('Enter');
    await rows(tab).getByRole('link', { name: 'HP-112' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await rows(tab).focus();
    for (const key of ['j', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'Order HP-112' }).waitFor();
    await page.getByLabel('Total').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('12.50');
    await page.keyboard.press('Control+s');
    await soon(async () => expect(await order(orders[11] ?? '')).toMatchObject({ total: '12.50' }));
  });

  it('changes columns in the list, row by row, and never over what somebody else has made of them', async () => {
    const tab = await studio.open('admin/shop/order/');
    const { page } = tab;
    await rows(tab).getByRole('link', { name: 'HP-111' }).waitFor();
    await page.getByLabel('Carrier of HP-111').selectOption({ label: 'nordpost' });
    await page.getByLabel('Is gift of HP-110').focus();
    await page.keyboard.press('Space');
    await page.getByLabel('Carrier of HP-109').selectOption({ label: 'fastlane' });
    await server.call('PATCH', `${BASE}/api/v1/orders/${orders[8]}/`, { carrier: 'nordpost' });
    await page.getByRole('button', { name: 'Save 3 rows' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('1 row changed').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('HP-109: Somebody else');
    expect(await order(orders[10] ?? '')).toMatchObject({ carrier: 'nordpost' });
    expect(await order(orders[9] ?? '')).toMatchObject({ is_gift: true });
    expect(await order(orders[8] ?? '')).toMatchObject({ carrier: 'nordpost' });
    await page.getByRole('button', { name: 'Discard' }).click();
    await soon(async () => expect(await page.getByLabel('Carrier of HP-109').inputValue()).toBe('"nordpost"'));
  });

  it('does something with many rows, one after the other; one that fails is named and stops none', async () => {
    const tab = await studio.open('admin/shop/order/?ordering=number');
    const { page } = tab;
    for (const number of ['HP-103', 'HP-104', 'HP-105']) {
      await page.getByRole('checkbox', { name: `Select ${number}` }).focus();
      await page.keyboard.press('Space');
    }
    await page.getByLabel('Action').selectOption({ label: 'Mark as packed' });
    await page.getByRole('button', { name: 'Run on 3' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Mark as packed' });
    await dialog.getByText('Done with 2 rows').waitFor();
    expect(await dialog.getByRole('region', { name: '1 row failed' }).textContent()).toContain('HP-103 HP-103 is on hold.');
    await page.keyboard.press('Escape');
    expect([(await order(orders[2] ?? '')).status, (await order(orders[3] ?? '')).status]).toEqual(['on_hold', 'packed']);
  });

  it('imports a file once it has been looked at, and leaves out what is refused, by the keyboard alone', async () => {
    const tab = await studio.open('admin/shop/order/');
    const { page } = tab;
    await page.getByRole('button', { name: 'Import' }).focus();
    await page.keyboard.press('Enter');
    const lines = [
      'number,total,notes',
      'HP-901,1.00,good',
      'wrong,2.00,a',
      `HP-902,2.00,"${HOSTILE.replaceAll('"', '""')}"`,
      'HP-903,lots,b',
    ];
    await page
      .getByLabel('File')
      .setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) });
    await page.getByRole('button', { name: 'Check the file' }).focus();
    await page.keyboard.press('Enter');
    const preview = page.getByRole('region', { name: 'What happens' });
    await preview.waitFor();
    expect(await preview.getByRole('row').allTextContents()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^2refusednumber/),
        expect.stringMatching(/^4refusedtotal/),
        expect.stringMatching(/^1created/),
      ]),
    );
    await expectInOrder(tab, 'import');
    expect((await server.call<{ results: [] }>('GET', `${BASE}/api/v1/orders/?search=HP-90`)).body.results).toHaveLength(0);
    expect(await page.getByRole('button', { name: 'Import 2 rows' }).isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'Leave out the 2 rows that are refused' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Import 2 rows' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('2 created, 0 changed').waitFor();
    const { body } = await server.call<{ results: Order[] }>('GET', `${BASE}/api/v1/orders/?search=HP-90&ordering=number`);
    expect(body.results.map(({ number, notes }) => [number, notes])).toEqual([
      ['HP-901', 'good'],
      ['HP-902', HOSTILE],
    ]);
  });

  it('exports what the list shows', async () => {
    const tab = await studio.open('admin/shop/order/?status=on_hold');
    const { page } = tab;
    await rows(tab).getByRole('link', { name: 'HP-111' }).waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'CSV' }).click()]);
    const file = await (await download.createReadStream()).toArray();
    const [head = '', ...lines] = Buffer.concat(file as Buffer[])
      .toString()
      .trim()
      .split('\n');
    expect([download.suggestedFilename(), head.startsWith('id,number'), lines.length]).toEqual([
      expect.stringMatching(/csv$/),
      true,
      3,
    ]);
  });

  it('makes a row, and says at the field what the server refuses', async () => {
    const tab = await studio.open('admin/shop/order/new/');
    const { page } = tab;
    await page.getByLabel('Number').fill('HP-101');
    await page.getByLabel('Total').fill('3.00');
    await page.getByRole('combobox', { name: /^Customer/ }).focus();
    await page.keyboard.type('ines');
    await page.getByRole('option', { name: /^Ines/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+s');
    await page.getByText('is already taken').first().waitFor();
    await page.getByLabel('Number').fill('HP-500');
    await page.keyboard.press('Control+s');
    await page.getByRole('heading', { name: 'Order HP-500' }).waitFor();
    const { body } = await server.call<{ results: object[] }>('GET', `${BASE}/api/v1/orders/?search=HP-500`);
    expect(body.results).toMatchObject([{ number: 'HP-500', customer_id: customer, status: 'paid', visits: null }]);
  });

  it('changes a row in two tabs: the second is told, and loses nothing', async () => {
    const id = orders[0] ?? '';
    const first = await studio.open(`admin/shop/order/${id}/`);
    const second = await studio.open(`admin/shop/order/${id}/`);
    for (const { page } of [first, second]) await page.getByLabel('Notes').waitFor();
    await first.page.getByLabel('Notes').fill('from the first');
    await second.page.getByLabel('Notes').fill('from the second');
    await second.page.getByLabel('Total').fill('77.00');
    await first.page.keyboard.press('Control+s');
    await first.page.getByText('Saved', { exact: false }).first().waitFor();
    await second.page.keyboard.press('Control+s');
    const dialog = second.page.getByRole('dialog');
    await dialog.getByRole('group', { name: 'Notes' }).waitFor();
    await expectInOrder(second, 'conflict');
    expect(await dialog.textContent()).toContain('from the first');
    await dialog.getByRole('button', { name: 'Save' }).focus();
    await second.page.keyboard.press('Enter');
    await soon(async () => expect(await order(id)).toMatchObject({ notes: 'from the second', total: '77.00' }));
    // What JavaScript cannot hold stays as it was.
    expect((await order(id)).visits).toBe('9007199254740993');
  });

  it('edits rows that belong to one, adds some, and tells what goes when it is deleted', async () => {
    const tab = await studio.open(`admin/shop/order/${orders[1]}/`);
    const { page } = tab;
    await page.getByLabel(/^Quantity of Lamp/).fill('7');
    await page.getByRole('button', { name: 'Save 1 row' }).click();
    await page.getByText('1 row is saved').waitFor();
    await page.getByRole('button', { name: 'Add to Lines' }).click();
    const adding = page.getByRole('dialog', { name: 'Add to Lines' });
    await adding.getByLabel('Product').fill('Shelf');
    await adding.getByLabel('Price').fill('9.00');
    await adding.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('link', { name: 'Shelf' }).waitFor();
    const lines = await server.call<{ results: object[] }>('GET', `${BASE}/api/v1/order-lines/?order_id=${orders[1]}`);
    expect(lines.body.results).toMatchObject([{ quantity: 7 }, { product: 'Shelf', quantity: 1 }]);
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByRole('dialog', { name: 'What came of it' }).getByText('reachable').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete HP-102' });
    expect(await dialog.getByRole('listitem').textContent()).toBe('2 Order line: goes with it');
    await dialog.getByRole('button', { name: 'Delete HP-102' }).click();
    await rows(tab).getByRole('link', { name: 'HP-101' }).waitFor();
    expect((await server.call('GET', `${BASE}/api/v1/orders/${orders[1]}/`)).status).toBe(404);
  });

  it('offers nobody what they may not do, and runs no text', async () => {
    const email = await studio.person('Vera', 'viewer');
    const tab = await studio.open('admin/', {}, email);
    const { page } = tab;
    await page
      .getByRole('main')
      .getByRole('link', { name: /^Workflow/ })
      .waitFor();
    // A saved view is everybody's own.
    const adding = page.getByRole('link', { name: /^Add/ });
    expect(await adding.evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
      `${BASE}/studio/admin/studio/savedview/new/`,
    ]);
    expect(await page.getByRole('link', { name: /^Order/ }).count()).toBe(0);
    await page.goto(`${BASE}/studio/admin/shop/order/`);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    const owner = await studio.open(`admin/shop/customer/${customer}/`);
    await owner.page.getByRole('heading', { name: /^Customer Ines/ }).waitFor();
    expect(await owner.page.getByRole('heading', { level: 1 }).textContent()).toContain(HOSTILE);
    await owner.page.goto(`${BASE}/studio/admin/shop/wide/`);
    await owner.page.getByRole('link', { name: 'All of it' }).click();
    await owner.page.getByLabel('Field 50').waitFor();
    expect(await owner.page.locator('img').count()).toBe(0);
    expect(await owner.page.title()).not.toMatch(/^\d$/);
  });

  it('shows what was done to a row, from the audit record', async () => {
    const secret = await create('secrets', { name: 'CARRIER', value: 'hush-and-hush', hosts: ['api.example.com'] });
    await server.call('PATCH', `${BASE}/api/v1/secrets/${secret}/`, { description: HOSTILE });
    const tab = await studio.open(`admin/governance/secret/${secret}/?view=history`);
    const { page } = tab;
    await page.getByRole('heading', { name: 'secret.update' }).waitFor();
    await expectInOrder(tab, 'history');
    expect(await page.getByRole('table').textContent()).toContain(HOSTILE);
    expect(await page.textContent('main')).not.toContain('hush');
  });
});
