import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { hashPassword, requireGoodPassword, verifyPassword } from './password.ts';

const PASSWORD = 'correct horse battery staple';

describe('the hash of a password', () => {
  it('is argon2id with a salt of its own, and is of this password alone', async () => {
    const [one, two] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword(one, PASSWORD)).toBe(true);
    // What one keyboard sends as one character another sends as two.
    expect(await verifyPassword(await hashPassword('caf\u00e9 caf\u00e9 caf\u00e9'), 'cafe\u0301 cafe\u0301 cafe\u0301')).toBe(
      true,
    );
    for (const wrong of [`${PASSWORD} `, PASSWORD.toUpperCase(), '']) expect(await verifyPassword(one, wrong)).toBe(false);
    for (const stored of ['', PASSWORD, one.replace('argon2id', 'argon2d'), one.slice(0, -1)])
      expect(await verifyPassword(stored, PASSWORD), stored).toBe(false);
  });

  it('is computed beside the event loop, which goes on turning', async () => {
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await hashPassword(PASSWORD);
    isOver = true;
    expect(turns).toBeGreaterThan(20);
  });

  it('leaves some of the thread pool to others, and turns away whoever would wait too long', async () => {
    let done = 0;
    const hashes = Array.from({ length: 210 }, () =>
      hashPassword(PASSWORD).then(
        () => {
          done += 1;
          return 'done';
        },
        (error: unknown) => error,
      ),
    );
    // Two are hashed and 200 wait.
    expect((await Promise.all(hashes.slice(202))).map((error) => error)).toEqual(
      Array.from({ length: 8 }, () =>
        expect.objectContaining({ code: 'too_busy', status: 503, headers: { 'retry-after': '5' } }),
      ),
    );
    await readFile(import.meta.filename);
    expect(done, 'the file did not have to wait for them').toBeLessThan(20);
    expect(await Promise.all(hashes.slice(0, 202))).toEqual(Array(202).fill('done'));
  });

  it('is not made of what is too weak', () => {
    const person = { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' };
    for (const weak of [
      'short',
      'aaaaaaaaaaaaaaa',
      'password1234!!',
      'ada.lovelace@example.com',
      'Ada Lovelace 12',
      'x'.repeat(1_025),
    ])
      expect(() => requireGoodPassword(weak, person), weak.slice(0, 30)).toThrow(
        expect.objectContaining({ code: 'invalid_input' }),
      );
    expect(() => requireGoodPassword(PASSWORD, person)).not.toThrow();
    for (const strong of ['правильная лошадь', '正確的馬電池訂書釘一二三四', '😀🎉🚀🌍🎸🍕🐙🦄🌵🔥🎲🧭'])
      expect(() => requireGoodPassword(strong, person), strong).not.toThrow();
  });
});
