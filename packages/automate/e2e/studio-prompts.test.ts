import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE, expectInOrder, HOSTILE, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

interface Detail {
  readonly id: string;
  readonly latest_version: number;
  readonly labels: readonly { readonly name: string; readonly version: number | null }[];
}

const version = (text: string) => ({
  messages: [
    { role: 'system', content: 'You answer in one sentence.' },
    { role: 'user', content: text },
  ],
  variables: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  model: 'demo/demo',
});

describe('prompts in the Studio', () => {
  let studio: StudioTest;
  let greeting = '';
  let run = '';
  let second = '';

  const call = async <Body>(method: string, path: string, body?: object) => {
    const reply = await studio.server.call<Body>(method, `${BASE}${path}`, body);
    expect([path, reply.status < 300, reply.body]).toEqual([path, true, reply.body]);
    return reply.body;
  };
  const read = (id: string) => call<Detail>('GET', `/api/v1/prompts/${id}/`);
  const ended = (id: string) =>
    soon(async () => {
      const { status } = await call<{ status: string }>('GET', `/api/v1/prompt-runs/${id}/`);
      expect(status).toBe('succeeded');
    });

  beforeAll(async () => {
    studio = await openStudio();
    await call('POST', '/api/v1/providers/', { slug: 'demo', kind: 'demo' });
    const name = `Greeting ${HOSTILE}`;
    greeting = (await call<Detail>('POST', '/api/v1/prompts/', { name, version: version(`Greet {{ name }} ${HOSTILE}`) })).id;
    await call('POST', `/api/v1/prompts/${greeting}/versions/`, { ...version('Say hello to {{ name }}'), message: 'Warmer' });
    await call('PUT', `/api/v1/prompts/${greeting}/labels/production/`, {
      variants: [
        { version: 1, weight: 90 },
        { version: 2, weight: 10 },
      ],
      sticky: 'caller',
    });
    const set = await call<{ id: string }>('POST', '/api/v1/prompt-test-sets/', {
      prompt_id: greeting,
      name: 'Names',
      cases: [
        { name: 'An answer', variables: { name: 'Ada' }, assertions: [{ type: 'latency', max_ms: 60_000 }] },
        { name: HOSTILE, variables: { name: 'Ada' }, assertions: [{ type: 'contains', value: 'never said' }] },
      ],
    });
    run = (await call<{ id: string }>('POST', '/api/v1/prompt-runs/', { test_set_id: set.id, version: 2 })).id;
    second = (await call<{ id: string }>('POST', '/api/v1/prompt-runs/', { test_set_id: set.id, version: 1 })).id;
    await ended(run);
    await ended(second);
  });
  afterAll(() => studio?.close());

  it.each(looks)('have no barriers, in $colorScheme on a $size screen', { timeout: 180_000 }, async (look) => {
    const tab = await studio.look('prompts/', look);
    const { page } = tab;
    await page.getByRole('link', { name: /^Greeting/ }).waitFor();
    await page.getByText(/A\/B v1 90 %/).waitFor();
    await expectInOrder(tab, 'list');
    for (const [name, path, ready] of [
      ['edit', '', 'These variables do not fit'],
      ['versions', '?tab=versions&from=1&to=2', 'v1 → v2'],
      ['tests', '?tab=tests', 'Latest runs'],
      ['run', `?tab=tests&run=${run}`, '1 of 2 passed'],
      ['compare', `?tab=tests&run=${run}&other=${second}`, '0 worse'],
      ['metrics', '?tab=metrics', 'By version'],
      ['try', '?tab=try', 'Ask the model'],
    ] as const) {
      await page.goto(`${BASE}/studio/prompts/${greeting}/${path}`);
      await page.getByText(ready).filter({ visible: true }).first().waitFor();
      await expectInOrder(tab, name);
    }
    expect(await page.locator('main img').count()).toBe(0);
  });

  it('are written, with what is wrong at its place, stored, tested and put into production', { timeout: 180_000 }, async () => {
    const { page } = await studio.open('prompts/?new=prompt');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Summary');
    await page.keyboard.press('Enter');
    const editor = page.getByRole('textbox', { name: 'Message 1, User' });
    await editor.click();
    await page.keyboard.insertText('Summarise {{ text');
    await page.locator('.pr-messages .error').first().waitFor();
    await page.locator('.pr-messages .cm-lintRange-error').first().waitFor();
    await editor.press('Control+a');
    await page.keyboard.insertText('Summarise: {{ text }}');
    await page
      .getByLabel('Text', { exact: true })
      .or(page.getByRole('textbox', { name: /^text/i }))
      .first()
      .fill('A long letter');
    await page.getByRole('list', { name: 'As the model gets it' }).getByText('Summarise: A long letter').waitFor();
    await page.getByLabel('Endpoint or model').fill('demo/demo');
    await page.getByLabel('What was changed').fill('The first');
    await page.keyboard.press('Control+s');
    await page.getByText('Version 1 is stored').waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-2) ?? '';
    expect(await read(id)).toMatchObject({ latest_version: 1 });

    await page.getByRole('link', { name: 'Tests', exact: true }).click();
    await page.getByRole('button', { name: 'New test set' }).click();
    await dialog.getByLabel('Name').fill('Letters');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add a case' }).click();
    await page.getByRole('region', { name: 'Variables' }).getByRole('textbox').fill('Dear all');
    await page.getByLabel('Add what must hold …').selectOption('latency');
    await page
      .getByRole('region', { name: /Came in time/ })
      .getByRole('spinbutton')
      .or(page.getByLabel('Max ms'))
      .first()
      .fill('60000');
    await page.keyboard.press('Control+s');
    await page.getByText('The test set is saved').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('1 of 1 passed').first().waitFor();

    await page.getByRole('link', { name: 'Versions', exact: true }).click();
    await page.getByRole('button', { name: 'Put a label on v1' }).click();
    await dialog.getByText('production is new, and will lead to v1.').waitFor();
    await dialog.getByRole('button', { name: 'Move production' }).click();
    await page.getByText('production leads to v1', { exact: true }).first().waitFor();
    expect((await read(id)).labels).toContainEqual(expect.objectContaining({ name: 'production', version: 1 }));
  });
});
