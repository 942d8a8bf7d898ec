import { describe, expect, it } from 'vitest';
import { KnownPrompts } from './known-prompts.ts';

const [tenantId, name] = ['t', 'greeting'];
const prompt = (version: number) => ({
  id: 'p',
  slug: name,
  latestVersion: version,
  labels: { production: { variants: [{ version, weight: 1 }], sticky: null } },
});
const read = (revision: number, version: number | undefined, of = name) => ({
  tenantId,
  name: of,
  revision,
  prompt: version === undefined ? undefined : prompt(version),
});
const ALWAYS = Number.POSITIVE_INFINITY;

describe('what a process knows of prompts', () => {
  it('is never replaced by what was read earlier, whichever comes back last', () => {
    const known = new KnownPrompts();
    known.remember(tenantId, [read(7, 2)], ALWAYS);
    known.remember(tenantId, [read(6, 1)], ALWAYS);
    expect(known.trusted(tenantId, name)?.latestVersion).toBe(2);
    expect(known.laterThan(read(6, 1))?.latestVersion).toBe(2);
    known.remember(tenantId, [read(6, 1, 'other')], ALWAYS);
    expect(known.trusted(tenantId, 'other')).toBeUndefined();
  });

  it('goes with a deleted prompt, and does not come back by an older read', () => {
    const known = new KnownPrompts();
    known.remember(tenantId, [read(1, 1)], ALWAYS);
    known.remember(tenantId, [read(2, undefined)], ALWAYS);
    known.remember(tenantId, [read(1, 1)], ALWAYS);
    expect(known.trusted(tenantId, name)).toBeUndefined();
  });

  it('drops all of a tenant with each change, since it does not know of which prompt that was', () => {
    const known = new KnownPrompts();
    known.remember(tenantId, [read(1, 1), read(1, 5, 'other')], ALWAYS);
    known.remember(tenantId, [read(2, 2)], ALWAYS);
    expect([known.trusted(tenantId, name)?.latestVersion, known.trusted(tenantId, 'other')]).toEqual([2, undefined]);
  });

  it('is not believed after a notice, and is kept for when nothing can be read', () => {
    const known = new KnownPrompts();
    known.remember(tenantId, [read(1, 1)], ALWAYS);
    known.distrust(tenantId);
    expect(known.trusted(tenantId, name)).toBeUndefined();
    expect(known.last(tenantId, name)?.latestVersion).toBe(1);
    known.confirm(tenantId, 2, ALWAYS);
    expect(known.trusted(tenantId, name)).toBeUndefined();
    known.confirm(tenantId, 1, ALWAYS);
    expect(known.trusted(tenantId, name)?.latestVersion).toBe(1);
  });
});
