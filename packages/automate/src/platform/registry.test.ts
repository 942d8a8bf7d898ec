import { describe, expect, it } from 'vitest';
import { defineFeature } from './feature.ts';
import { createRegistry } from './registry.ts';

const check = (name: string) => ({ name });

describe('the registry', () => {
  it('has the parts of all features in their order', () => {
    const registry = createRegistry([
      defineFeature({ name: 'a', checks: [check('x'), check('y')] }),
      defineFeature({ name: 'b' }),
      defineFeature({ name: 'c', checks: [check('z')] }),
    ]);
    expect(registry.all('checks').map(({ name }) => name)).toEqual(['x', 'y', 'z']);
    expect(registry.all('jobs')).toEqual([]);
    expect([...registry.named('checks', ({ name }) => name).keys()]).toEqual(['x', 'y', 'z']);
  });

  it('refuses two parts of one name, by the features that declare them', () => {
    const registry = createRegistry([
      defineFeature({ name: 'a', checks: [check('x')] }),
      defineFeature({ name: 'c', checks: [check('x')] }),
    ]);
    expect(() => registry.named('checks', ({ name }) => name)).toThrow('"x" of checks is declared by both "a" and "c".');
  });

  it('lets a feature replace that says so', () => {
    const own = check('x');
    const registry = createRegistry([
      defineFeature({ name: 'a', checks: [check('x')] }),
      defineFeature({ name: 'host', replaces: true, checks: [own] }),
    ]);
    expect(registry.named('checks', ({ name }) => name).get('x')).toBe(own);
  });
});
