import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '../src/kernel/index.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

vi.setConfig({ testTimeout: 240_000 });

const HOUR = 3_600_000;

describe('spend, budgets and prices in the Studio', () => {
  let studio: StudioTest;
  const ids = { budget: '', spent: '', tenant: '' };

  beforeAll(async () => {
    studio = await openStudio();
    const { db } = studio.server.automate;
    const { rows } = await db.query<{ id: string }>(`select id from automate.tenants where slug = 'default'`);
    ids.tenant = rows[0]?.id ?? '';
    for (let index = 0; index < 60; index += 1)
      await add({ hours: index * 11, endpoint: `team-${index % 3}`, model: 'gpt-4o-mini', nanos: 2_000_000 * (1 + (index % 3)) });
    await add({ hours: 1, endpoint: 'team-0', model: `unheard ${HOSTILE}`, nanos: null });
    await studio.person('Ines', 'viewer');
    ids.budget = await post('/api/v1/gateway/budgets/', {
      name: `Team ${HOSTILE}`,
      period: 'month',
      metric: 'usd',
      amount: '100',
    });
    ids.spent = await post('/api/v1/gateway/budgets/', { name: 'Trial', period: 'total', metric: 'requests', amount: '10' });
    await db.query(
      `insert into gateway.budget_periods (budget_id, starts_at, tenant_id, ends_at, spent)
       select id, gateway.period_start(period, time_zone, now()), tenant_id, null, units from gateway.budgets where id = $1`,
      [ids.spent],
    );
  });
  afterAll(() => studio?.close());

  async function post(path: string, given: object): Promise<string> {
    const { status, body } = await studio.server.call<{ id: string }>('POST', BASE + path, given);
    expect(status, JSON.stringify(body)).toBeLessThan(300);
    return body.id;
  }

  async function add(call: { hours: number; endpoint: string; model: string; nanos: number | null }) {
    await studio.server.automate.db.query(
      `insert into gateway.calls (id, tenant_id, created_at, task, model, endpoint, provider, provider_model, protocol, caller, trace_id, status, cost_nanos, input_tokens, latency_ms)
       values ($1, $2, $3, 'llm.chat', 'm', $4, 'vendor', $5, 'openai', 'user', 'trace', 'succeeded', $6, 100, 5)`,
      [newId(), ids.tenant, new Date(Date.now() - call.hours * HOUR).toISOString(), call.endpoint, call.model, call.nanos],
    );
  }

  it.each(looks)('have no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('spend/', look);
    const pages: readonly (readonly [
      path: string,
      role: 'heading' | 'row' | 'complementary' | 'dialog' | 'button',
      name: string | RegExp,
    ])[] = [
      ['spend/', 'row', /team-2/],
      ['spend/?by=model&within=week', 'row', /gpt-4o-mini/],
      ['spend/?by=prompt&within=day', 'row', /without a prompt/],
      ['budgets/', 'row', /Trial/],
      [`budgets/?open=${ids.budget}`, 'heading', 'Burn-down'],
      [`budgets/?open=${ids.spent}`, 'complementary', 'Trial'],
      ['budgets/?new=budget', 'dialog', 'New budget'],
      ['budgets/?q=nothing+is+called+so', 'heading', 'Nothing matches'],
      ['prices/', 'button', /Set a price for unheard/],
      ['prices/?q=gpt-4o-mini&book=openai', 'row', /gpt-4o-mini/],
      ['prices/?q=gpt-4o-mini&book=openai&open=openai/gpt-4o-mini', 'complementary', 'gpt-4o-mini'],
      ['prices/?tab=own', 'heading', 'No prices of your own'],
      ['prices/?new=price&model=unheard', 'dialog', 'Set a price'],
    ];
    for (const [path, role, name] of pages) {
      await tab.page.goto(`${BASE}/studio/${path}`);
      await tab.page.getByRole(role, { name }).first().waitFor();
      if (process.env.SHOTS)
        await tab.page.screenshot({
          path: `${process.env.SHOTS}/${path.replace(/\W+/g, '-')}${look.colorScheme}-${look.size}.png`,
        });
      await expectInOrder(tab, path);
    }
    expect(await tab.page.locator('img').count()).toBe(0);
  });

  it('tell spend by what is chosen, count what has no price apart, and lead to the calls', async () => {
    const { page } = await studio.open('spend/');
    await page.getByRole('row', { name: /team-2/ }).waitFor();
    const names = await page.locator('main tbody th').allInnerTexts();
    expect(names.map((name) => name.trim())).toEqual(['team-2', 'team-1', 'team-0']);
    await page.getByText('1 call used a model whose price is not known').waitFor();
    await page.getByRole('button', { name: 'Model', exact: true }).click();
    await page.getByRole('row', { name: /unheard.*unknown/ }).waitFor();
    expect(page.url()).toContain('by=model');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    expect((await saved).suggestedFilename()).toBe('spend-by-model.csv');
  });

  it('show a budget that is spent, and set, change and remove one', async () => {
    const { page } = await studio.open('budgets/');
    await page.getByRole('row', { name: /Trial.*spent/ }).waitFor();
    await page.getByRole('button', { name: 'Trial' }).click();
    await page.getByText('It is spent: calls are refused with 402. It does not renew.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'New budget' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Support');
    await page.getByLabel('Amount', { exact: true }).fill('25,5');
    await page.getByRole('button', { name: 'Set the budget' }).click();
    await page.getByRole('row', { name: /Support.*\$25\.50/ }).waitFor();
    await page.getByRole('button', { name: 'Support' }).click();
    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByLabel('Amount', { exact: true }).fill('30');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Support.*\$30\.00/ }).waitFor();
    await page.getByRole('complementary').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('row', { name: /Support/ }).waitFor({ state: 'detached' });
  });

  it('set a price for a model that has none', async () => {
    const { page } = await studio.open('prices/');
    await page.getByRole('button', { name: /Set a price for unheard/ }).click();
    await page.getByLabel('Input', { exact: true }).fill('1,25');
    await page.getByLabel('Output', { exact: true }).fill('$5');
    await page.getByRole('button', { name: 'Save the price' }).click();
    await page.getByRole('button', { name: /Set a price for unheard/ }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Your own' }).click();
    await page.getByRole('row', { name: /unheard.*\$1\.25.*\$5\.00/ }).waitFor();
  });

  it('let a viewer look, and change nothing', async () => {
    const { page } = await studio.open('budgets/', {}, 'ines@example.com');
    await page.getByRole('row', { name: /Trial/ }).waitFor();
    await soon(async () => expect(await page.getByRole('button', { name: 'New budget' }).count()).toBe(0));
    await page.goto(`${BASE}/studio/prices/`);
    await page
      .getByRole('row', { name: /claude/ })
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: /Set a price/ }).count()).toBe(0);
  });
});
