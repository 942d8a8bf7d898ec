import { describe, expect, it } from 'vitest';
import { newTotpSecret, stepOf, totpUri } from './totp.ts';

const SECRET = Buffer.from('12345678901234567890');

describe('a code of an authenticator', () => {
  it('is of the step that RFC 6238 gives it (appendix B, the last six digits)', () => {
    for (const [seconds, code] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_111_111_111, '050471'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
      [20_000_000_000, '353130'],
    ] as const)
      expect(stepOf(SECRET, code, seconds * 1_000), code).toBe(Math.floor(seconds / 30));
  });

  it('counts a step too early and a step too late, and no longer', () => {
    const start = 37_037_037 * 30_000;
    const at = (seconds: number) => stepOf(SECRET, '050471', start + seconds * 1_000);
    expect([at(-30.001), at(-30), at(0), at(29.999), at(59.999), at(60)]).toEqual([
      undefined,
      37_037_037,
      37_037_037,
      37_037_037,
      37_037_037,
      undefined,
    ]);
  });

  it('is no other text, and of no other secret', () => {
    for (const code of ['', '28708', '2870820', '28708２', ' 287082', '287083'])
      expect(stepOf(SECRET, code, 59_000), code).toBeUndefined();
    expect(stepOf(newTotpSecret(), '287082', 59_000)).toBeUndefined();
  });

  it('comes of an address that says all that an authenticator needs', () => {
    const url = new URL(totpUri(SECRET, 'ada+lovelace@example.com'));
    expect(url.href).toMatch(/^otpauth:\/\/totp\/Automate:ada%2Blovelace%40example\.com\?/);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      issuer: 'Automate',
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
    expect(newTotpSecret()).toHaveLength(20);
    expect(newTotpSecret()).not.toEqual(newTotpSecret());
  });
});
