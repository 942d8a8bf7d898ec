import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { defineFeature } from 'automate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutShift } from './support/accessibility.ts';
import type { Tab } from './support/chromium.ts';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest } from './support/studio.ts';

/** The step is done. */
const ticked = (page: Tab['page'], step: string) => page.getByRole('heading', { name: new RegExp(`^${step}.*done$`) }).waitFor();

const figures = defineFeature({
  name: 'figures',
  tiles: [
    {
      name: 'parcels',
      title: { en: 'Parcels', it: 'Pacchi' },
      icon: 'box',
      read: () => ({ value: 1_234, note: 'on their way', href: 'executions/?status=waiting' }),
    },
    {
      name: 'hostile',
      title: { en: HOSTILE },
      icon: HOSTILE,
      read: () => ({ value: HOSTILE.slice(0, 40), tone: 'bad', unit: HOSTILE.slice(0, 20), note: HOSTILE }),
    },
    {
      name: 'broken',
      title: { en: 'Broken' },
      read() {
        throw new Error(HOSTILE);
      },
    },
  ],
});

describe('the dashboard of the Studio', () => {
  let studio: StudioTest;
  let bad = '';
  const make = async (name: string, ...nodes: object[]) =>
    (await studio.server.call<{ id: string }>('POST', `${BASE}/api/v1/workflows/`, { name, graph: { nodes } })).body.id;

  beforeAll(async () => {
    studio = await openStudio({ features: [figures] });
    const good = await make('Good', { id: 'a', type: 'core.log', config: { message: 'x' } });
    bad = await make(`Bad ${HOSTILE}`, {
      id: 'a',
      type: 'http.request',
      config: { method: 'GET', url: 'https://x.invalid/' },
      retry: { attempts: 1 },
    });
    await studio.run(await make('Asking', { id: 'a', type: 'core.approval', config: { title: HOSTILE } }));
    for (const workflow of [good, good, good, bad, bad]) await studio.ended(await studio.run(workflow));
  });
  afterAll(() => studio?.close());

  it.each(looks)('has no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('dashboard/', look);
    const { page } = tab;
    await page.getByRole('link', { name: /^Executions 6/ }).waitFor();
    await expectInOrder(tab, 'dashboard');
    expect(await layoutShift(page)).toBeLessThan(0.1);
    await page.getByRole('button', { name: 'Show as a table: Executions by status' }).click();
    await page.getByRole('slider', { name: /^Duration/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await expectInOrder(tab, 'tables');
    await page.goto(`${BASE}/studio/welcome/`);
    await ticked(page, 'Run the sample');
    await expectInOrder(tab, 'welcome');
  });

  it('tells each value to the keyboard, and in a table', async () => {
    const { page } = await studio.open('dashboard/');
    const chart = page.getByRole('slider', { name: 'Executions by status. Last 24 hours: 6 executions, of which 2 failed.' });
    await chart.focus();
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/: Succeeded 3, Waiting 1, Failed 2$/);
    await page.keyboard.press('ArrowLeft');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/: none$/);
    await page.keyboard.press('End');
    await page
      .locator('.tip')
      .getByText(/Failed 2/)
      .waitFor();
    await page.getByRole('button', { name: 'Show as a table: Executions by status' }).focus();
    await page.keyboard.press('Enter');
    const cells = page.getByRole('region', { name: 'Executions by status, values' }).getByRole('row').last().getByRole('cell');
    expect(await cells.allTextContents()).toEqual(['3', '0', '0', '0', '1', '2']);
  });

  it('leads from each figure to the list behind it, and keeps the period in the address', async () => {
    const { page } = await studio.open('executions/');
    await page.getByRole('heading', { level: 1, name: 'Executions' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    const last = page.getByRole('button', { name: '1 h' });
    await last.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/within=hour/);
    // Until the figures of the hour are there, those of the day are shown, and lead to the day.
    const rate = page.locator('a[href*="within=hour"]').and(page.getByRole('link', { name: /Error rate 40%/ }));
    await rate.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/executions\/\?status=failed&within=hour$/);
    await page.goBack();
    await page.getByRole('link', { name: /Bad .* fails 2 executions/ }).click();
    await page.waitForURL((url) => url.searchParams.get('workflow') === bad && url.searchParams.get('status') === 'failed');
    await page.goBack();
    expect(await last.getAttribute('aria-pressed')).toBe('true');
    await page
      .getByRole('link', { name: /Open the last one/ })
      .first()
      .click();
    await page.getByRole('treegrid').waitFor();
  });

  it('shows what happens while it happens, in its place', async () => {
    const { page } = await studio.open('dashboard/');
    const tile = page.getByRole('link', { name: /^Executions \d/ });
    await tile.waitFor();
    const before = Number(await tile.locator('.figure').textContent());
    await tile.focus();
    await studio.run(bad);
    await page.getByRole('link', { name: new RegExp(`^Executions ${before + 1}`) }).waitFor({ timeout: 60_000 });
    expect(await page.evaluate('document.activeElement.className')).toContain('tile');
  });

  it('shows figures of features as text, and one that fails beside the others', async () => {
    const { page } = await studio.open('dashboard/', { locale: 'it-IT' });
    await page.getByRole('link', { name: /Pacchi 1234 on their way/ }).waitFor();
    await page.getByText('Non si è potuto leggere').waitFor();
    await page.getByText(HOSTILE.slice(0, 40)).first().waitFor();
    expect(await page.title()).toMatch(/^Panoramica/);
    expect(await page.locator('main img').count()).toBe(0);
    await page.getByRole('link', { name: /Pacchi/ }).click();
    await page.waitForURL(/executions\/\?status=waiting/);
  });

  it('shows no more than the role allows', async () => {
    const viewer = await studio.person('Vera', 'viewer');
    const { page } = await studio.open('dashboard/', {}, viewer);
    await page.getByRole('link', { name: /^Executions \d/ }).waitFor();
    const health = page.getByRole('region', { name: 'Health' });
    expect(await health.textContent()).not.toMatch(/PostgreSQL|free/);
    await page.goto(`${BASE}/studio/welcome/`);
    await page.getByRole('heading', { name: 'First steps' }).waitFor();
    expect(await page.getByRole('button', { name: /Make a key|sample/ }).count()).toBe(0);
    expect(await page.getByRole('heading', { name: /API key|Invite/ }).count()).toBe(0);
  });
});

describe('the first steps', () => {
  let studio: StudioTest;
  beforeAll(async () => {
    studio = await openStudio();
  });
  afterAll(() => studio?.close());

  it('lead through an empty house by the keyboard alone, and are ticked off by what is there', async () => {
    const { page } = await studio.open('');
    await page.waitForURL(/studio\/welcome\/$/);
    const press = async (name: RegExp | string, role: 'button' | 'link' = 'button') => {
      await page.getByRole(role, { name }).first().focus();
      await page.keyboard.press('Enter');
    };
    await page.getByText('1 of 6').waitFor();
    await press('Make the sample and run it');
    await ticked(page, 'Run the sample');
    await ticked(page, 'See what it did');
    await press('Open the execution', 'link');
    await page.getByRole('row', { name: /report/ }).waitFor();
    await page.goBack();
    await press('Make a key');
    await ticked(page, 'Make an API key');
    const command = page.getByRole('group', { name: 'Command' });
    expect(await command.textContent()).not.toContain('$AUTOMATE_KEY');
    expect(await page.getByText('Listening').count()).toBe(1);
    const { stdout } = await promisify(execFile)('sh', ['-c', (await command.textContent()) ?? '']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'accepted' });
    await ticked(page, 'Send an event yourself');
    await page.getByText('5 of 6').waitFor();
    await studio.server.call('POST', `${BASE}/api/v1/invitations/`, { email: 'eva@example.com', role: 'viewer' });
    await page.getByText('6 of 6').waitFor();
    const { body } = await studio.server.call<{ results: { status: string }[] }>('GET', `${BASE}/api/v1/executions/`);
    expect(body.results).toHaveLength(2);
    await press('Open the dashboard');
    await page.waitForURL(/studio\/dashboard\/$/);
    await page.goto(`${BASE}/studio/`);
    await page.waitForURL(/studio\/dashboard\/$/);
  });

  it('are left for good, and the empty list of executions offers the sample', async () => {
    const empty = await openStudio({ environment: { AUTOMATE_SAMPLE: 'true' } });
    try {
      const { page } = await empty.open('');
      await page.getByRole('button', { name: 'Leave the first steps' }).click();
      await page.waitForURL(/studio\/dashboard\/$/);
      await page.getByText('Nothing needs you now').waitFor();
      await page.goto(`${BASE}/studio/`);
      await page.waitForURL(/studio\/dashboard\/$/);
      await page.goto(`${BASE}/studio/executions/`);
      await page.getByRole('heading', { name: 'No executions yet' }).waitFor();
      await page.getByRole('button', { name: 'Run the sample' }).click();
      await page.waitForURL(/executions\/[0-9a-f-]{36}\/$/);
      await page.getByRole('row', { name: /report/ }).waitFor();
    } finally {
      await empty.close();
    }
  });
});
