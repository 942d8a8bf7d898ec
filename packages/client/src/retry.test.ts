import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AutomateError } from './errors.ts';
import { methodOf } from './test-support.ts';

/** Only here `fetch` is a fake: the tests are about time and about failures of the network. */
type Step = Response | Error | 'hang';

function fakeFetch(...steps: Step[]) {
  const calls: { at: number; headers: Headers }[] = [];
  const fake = async (_url: unknown, init: RequestInit = {}): Promise<Response> => {
    const step = steps[calls.length] ?? new Response('{"ok":true}');
    calls.push({ at: Date.now(), headers: init.headers as Headers });
    if (step === 'hang') {
      return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
    }
    if (step instanceof Error) throw step;
    return step;
  };
  return { fetch: fake as typeof fetch, calls };
}

const failed = (status: number, headers: Record<string, string> = {}) => new Response('{}', { status, headers });
const down = () => new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });

/** Settles a promise while time passes by itself. */
async function settle<Value>(promise: Promise<Value>): Promise<Value> {
  const settled = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await vi.runAllTimersAsync();
  const outcome = await settled;
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('retries', () => {
  it.each([408, 429, 502, 503, 504])('repeat a GET after %i', async (status) => {
    const { fetch, calls } = fakeFetch(failed(status), failed(status));
    expect(await settle(methodOf({}, { fetch })())).toEqual({ ok: true });
    expect(calls).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409, 412, 422, 500, 501])('do not repeat after %i', async (status) => {
    const { fetch, calls } = fakeFetch(failed(status));
    await expect(settle(methodOf({}, { fetch })())).rejects.toMatchObject({ status });
    expect(calls).toHaveLength(1);
  });

  it('wait twice as long each time, with full jitter, and give up after three', async () => {
    const { fetch, calls } = fakeFetch(down(), down(), down(), down(), down());
    const error = await settle(methodOf({}, { fetch })()).catch((thrown: unknown) => thrown as AutomateError);
    expect(error).toMatchObject({ status: 0, code: 'network_error', detail: 'No connection: connect ECONNREFUSED.' });
    expect(error).toHaveProperty('cause', expect.any(TypeError));
    expect(calls.map(({ at }, index) => at - (calls[index - 1]?.at ?? at))).toEqual([0, 125, 250, 500]);
  });

  it('wait as long as Retry-After says, in seconds or as a date', async () => {
    const date = new Date(Date.now() + 20_000).toUTCString();
    const { fetch, calls } = fakeFetch(failed(429, { 'retry-after': '3' }), failed(503, { 'retry-after': date }));
    await settle(methodOf({}, { fetch })());
    const [first = 0, second = 0] = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));
    expect(first).toBe(3_000);
    expect(second).toBeGreaterThan(15_000);
    expect(second).toBeLessThanOrEqual(20_000);
  });

  it('do not wait longer than a minute: the caller is told instead', async () => {
    const { fetch, calls } = fakeFetch(failed(429, { 'retry-after': '3600' }));
    await expect(settle(methodOf({}, { fetch })())).rejects.toMatchObject({ status: 429, retryAfter: 3_600 });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['PUT', {}, {}, 2],
    ['DELETE', {}, {}, 2],
    ['POST', {}, {}, 1],
    ['PATCH', {}, {}, 1],
    ['POST', {}, { idempotencyKey: 'mine' }, 2],
    ['POST', { hasKey: true }, {}, 2],
  ])('repeat %s %j %j only where that is safe', async (method, operation, options, expected) => {
    const { fetch, calls } = fakeFetch(down());
    await settle(methodOf({ method, ...operation }, { fetch })(options)).catch(() => undefined);
    expect(calls).toHaveLength(expected);
  });

  it('send the same idempotency key each time, and another one with each call', async () => {
    const { fetch, calls } = fakeFetch(down(), down());
    const method = methodOf({ method: 'POST', hasKey: true }, { fetch });
    await settle(method());
    await settle(method());
    const keys = calls.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys.slice(0, 3)).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('can be set for a client and for a call', async () => {
    const { fetch, calls } = fakeFetch(down(), down(), down());
    await settle(methodOf({}, { fetch, retries: 0 })()).catch(() => undefined);
    expect(calls).toHaveLength(1);
    await settle(methodOf({}, { fetch, retries: 0 })({}, { retries: 2 }));
    expect(calls).toHaveLength(4);
  });

  it('stop at once when the caller aborts, between attempts or within one', async () => {
    for (const step of [failed(503, { 'retry-after': '30' }), 'hang' as const]) {
      const { fetch, calls } = fakeFetch(step);
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error('enough')), 1_000);
      await expect(settle(methodOf({}, { fetch })({}, { signal: controller.signal }))).rejects.toThrow('enough');
      expect(calls).toHaveLength(1);
    }
    const { fetch, calls } = fakeFetch();
    await expect(methodOf({}, { fetch })({}, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    expect(calls).toHaveLength(0);
  });

  it('follow an attempt that takes too long', async () => {
    const { fetch, calls } = fakeFetch('hang', 'hang');
    expect(await settle(methodOf({}, { fetch, timeoutMs: 5_000 })())).toEqual({ ok: true });
    expect(calls[1]?.at).toBe((calls[0]?.at ?? 0) + 5_125);
    const slow = fakeFetch('hang');
    const call = methodOf({}, { fetch: slow.fetch, retries: 0 })({}, { timeoutMs: 10 });
    await expect(settle(call)).rejects.toMatchObject({ code: 'timeout', status: 0, detail: 'No reply in time.' });
  });
});
