import { describe, expect, it } from 'vitest';
import { createSecretRegistry } from './known-secrets.ts';
import { createRedactor } from './redaction.ts';
import { hideSecrets } from './redaction-secrets.ts';

const many = Array.from({ length: 1_000 }, (_, index) => `value-${index}-of-Many!`);

describe('secrets in use', () => {
  it('are found in what is shown to their own tenant, and by the operator', () => {
    const registry = createSecretRegistry();
    const [mine, theirs, all] = [registry.of('a'), registry.of('b'), registry.all].map((known) =>
      createRedactor({ knownSecrets: known }),
    );
    expect(mine?.('it is swordfish')).toBe('it is swordfish');
    registry.remember('a', ['swordfish', 'abc']);
    expect([mine?.('swordfish abc'), theirs?.('swordfish'), all?.('swordfish')]).toEqual([
      '[redacted] abc',
      'swordfish',
      '[redacted]',
    ]);
  });

  it('make room for newer ones', () => {
    const registry = createSecretRegistry(2);
    registry.remember('a', ['first-value', 'second-value']);
    registry.remember('a', ['first-value']);
    registry.remember('b', ['third-value']);
    expect([...registry.of('a').values()]).toEqual(['first-value']);
    expect([...registry.all.values()].sort()).toEqual(['first-value', 'third-value']);
  });

  it('are found among a thousand as among one, in every form', () => {
    const hide = hideSecrets(many);
    for (const secret of [many[0], many[499], many[999]] as string[]) {
      const one = hideSecrets([secret]);
      const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), btoa(`user:${secret}`)];
      for (const form of forms) {
        expect(hide(`x ${form} y ${form}`)).toBe(one(`x ${form} y ${form}`));
        expect(hide(form)).not.toContain(form);
      }
    }
    expect(hide('value- of nothing')).toBe('value- of nothing');
    expect(hide('val')).toBe('val');
  });
});
