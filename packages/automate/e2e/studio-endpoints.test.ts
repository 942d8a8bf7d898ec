import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createModelServer, type ModelServer } from './support/model-server.ts';
import { BASE, expectInOrder, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

vi.setConfig({ testTimeout: 240_000 });

/** Where pictures are kept; without it there are none. */
const folder = process.env.AUTOMATE_GALLERY;
const run = promisify(execFile);

describe('endpoints in the Studio', () => {
  let studio: StudioTest;
  let vendor: ModelServer;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    vendor = await createModelServer();
    studio = await openStudio({ environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: vendor.host } });
    await post('providers/', { slug: 'demo', kind: 'demo' });
    await post('providers/', {
      slug: 'vendor',
      kind: 'openai-compatible',
      config: { base_url: vendor.url },
      api_key: 'sk-the-key-of-the-vendor',
    });
    const made = [
      { slug: 'support', name: 'Support', tasks: ['llm.chat'], targets: [{ provider: 'demo', model: 'demo' }] },
      {
        slug: 'slow-answers',
        targets: [
          { provider: 'vendor', model: 'slow-one', weight: 3 },
          { provider: 'vendor', model: 'slow-one', weight: 1 },
          { provider: 'demo', model: 'demo', priority: 1 },
        ],
        limits: { max_output_tokens: 4_000 },
        guardrails: [{ type: 'personal_data', on: 'both', action: 'mask' }],
      },
      { slug: 'vectors', tasks: ['llm.embed'], targets: [{ provider: 'vendor', model: 'vectors' }] },
      { slug: 'broken', targets: [{ provider: 'vendor', model: 'fault-bad-request' }], attempts: { retries: 0 } },
    ];
    for (const one of made) ids[one.slug] = (await post<{ id: string }>('endpoints/', one)).id;
  });
  afterAll(async () => {
    await studio?.close();
    await vendor?.close();
  });

  async function post<Body>(path: string, given: object): Promise<Body> {
    const { status, body } = await studio.server.call<Body>('POST', `${BASE}/api/v1/${path}`, given);
    expect(status, JSON.stringify(body)).toBeLessThan(300);
    return body;
  }
  const get = async (slug: string) =>
    (await studio.server.call<Record<string, unknown>>('GET', `${BASE}/api/v1/endpoints/${slug}/`)).body;

  it.each(looks)('have no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('endpoints/', look);
    const pages: readonly (readonly [
      name: string,
      path: string,
      role: 'heading' | 'row' | 'dialog' | 'textbox',
      name: string | RegExp,
    ])[] = [
      ['endpoints', 'endpoints/', 'row', /slow-answers/],
      ['endpoints-import', 'endpoints/?do=import', 'dialog', 'Import endpoints'],
      ['endpoint-new', 'endpoints/new/', 'heading', 'Who answers'],
      ['endpoint-chat', `endpoints/${ids.support}/`, 'textbox', 'Message'],
      ['endpoint-vectors', `endpoints/${ids.vectors}/`, 'textbox', 'Text'],
      ['endpoint-settings', `endpoints/${ids['slow-answers']}/?tab=settings`, 'heading', 'Who answers'],
      ['endpoint-snippets', `endpoints/${ids.support}/?tab=snippets`, 'heading', 'Chat'],
    ];
    for (const [name, path, role, label] of pages) {
      await tab.page.goto(`${BASE}/studio/${path}`);
      await tab.page.getByRole(role, { name: label }).first().waitFor();
      if (name === 'endpoint-chat') {
        await tab.page.getByRole('textbox', { name: 'Message' }).fill('What is an event?');
        await tab.page.keyboard.press('Enter');
        await tab.page.getByText(/first byte/).waitFor();
        await tab.page.getByRole('link', { name: 'trace' }).waitFor();
      }
      if (folder) await tab.page.screenshot({ path: join(folder, `${name}-${look.colorScheme}-${look.size}.png`) });
      await expectInOrder(tab, path);
    }
  });

  it('are published by the keyboard, and what the server refuses is said at its field', async () => {
    const { page } = await studio.open('endpoints/');
    await page.getByRole('link', { name: 'New endpoint' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Slug').fill('made-here');
    await page.getByLabel('Provider').selectOption('vendor');
    await page.getByRole('textbox', { name: 'Model' }).fill('good');
    await page.getByRole('checkbox', { name: 'image.ocr' }).check();
    await page.keyboard.press('Control+s');
    const tasks = page.getByRole('group', { name: 'Tasks' });
    await tasks.getByText('none of the targets can do image.ocr').waitFor();
    await page.getByRole('checkbox', { name: 'image.ocr' }).uncheck();
    await page.getByRole('button', { name: 'Add a target' }).click();
    await page.getByRole('group', { name: 'Target 2' }).getByLabel('Provider').selectOption('demo');
    await page.getByRole('group', { name: 'Target 2' }).getByRole('textbox', { name: 'Model' }).fill('demo');
    await page.keyboard.press('Control+s');
    await page.getByRole('heading', { name: 'made-here', level: 1 }).waitFor();
    expect(await get('made-here')).toMatchObject({
      tasks: ['llm.chat'],
      targets: [
        { provider: 'vendor', model: 'good', priority: 0 },
        { provider: 'demo', model: 'demo', priority: 1 },
      ],
    });
  });

  it('are changed: targets in another order and with shares, and a guardrail of its own shape', async () => {
    await post('endpoints/', {
      slug: 'to-change',
      targets: [
        { provider: 'vendor', model: 'good' },
        { provider: 'demo', model: 'demo', priority: 1 },
      ],
    });
    const { page } = await studio.open('endpoints/to-change/?tab=settings');
    await page.getByRole('button', { name: 'Move target 2 up' }).click();
    await page.getByLabel('When').selectOption('shared');
    await page.getByRole('group', { name: 'Target 2' }).getByLabel('Weight').fill('3');
    await page.getByRole('group', { name: 'Guardrails' }).getByRole('button', { name: /Add/ }).first().click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await soon(async () =>
      expect(await get('to-change')).toMatchObject({
        targets: [
          { provider: 'demo', priority: 0, weight: 1 },
          { provider: 'vendor', priority: 0, weight: 3 },
        ],
        guardrails: [{ type: 'personal_data', on: 'input', action: 'mask' }],
      }),
    );
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('It answers nobody now').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await soon(async () => expect(await get('to-change')).toMatchObject({ is_enabled: true }));
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('to-change is deleted').waitFor();
    expect((await studio.server.call('GET', `${BASE}/api/v1/endpoints/to-change/`)).status).toBe(404);
  });

  it('chat with a stream; stopping one ends the call at the provider', async () => {
    const { page } = await studio.open(`endpoints/${ids['slow-answers']}/`);
    await page.getByRole('textbox', { name: 'System prompt' }).fill('You are brief.');
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article').last();
    await answer.getByText(/The quick/).waitFor();
    await answer.getByRole('button', { name: 'Stop' }).click();
    await answer.getByText('Stopped').first().waitFor();
    await vendor.abortedAt('slow-one');
    expect(await answer.textContent()).not.toContain('deep green forest');
    const seen = vendor.requests.findLast(({ model }) => model === 'slow-one');
    expect(seen?.body.messages?.[0]).toMatchObject({ role: 'system', content: 'You are brief.' });
    await answer.getByRole('button', { name: 'Try again' }).click();
    await page
      .getByRole('article')
      .last()
      .getByText(/deep green forest/)
      .waitFor();
    await page.getByRole('article').last().getByText('100 in, 40 out').waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
  });

  it('say what a provider says when it fails', async () => {
    const { page } = await studio.open(`endpoints/${ids.broken}/`);
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me');
    await page.keyboard.press('Enter');
    await page.getByRole('article').getByRole('alert').waitFor();
    expect((await page.getByRole('article').getByRole('alert').textContent())?.length).toBeGreaterThan(10);
  });

  it('compare two texts by their vectors', async () => {
    const { page } = await studio.open(`endpoints/${ids.vectors}/`);
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('A cat');
    await page.getByRole('textbox', { name: /Another text/ }).fill('A dog');
    await page.getByRole('button', { name: 'Compute' }).click();
    await page.getByText('1.000').first().waitFor();
    await page.getByText('Close in meaning').waitFor();
  });

  it('are called by what the page shows, pasted with a key', async () => {
    const key = await post<{ key: string }>('api-keys/', { name: 'Snippets', scopes: ['endpoints:run'] });
    const { page } = await studio.open(`endpoints/${ids.support}/?tab=snippets`);
    const shown = page.getByRole('group', { name: 'Snippet' });
    const environment = { ...process.env, AUTOMATE_KEY: key.key };
    const curl = await run('sh', ['-c', (await shown.textContent()) ?? ''], { env: environment });
    expect(JSON.parse(curl.stdout)).toMatchObject({ object: 'chat.completion', choices: [{ message: { role: 'assistant' } }] });
    await page.getByLabel('Language').selectOption('OpenAI (JS)');
    // Where packages are found from.
    const place = await mkdtemp(join(import.meta.dirname, '.snippet-'));
    try {
      writeFileSync(join(place, 'openai.mjs'), (await shown.textContent()) ?? '');
      const openai = await run(process.execPath, [join(place, 'openai.mjs')], { env: environment });
      expect(openai.stdout.length).toBeGreaterThan(5);
      await page.getByLabel('Language').selectOption('Anthropic (JS)');
      writeFileSync(join(place, 'anthropic.mjs'), (await shown.textContent()) ?? '');
      const anthropic = await run(process.execPath, [join(place, 'anthropic.mjs')], { env: environment });
      expect(anthropic.stdout).toContain('text');
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });
});
