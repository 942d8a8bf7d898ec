import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelServer, type ModelServer } from './support/model-server.ts';
import { BASE, expectInOrder, looks, openStudio, type StudioTest, soon } from './support/studio.ts';

const KEY = 'sk-a-key-that-nobody-sees';

describe('pages of models in the Studio', () => {
  let studio: StudioTest;
  let vendor: ModelServer;
  const call = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const reply = await studio.server.call<Body>(method, `${BASE}${path}`, body);
    expect([path, reply.status < 300, reply.body]).toEqual([path, true, reply.body]);
    return reply.body;
  };
  const standing = async (slug: string) => {
    const { results } = await call<{ results: { provider: string; state: string; endpoints: string[] }[] }>(
      'GET',
      '/api/v1/providers/standing/',
    );
    return results.find(({ provider }) => provider === slug);
  };

  beforeAll(async () => {
    vendor = await createModelServer();
    studio = await openStudio({ environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: vendor.host } });
    await call('POST', '/api/v1/providers/', { slug: 'house', name: 'Models of the house', kind: 'demo' });
    const targets = [{ provider: 'house', model: 'demo' }];
    await call('POST', '/api/v1/endpoints/', { slug: 'support-chat', targets, log: { bodies: true } });
    const messages = [{ role: 'user', content: 'What is an event?' }];
    await call('POST', '/v1/chat/completions', { model: 'support-chat', messages });
    await soon(async () => {
      expect(await call('GET', '/api/v1/gateway/calls/summary/')).toMatchObject({ calls: 1, failed: 0, is_complete: true });
    });
  });
  afterAll(async () => {
    await studio?.close();
    await vendor?.close();
  });

  it('say how a provider is, and which endpoints would break', async () => {
    expect(await standing('house')).toMatchObject({ state: 'ready', endpoints: ['support-chat'], calls: 1, failed: 0 });
    const { page } = await studio.open('providers/');
    await page.getByRole('button', { name: 'Models of the house' }).click();
    const panel = page.getByRole('complementary', { name: 'Models of the house' });
    await panel.getByRole('link', { name: 'support-chat' }).waitFor();
    await panel.getByRole('button', { name: 'Test', exact: true }).click();
    await panel.getByText('It works').waitFor();
    await panel.getByRole('button', { name: 'Remove' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('These endpoints use it and would break: support-chat.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
    expect(await standing('house')).toMatchObject({ last_test: { ok: true } });
  });

  it('try a provider before it is kept, say why it fails, and keep it', async () => {
    const { page } = await studio.open('providers/');
    await page.getByRole('button', { name: 'Add a provider' }).first().click();
    await page.getByRole('heading', { name: 'With a key' }).waitFor();
    await page.getByRole('button', { name: /^OpenAI-compatible/ }).click();
    await page.getByLabel('Slug').fill('local-vendor');
    await page.getByRole('textbox', { name: 'Key (optional)', exact: true }).fill(KEY);
    const url = page.getByLabel(/base url/i).first();
    await url.fill('http://10.1.2.3/v1');
    await page.getByRole('button', { name: 'Test without saving' }).click();
    await page.getByText('An operator can allow it.').first().waitFor();
    await url.fill(vendor.url);
    await page.getByRole('button', { name: 'Test without saving' }).click();
    await page.getByText('It works').waitFor();
    expect(await standing('local-vendor')).toBeUndefined();
    await page.getByRole('button', { name: 'Add the provider' }).click();
    await page.getByRole('complementary', { name: 'local-vendor' }).waitFor();
    expect(await page.content()).not.toContain(KEY);
  });

  it('tell causes apart, and repeat no key', async () => {
    const trial = (body: object) =>
      call<{ ok: boolean; checks: { cause: string | null; advice: string | null }[] }>(
        'POST',
        '/api/studio/provider-test/',
        body,
      );
    const causes = async (base_url: string) => {
      const report = await trial({ kind: 'openai-compatible', config: { base_url }, api_key: KEY });
      expect(JSON.stringify(report)).not.toContain(KEY);
      return report.checks.flatMap(({ cause }) => cause ?? []);
    };
    const refused = await studio.server.call('POST', `${BASE}/api/studio/provider-test/`, {
      kind: 'openai-compatible',
      config: { base_url: 'http://10.1.2.3/v1' },
      api_key: KEY,
    });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '/config/base_url', code: 'outbound_refused' }] } });
    expect(JSON.stringify(refused.body)).not.toContain(KEY);
    expect(await causes('http://no-such-host.invalid/v1')).toEqual(['dns']);
    expect(await trial({ kind: 'demo', model: 'demo' })).toMatchObject({ ok: true, first_byte_ms: expect.any(Number) });
  });

  it('show each call with what was said, and narrow the log by its address', async () => {
    const { page } = await studio.open('calls/?endpoint=support-chat');
    await page.getByRole('link', { name: 'support-chat' }).first().click();
    const panel = page.getByRole('complementary');
    await panel.getByText('What is an event?').first().waitFor();
    await panel.getByText('house/demo').waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.getByLabel('Status').selectOption('failed');
    await page
      .getByRole('heading', { name: 'Nothing matches' })
      .or(page.getByRole('button', { name: 'Clear filters' }))
      .first()
      .waitFor();
    expect(page.url()).toContain('status=failed');
  });

  it('let those who may only look do no more', async () => {
    const email = await studio.person('Vera', 'viewer');
    const { page } = await studio.open('providers/', {}, email);
    await page.getByRole('button', { name: 'Models of the house' }).click();
    await page.getByRole('complementary').getByRole('link', { name: 'Its calls' }).waitFor();
    expect(await page.getByRole('button', { name: 'Add a provider' }).count()).toBe(0);
    expect(await page.getByRole('complementary').getByRole('button', { name: 'Remove' }).count()).toBe(0);
  });

  it.each(looks)('have no barriers, in $colorScheme on a $size screen', async (look) => {
    const tab = await studio.look('providers/', look);
    const { page } = tab;
    const { results } = await call<{ results: { id: string }[] }>('GET', '/api/v1/gateway/calls/?limit=1');
    const { results: providers } = await call<{ results: { id: string }[] }>('GET', '/api/v1/providers/?limit=1');
    const folder = process.env.AUTOMATE_GALLERY;
    for (const [name, path, ready] of [
      ['providers', 'providers/', 'Models of the house'],
      ['provider', `providers/?open=${providers[0]?.id}`, 'Its calls'],
      ['provider-kinds', 'providers/?new=kind', 'With a key'],
      ['provider-form', 'providers/?new=openai-compatible', 'Test without saving'],
      ['provider-test', 'provider-test/?provider=house&model=demo', 'Really calls it'],
      ['calls', 'calls/', 'house/demo'],
      ['call', `calls/?open=${results[0]?.id}`, 'Attempts'],
    ] as const) {
      await page.goto(`${BASE}/studio/${path}`);
      await page.locator('main').getByText(ready).first().waitFor();
      if (name === 'provider-test') {
        await page.getByRole('button', { name: 'Test', exact: true }).click();
        await page.getByText('It works').waitFor();
      }
      if (folder) await page.screenshot({ path: `${folder}/${name}-${look.colorScheme}-${look.size}.png` });
      await expectInOrder(tab, path);
    }
  });
});
