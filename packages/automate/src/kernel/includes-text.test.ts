import { describe, expect, it } from 'vitest';
import { includesText } from './includes-text.ts';

describe('includesText', () => {
  it('finds what the built-in search finds', () => {
    const letters = 'ab';
    const random = (length: number) => Array.from({ length }, () => letters[Math.floor(Math.random() * 2)]).join('');
    const text = random(200_000);
    for (const part of ['', 'a', text, text.slice(50_000, 150_000), text.slice(-60_000), `${text}a`, random(100), random(60_000)])
      expect(includesText(text, part)).toBe(text.includes(part));
  });

  it('takes no time for a text and a part that the built-in search needs a minute for', () => {
    const part = `${'a'.repeat(50_000)}b${'a'.repeat(50_000)}`;
    const start = performance.now();
    expect(includesText('a'.repeat(2_000_000), part)).toBe(false);
    expect(includesText(`${'a'.repeat(2_000_000)}b${'a'.repeat(50_000)}`, part)).toBe(true);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
