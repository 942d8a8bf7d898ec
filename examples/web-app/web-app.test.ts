import { type AppServices, createApi, createFetchHandler } from 'automate/api';
import { expect, test } from 'vitest';
import { shopRouter } from './shop.ts';

test('the shop is served below the base path, wherever the app is', async () => {
  const api = createApi({ router: shopRouter(), services: {} as AppServices, basePath: '/automate', landing: '/shop/' });
  const ask = (path: string, headers: Record<string, string> = { accept: 'text/html' }) =>
    createFetchHandler(api)(new Request(`http://host${path}`, { headers }));
  expect(api.landing()).toBe('/automate/shop/');
  const page = await ask('/automate/shop/orders/7');
  const html = await page.text();
  const nonce = /nonce="([^"]+)"/.exec(html)?.[1];
  expect(html).toContain('<base href="/automate/shop/" />');
  expect(page.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`);
  const script = await ask(`/automate/shop/${/assets\/[^"]+\.js/.exec(html)?.[0]}`, {});
  expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
  expect((await ask('/automate/shop/assets/none.js')).status).toBe(404);
});
