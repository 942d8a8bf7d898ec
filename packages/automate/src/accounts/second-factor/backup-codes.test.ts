import { describe, expect, it } from 'vitest';
import { hashOfBackupCode, newBackupCodes } from './backup-codes.ts';

describe('backup codes', () => {
  it('are ten of their own', () => {
    const codes = [...newBackupCodes(), ...newBackupCodes()];
    expect(new Set(codes).size).toBe(20);
    for (const code of codes) expect(code).toMatch(/^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/);
  });

  it('are kept as what tells nothing without the key, and belong to one person', () => {
    const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const hash = hashOfBackupCode(key, 'ada', 'AAAAA-bbbbb');
    expect(hash).toEqual(hashOfBackupCode(key, 'ada', 'AAAAA-bbbbb'));
    for (const [given, userId, code] of [
      [other, 'ada', 'AAAAA-bbbbb'],
      [key, 'eve', 'AAAAA-bbbbb'],
      [key, 'ada', 'aaaaa-bbbbb'],
    ] as const)
      expect(hashOfBackupCode(given, userId, code)).not.toEqual(hash);
  });
});
