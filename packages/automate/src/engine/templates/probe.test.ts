import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { probeTemplate } from './probe.ts';

interface Case {
  readonly id: string;
  readonly engine: 'liquid' | 'jinja' | 'js-expression';
  readonly group: string;
  readonly template?: string;
  readonly template_gz_b64?: string;
  readonly context_extra?: object;
  readonly mode?: string;
  readonly expect: 'allow' | 'error_or_inert' | 'error_or_valid_json';
  readonly must_equal?: string;
  readonly must_not_contain?: readonly string[];
  readonly max_ms?: number;
  readonly max_output_bytes?: number;
  readonly reason?: string;
}

const lines = readFileSync(new URL('./fixtures/templates.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const [head, ...cases] = lines.map((line) => JSON.parse(line)) as [{ standard: { event: { payload: object } } }, ...Case[]];

// There is one engine, Liquid. Attacks written for others run all the same and have to stay inert; what is legitimate
// in another engine's own syntax cannot work here.
const applicable = cases.filter((entry) => entry.expect !== 'allow' || entry.engine === 'liquid');
const foreign = cases.filter((entry) => !applicable.includes(entry));

describe('the template corpus', () => {
  process.env.TPL_SECRET = 'ZQXENV';

  it.each(applicable)('$id $engine $group $template', (entry) => {
    const template = entry.template ?? gunzipSync(Buffer.from(entry.template_gz_b64 ?? '', 'base64')).toString();
    const context = standardContext(entry.context_extra);
    const result = probeTemplate({ template, context, ...(entry.mode ? { mode: entry.mode } : {}) });
    expect(result.ms).toBeLessThan(entry.max_ms ?? 500);
    const output = 'output' in result ? result.output : undefined;
    for (const text of entry.must_not_contain ?? []) expect(JSON.stringify({ ...result, ms: 0 })).not.toContain(text);
    expect(Buffer.byteLength(output ?? '')).toBeLessThanOrEqual(entry.max_output_bytes ?? 1_048_576);
    if (entry.expect === 'allow') expect(result).not.toHaveProperty('error');
    if (entry.expect === 'error_or_valid_json' && output !== undefined) {
      expect(Object.keys(JSON.parse(output))).toEqual(['n']);
      expect(JSON.parse(output).n).toBe((entry.context_extra as { q: string }).q);
    }
    if (output !== undefined && entry.must_equal === 'json')
      expect(JSON.parse(output)).toMatchObject(head.standard.event.payload);
    else if (output !== undefined && entry.must_equal !== undefined) expect(output).toBe(entry.must_equal);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('does not pretend to speak Jinja', () => {
    expect(foreign.every((entry) => entry.engine === 'jinja')).toBe(true);
  });
});

function standardContext(extra: object = {}): object {
  class User {
    get secretGetter() {
      return 'ZQXGETTER';
    }
  }
  Object.assign(User.prototype, { secretOnProto: 'ZQXPROTO' });
  const { event, ...rest } = structuredClone(head.standard);
  const payload = { ...event.payload, script: '<script'.repeat(50_000), ...extra };
  return { ...rest, event: { ...event, payload }, user: new User(), fn: () => 'ZQXFN' };
}
