import { expect, test } from 'vitest';
import { z } from 'zod';
import { ApiRouter, addressKey, BaseAPIView, MemoryThrottleStore, PublicAPIMixin, RateLimitMixin, rate } from '../index.ts';
import { as, createTestServer } from '../test-support.ts';

class LimitedView extends RateLimitMixin(BaseAPIView) {
  static {
    this.describe('get', { response: z.object({}) });
  }
  override rateLimit = rate('2/hour', { key: 'tenant' });
  get(): Record<string, never> {
    return {};
  }
}

test('limits are told and kept', async () => {
  let now = new Date('2026-01-01T00:00:00Z');
  const throttle = new MemoryThrottleStore({ clock: { now: () => now } });
  const { app } = createTestServer(new ApiRouter().view('limited', LimitedView), { services: { throttle } });
  const get = (who: string) => app.inject({ url: '/limited', headers: as(who) });
  const first = await get('alice');
  expect(first.headers).toMatchObject({ 'ratelimit-policy': '"default";q=2;w=3600', ratelimit: '"default";r=1;t=3600' });
  now = new Date('2026-01-01T00:10:00Z');
  expect((await get('reader')).headers.ratelimit).toBe('"default";r=0;t=3000');
  const refused = await get('alice');
  expect([refused.statusCode, refused.headers['retry-after'], refused.json().code]).toEqual([429, '3000', 'rate_limited']);
  expect(refused.headers.ratelimit).toBe('"default";r=0;t=3000');
  expect((await get('mallory')).statusCode).toBe(200);
  now = new Date('2026-01-01T01:00:00Z');
  expect((await get('alice')).statusCode).toBe(200);
});

test('a public view is limited by address, and a client header cannot change that', async () => {
  class PublicView extends PublicAPIMixin(BaseAPIView) {
    static {
      this.describe('get', { response: z.object({}) });
    }
    override publicRateLimit = rate('3/minute', { key: 'ip', name: 'public' });
    get(): Record<string, never> {
      return {};
    }
  }
  const { app } = createTestServer(new ApiRouter().view('public', PublicView));
  const statuses = [];
  for (let index = 0; index < 4; index += 1) {
    const headers = { 'x-forwarded-for': `10.0.0.${index}`, 'x-session-id': String(index), ...as('bad') };
    statuses.push((await app.inject({ url: '/public', headers })).statusCode);
  }
  expect(statuses).toEqual([200, 200, 200, 429]);
});

test('spellings of one address count together, and so does an IPv6 /64', () => {
  const v6 = ['2001:db8:1:1::1', '2001:DB8:1:1:ffff::9', '2001:0db8:0001:0001:0:0:0:2', '2001:db8:1:1::1%eth0'];
  expect(new Set(v6.map(addressKey))).toEqual(new Set(['2001:db8:1:1::/64']));
  expect(new Set(['10.1.2.3', '::ffff:10.1.2.3', '::FFFF:0a01:0203'].map(addressKey))).toEqual(new Set(['10.1.2.3']));
  expect(addressKey('::1')).toBe('0:0:0:0::/64');
  expect(addressKey('2001:db8:1:2::1')).not.toBe(addressKey('2001:db8:1:1::1'));
  expect(addressKey('nonsense')).toBe('unknown');
});

test('a rate that is not one is refused at once', () => {
  for (const text of ['0/hour', '-1/hour', '1.5/hour', '10/month', '10', 'x/day', '1e3/day']) {
    expect(() => rate(text as '1/hour')).toThrow('is not of the form');
  }
  expect(rate('3/day')).toEqual({ name: 'default', limit: 3, windowSeconds: 86_400, key: 'user' });
});

test('forgotten keys do not pile up', () => {
  let now = new Date(0);
  const store = new MemoryThrottleStore({ clock: { now: () => now } });
  for (let index = 0; index < 9_999; index += 1) store.hit(`k${index}`, { limit: 1, windowSeconds: 1 });
  now = new Date(5_000);
  expect(store.hit('k0', { limit: 1, windowSeconds: 1 })).toEqual({ allowed: true, remaining: 0, resetSeconds: 1 });
});
