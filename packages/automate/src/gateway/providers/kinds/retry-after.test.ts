import { describe, expect, it } from 'vitest';
import { durationMs, retryAfterMs } from './retry-after.ts';

const now = Date.parse('2026-12-02T10:00:00Z');

describe('how long to wait', () => {
  it.each([
    [{ 'retry-after': '20' }, 20_000],
    [{ 'retry-after': '2.5' }, 2_500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Wed, 02 Dec 2026 10:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Wed, 02 Dec 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': '-3' }, 0],
    [{ 'retry-after': '86400' }, 3_600_000],
    [{ 'retry-after': '7', 'retry-after-ms': '6500' }, 6_500],
    [{ 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    [
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '2s',
        'x-ratelimit-remaining-tokens': '9',
        'x-ratelimit-reset-tokens': '1m',
      },
      2_000,
    ],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 1_500) }, 1_500],
    [{ 'x-ratelimit-reset': String(now / 1_000 + 4) }, 4_000],
    [{ 'ratelimit-reset': '5' }, 5_000],
    [
      { 'anthropic-ratelimit-input-tokens-remaining': '0', 'anthropic-ratelimit-input-tokens-reset': '2026-12-02T10:00:12Z' },
      12_000,
    ],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '9'.repeat(400) }, undefined],
    [{}, undefined],
  ] as const)('%j', (headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });

  it('reads durations', () => {
    expect(durationMs('2m59.56s')).toBeCloseTo(179_560);
    expect(durationMs('20ms')).toBe(20);
    expect(durationMs('1h1m')).toBe(3_660_000);
    expect(durationMs('2 apples')).toBeUndefined();
  });
});
