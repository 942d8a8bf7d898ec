import { expect, test } from 'vitest';
import { z } from 'zod';
import { ApiRouter, BaseAPIView, type Context } from '../index.ts';
import { as, createTestServer } from '../test-support.ts';

class OpenView extends BaseAPIView {
  static {
    this.describe('get', { response: z.object({}) });
    this.describe('post', { response: z.object({}) });
  }
  override corsOrigins = ['https://a.test', 'https://b.test'];
  override corsMaxAge = 60;
  get(): Record<string, never> {
    return {};
  }
  post(): Record<string, never> {
    return {};
  }
}

class ClosedView extends BaseAPIView {
  static {
    this.describe('get', { response: z.object({}) });
  }
  get(): Record<string, never> {
    return {};
  }
}

class AskingView extends ClosedView {
  override async allowsOrigin(origin: string, ctx: Context): Promise<boolean> {
    return origin === `https://${ctx.params.embed}.test`;
  }
}

const router = new ApiRouter().view('open', OpenView).view('closed', ClosedView).view('ask/{embed}', AskingView);
const { app } = createTestServer(router);

const preflight = (url: string, origin: string) =>
  app.inject({ method: 'OPTIONS', url, headers: { origin, 'access-control-request-method': 'POST' } });

test('a preflight from an allowed origin is answered for that origin alone', async () => {
  const reply = await preflight('/open', 'https://b.test');
  expect([reply.statusCode, reply.body]).toEqual([204, '']);
  expect(reply.headers).toMatchObject({
    'access-control-allow-origin': 'https://b.test',
    'access-control-allow-methods': 'GET, HEAD, POST',
    'access-control-max-age': '60',
    vary: expect.stringMatching(/^Origin, /),
    allow: 'GET, HEAD, OPTIONS, POST',
  });
  expect(reply.headers['access-control-allow-headers']).toContain('authorization');
});

test.each([
  'https://evil.test',
  'null',
  'https://a.test.evil.test',
  'http://a.test',
  'https://a.test:8443',
  'https://eviла.test',
])('origin %s gets nothing', async (origin) => {
  const safe = encodeURI(origin);
  expect((await preflight('/open', safe)).headers['access-control-allow-origin']).toBeUndefined();
  const reply = await app.inject({ url: '/open', headers: { origin: safe, ...as('alice') } });
  expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  expect(reply.headers.vary).toBe('Origin');
});

test('replies and errors name the origin; caches are told', async () => {
  for (const headers of [as('alice'), {}]) {
    const reply = await app.inject({ url: '/open', headers: { origin: 'https://a.test', ...headers } });
    expect(reply.headers).toMatchObject({ 'access-control-allow-origin': 'https://a.test', vary: 'Origin' });
  }
  expect((await app.inject({ url: '/open', headers: as('alice') })).headers.vary).toBe('Origin');
});

test('by default nobody else may call', async () => {
  expect((await preflight('/closed', 'https://a.test')).headers['access-control-allow-origin']).toBeUndefined();
});

test('a view may decide by request', async () => {
  expect((await preflight('/ask/x', 'https://x.test')).headers['access-control-allow-origin']).toBe('https://x.test');
  expect((await preflight('/ask/y', 'https://x.test')).headers['access-control-allow-origin']).toBeUndefined();
});
