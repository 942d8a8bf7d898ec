import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../src/testing/index.ts';
import { layoutShift } from './support/accessibility.ts';
import { openTab, type Tab } from './support/chromium.ts';
import type { Execution } from './support/executions.ts';
import { ADA, BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

describe('the Studio', () => {
  let studio: StudioTest;
  let server: TestServer;
  let failed: Execution;

  beforeAll(async () => {
    studio = await openStudio();
    server = studio.server;
    const { body } = await server.call<{ id: string }>('POST', `${BASE}/api/v1/workflows/`, {
      name: `Orders ${HOSTILE}`,
      graph: {
        nodes: [
          { id: 'first', type: 'core.log', config: { message: HOSTILE } },
          { id: 'each', type: 'flow.foreach', config: { items: [1, 2, 3], body: { nodes: [say], edges: [] } } },
          {
            id: 'call',
            type: 'http.request',
            config: { method: 'GET', url: 'https://carrier.example.invalid/' },
            retry: { attempts: 1 },
          },
        ],
        edges: [
          { source: 'first', target: 'each' },
          { source: 'each', target: 'call' },
        ],
      },
    });
    workflowId = body.id;
    failed = await studio.ended(await studio.run(workflowId));
    expect(failed.status).toBe('failed');
  });
  afterAll(() => studio?.close());

  let workflowId = '';
  const say = { id: 'say', type: 'core.set', config: { values: { n: '{{ item }}', password: 'hush', text: HOSTILE } } };
  const list = ({ page }: Tab) => page.getByRole('region', { name: 'Executions, newest first' });

  it.each(looks)('has no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('executions/', look);
    const { page } = tab;
    await list(tab)
      .getByRole('link', { name: /Orders/ })
      .first()
      .waitFor();
    await expectInOrder(tab, 'list');
    expect(await layoutShift(page)).toBeLessThan(0.1);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search or jump to' }).waitFor();
    await expectInOrder(tab, 'palette');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await expectInOrder(tab, 'keys');
    await page.keyboard.press('Escape');
    await page.goto(`${BASE}/studio/executions/${failed.id}/?step=each%2Fsay%401`);
    await page.getByRole('complementary', { name: 'Step each/say' }).waitFor();
    await expectInOrder(tab, 'step');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByRole('dialog', { name: 'Replay this execution' }).waitFor();
    await expectInOrder(tab, 'replay');
    await page.goto(`${BASE}/studio/tester/`);
    await page.getByRole('treeitem').first().waitFor();
    await expectInOrder(tab, 'rules');
    await page.goto(`${BASE}/studio/executions/01a20a02-0000-7000-8000-000000000000/`);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    await expectInOrder(tab, 'nothing');
  });

  it('finds an execution and replays it from the failed step, by the keyboard alone', async () => {
    const tab = await studio.open('executions/');
    const { page } = tab;
    await list(tab).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type(failed.id);
    await page.keyboard.press('Enter');
    await page.getByRole('treegrid').waitFor();
    expect(new URL(page.url()).pathname).toBe(`${BASE}/studio/executions/${failed.id}/`);
    await page.getByRole('treegrid').focus();
    for (const key of ['End', 'Enter']) await page.keyboard.press(key);
    const panel = page.getByRole('complementary', { name: 'Step call' });
    await panel.waitFor();
    expect(new URL(page.url()).searchParams.get('step')).toBe('call');
    await page.getByRole('button', { name: 'Replay', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: /From a step/ }).waitFor();
    expect(await page.getByLabel('Step to begin with').inputValue()).toBe('call');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Replay 1 step' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.includes(failed.id) && /executions\/[0-9a-f-]{36}/.test(url.pathname));
    const [, id = ''] = /executions\/([0-9a-f-]{36})/.exec(page.url()) ?? [];
    expect(await studio.ended(id)).toMatchObject({ replay_of: failed.id, status: 'failed' });
    await page.getByText('Replay of').waitFor();
  });

  it('shows what happens while it happens', async () => {
    const nap = await server.call<{ id: string }>('POST', `${BASE}/api/v1/workflows/`, {
      name: 'Naps',
      graph: {
        nodes: [
          { id: 'nap', type: 'core.sleep', config: { seconds: 3 } },
          { id: 'awake', type: 'core.log', config: { message: 'x' } },
        ],
        edges: [{ source: 'nap', target: 'awake' }],
      },
    });
    const tab = await studio.open('executions/');
    await list(tab).waitFor();
    const id = await studio.run(nap.body.id);
    // Rows that are newer wait to be asked for; nothing jumps.
    await tab.page.getByRole('button', { name: '1 newer' }).click();
    await list(tab).getByRole('link', { name: 'Naps' }).click();
    await tab.page.getByRole('row', { name: /nap/ }).waitFor();
    await tab.page.getByRole('row', { name: /Succeeded: awake/ }).waitFor();
    await tab.page.getByText('Succeeded', { exact: true }).first().waitFor();
    await tab.page.getByRole('button', { name: 'Replay', exact: true }).waitFor();
    expect((await studio.ended(id)).status).toBe('succeeded');
  });

  it('shows steps behind the first thousand, of which only those in sight are drawn', async () => {
    const { body } = await server.call<{ id: string }>('POST', `${BASE}/api/v1/workflows/`, {
      name: 'Many',
      graph: {
        nodes: [
          { id: 'each', type: 'flow.foreach', config: { items: '{{ event.payload.items }}', body: { nodes: [say], edges: [] } } },
        ],
      },
    });
    const id = await studio.run(body.id, { items: Array.from({ length: 1_100 }, (_, index) => index) });
    await studio.ended(id);
    const tab = await studio.open(`executions/${id}/`);
    const grid = tab.page.getByRole('treegrid');
    await grid.waitFor();
    // What the loop holds is read as one opens it and goes down.
    await grid.focus();
    await tab.page.keyboard.press('ArrowRight');
    await soon(async () => {
      await tab.page.keyboard.press('End');
      expect(await grid.getAttribute('aria-rowcount')).toBe('1102');
    });
    expect(await tab.page.getByRole('row').count()).toBeLessThan(100);
    for (const key of ['End', 'Enter']) await tab.page.keyboard.press(key);
    await tab.page.getByRole('complementary', { name: 'Step each/say' }).waitFor();
    expect(new URL(tab.page.url()).searchParams.get('step')).toBe('each/say@1099');
    // The server looks for what is not here.
    await tab.page.reload();
    await tab.page.getByRole('complementary', { name: 'Step each/say' }).waitFor();
    await tab.page.getByPlaceholder('Find a step').fill('SAY');
    await soon(async () => expect(await grid.getAttribute('aria-rowcount')).toBe('202'));
    expect(new URL(tab.page.url()).searchParams.get('find')).toBe('SAY');
  });

  it('keeps filters in the address, and says when nothing matches', async () => {
    const tab = await studio.open('executions/?status=cancelled&nonsense=1');
    await tab.page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    expect(await tab.page.getByLabel('Status').inputValue()).toBe('cancelled');
    await tab.page.getByRole('button', { name: 'Clear filters' }).click();
    await list(tab)
      .getByRole('link', { name: /Orders/ })
      .first()
      .waitFor();
    expect(new URL(tab.page.url()).search).toBe('');
    await tab.page.getByLabel('Status').selectOption('failed');
    await tab.page.waitForURL(/status=failed/);
  });

  it('takes no secret to the screen but by permission, and runs no text', async () => {
    const tab = await studio.open(`executions/${failed.id}/?step=each%2Fsay%400`);
    const panel = tab.page.getByRole('complementary');
    await panel.getByText('"[redacted]"').first().waitFor();
    expect(await panel.textContent()).not.toContain('hush');
    expect(await panel.textContent()).toContain('<img src=x');
    await panel.getByRole('button', { name: 'Show it as it is' }).click();
    await panel.getByText('"hush"').first().waitFor();
    expect(await tab.page.title()).toMatch(/^Execution …/);
    expect(await tab.page.locator('img').count()).toBe(0);
  });

  it('tests a rule by the keyboard alone, and tries it on what came in', async () => {
    await server.call('POST', `${BASE}/api/v1/events/`, { event_type: 'order.tried', payload: { amount: 7, tags: ['vip'] } });
    const tab = await studio.open('executions/');
    const { page } = tab;
    await list(tab).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('treeitem').first().waitFor();
    expect(await page.getByRole('region', { name: 'Verdict' }).getByRole('status').textContent()).toBe('Matches');
    await page.getByRole('button', { name: 'JSONLogic' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Rule', exact: true }).focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(
      '{"and": [{">": [{"var": "payload.amount"}, 100]}, {"!": [{"in": ["vip", {"var": "payload.tags"}]}]}]}',
    );
    await page.getByText('Does not match').first().waitFor();
    await page.getByRole('button', { name: 'order.tried' }).focus();
    await page.keyboard.press('Enter');
    const first = page.getByRole('treeitem', { name: /payload.amount > 100/ });
    await soon(async () => expect(await first.textContent()).toContain('7'));
    await page.getByRole('treeitem', { name: 'All of' }).focus();
    await page.keyboard.press('ArrowDown');
    expect(await first.getAttribute('tabindex')).toBe('0');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('treeitem').count()).toBe(1);
    const shared = await studio.open(page.url().split('/studio/')[1] ?? '');
    await shared.page.getByRole('treeitem', { name: /payload.amount > 100/ }).waitFor();
    await page.getByRole('textbox', { name: 'Rule', exact: true }).fill('{');
    await page.getByText(/This is no JSON/).waitFor();
    await page.getByRole('textbox', { name: 'Rule', exact: true }).fill('{"regex": ["a", "b"]}');
    await page.getByRole('alert').filter({ hasText: '/rule' }).waitFor();
  });

  it('offers no more than the role allows', async () => {
    const tab = await studio.open(`executions/${failed.id}/?step=each%2Fsay%400`, {}, await studio.person('Vera', 'viewer'));
    await tab.page.getByRole('complementary').getByText('Secrets are taken out.').waitFor();
    expect(await tab.page.getByRole('button', { name: /Replay|Show it as it is/ }).count()).toBe(0);
  });

  it('speaks Italian, and keeps how one wants it to look', async () => {
    const tab = await studio.open('executions/', { locale: 'it-IT' });
    const { page } = tab;
    await page.getByRole('heading', { name: 'Esecuzioni', level: 1 }).waitFor();
    await page.getByRole('button', { name: /owner/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Scuro' }).click();
    await page.getByRole('button', { name: /owner/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
    expect(await page.evaluate('[document.documentElement.dataset.theme, document.documentElement.lang]')).toEqual([
      'dark',
      'en',
    ]);
  });

  it('asks for sign-in and leads back, and keeps a page whose session has ended', async () => {
    const stranger = await openTab(studio.chromium, server.url);
    studio.watch(stranger);
    await stranger.page.goto(`${BASE}/studio/executions/?status=failed`);
    await stranger.page.waitForURL(/sign-in/);
    expect(new URL(stranger.page.url()).searchParams.get('next')).toBe(`${BASE}/studio/executions/?status=failed`);
    const tab = await studio.open(`executions/${failed.id}/`);
    await tab.page.getByRole('button', { name: 'Replay', exact: true }).click();
    await tab.page.getByLabel('Change the input').check();
    const input = tab.page.getByRole('textbox', { name: 'Input' });
    await input.fill('{"kept": true}');
    await tab.context.clearCookies();
    await tab.page
      .getByRole('dialog')
      .getByRole('button', { name: /^Replay / })
      .click();
    const over = tab.page.getByRole('dialog', { name: 'You are signed out' });
    await over.waitFor();
    await tab.context.addCookies(await studio.sessionOf(ADA));
    await over.getByRole('button', { name: 'Go on' }).click();
    expect(await input.textContent()).toBe('{"kept": true}');
  });

  it('is sent with a strict policy, compressed, and its files once', async () => {
    const page = await fetch(`${server.url}${BASE}/studio/any/where/`, { headers: { accept: 'text/html' } });
    const policy = page.headers.get('content-security-policy') ?? '';
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'nonce-/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const text = await page.text();
    expect(text).toContain(`<base href="${BASE}/studio/"`);
    const [, script = ''] = /src="\.\/(assets\/[^"]+\.js)"/.exec(text) ?? [];
    const file = await fetch(`${server.url}${BASE}/studio/${script}`, { headers: { 'accept-encoding': 'br' } });
    expect([file.status, file.headers.get('content-encoding'), file.headers.get('cache-control')]).toEqual([
      200,
      'br',
      'public, max-age=31536000, immutable',
    ]);
  });
});
