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
