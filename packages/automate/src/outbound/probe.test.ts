import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { classifyAddress } from './address.ts';
import { type ProbeOptions, probeOutbound } from './probe.ts';

interface Case extends ProbeOptions {
  readonly id: string;
  readonly category: string;
  readonly expect: 'refuse' | 'refuse_or_pinned' | 'abort' | 'allow';
  readonly pinned?: string;
  readonly must_not_dial?: readonly string[];
  readonly reason: string;
  readonly strict?: boolean;
  readonly env?: Record<string, string>;
}

const lines = readFileSync(new URL('./fixtures/ssrf.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const cases = lines.map((line) => JSON.parse(line) as Case);

describe('the SSRF corpus', () => {
  afterAll(() => {
    delete process.env.HTTPS_PROXY;
  });

  it.each(cases)('$id $category: $reason ($expect)', async (entry) => {
    Object.assign(process.env, entry.env);
    const { outcome, dialled } = await probeOutbound(entry);
    for (const address of dialled) expect(classifyAddress(address)).toBe('public');
    for (const address of entry.must_not_dial ?? []) expect(dialled).not.toContain(address);
    if (entry.expect === 'allow') expect(outcome).toBe('allowed');
    if (entry.expect === 'allow' && entry.pinned) expect(dialled).toEqual([entry.pinned]);
    if (entry.expect === 'abort') expect(outcome).toBe('aborted');
    if (entry.expect === 'refuse') expect(outcome).toBe('refused');
    if (entry.expect === 'refuse' && !entry.hops) expect(dialled).toEqual([]);
    if (entry.expect === 'refuse_or_pinned') expect(outcome === 'refused' ? [entry.pinned] : dialled).toEqual([entry.pinned]);
  });
});

describe('the word for what became of a call', () => {
  const start = 'https://ok.example.com/a';
  const dns = { 'ok.example.com': [['93.184.215.14']], 'also.example.org': [['93.184.215.15']] };
  const to = (...locations: string[]) => locations.map((location) => ({ status: 302, location }));
  it.each<[string, ProbeOptions, string, number]>([
    ['a circle of one', { url: start, hops: to(start) }, 'refused', 1],
    ['a circle of two', { url: start, hops: to('https://also.example.org/b', start) }, 'refused', 2],
    ['a circle that is named by its path', { url: start, hops: to('/b', '/a') }, 'refused', 2],
    ['a circle that is named by nothing', { url: start, hops: to('') }, 'refused', 1],
    ['a circle that differs behind the #', { url: start, hops: to(`${start}#x`) }, 'refused', 1],
    ['a circle after a POST', { url: start, method: 'POST', body: 'x', hops: to('/b', '/a', '/b') }, 'refused', 3],
    ['a chain that is too long', { url: start, hops: to('/1', '/2', '/3', '/4', '/5', '/6', '/7') }, 'aborted', 6],
    ['a circle within the chain', { url: start, hops: to('/1', '/2', '/3', '/4', '/1') }, 'refused', 5],
    ['a redirect to another scheme', { url: start, hops: to('ftp://also.example.org/') }, 'refused', 1],
    ['a redirect to a file', { url: start, hops: to('file:///etc/passwd') }, 'refused', 1],
    ['a redirect to a script', { url: start, hops: to('javascript:alert(1)') }, 'refused', 1],
    ['a redirect to a private address', { url: start, hops: to('https://10.0.0.1/') }, 'refused', 1],
    ['a redirect that is no URL', { url: start, hops: to('https://') }, 'refused', 1],
    [
      'a reply that is too large',
      { url: start, hops: [{ status: 200, body_bytes: 2_000 }], limits: { maxBytes: 1_000 } },
      'aborted',
      1,
    ],
    [
      'a reply that does not come',
      { url: start, hops: [{ status: 200, delay_ms: 5_000 }], limits: { timeoutMs: 100 } },
      'aborted',
      1,
    ],
    ['a chain that ends in time', { url: start, hops: to('/1', '/2', '/3', '/4', '/5') }, 'allowed', 6],
  ])('%s', async (_, options, expected, count) => {
    const { outcome, dialled } = await probeOutbound({ ...options, dns });
    expect([outcome, dialled.length]).toEqual([expected, count]);
  });
});
