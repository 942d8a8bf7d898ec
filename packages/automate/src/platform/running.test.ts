import { describe, expect, it, vi } from 'vitest';
import type { AppServices, Context } from '../api/index.ts';
import { createLogger, loadSettings, type Principal } from '../kernel/index.ts';
import { type Created, defineFeature, type Feature, type ServiceName } from './feature.ts';
import { createRegistry } from './registry.ts';
import { createFeatures, type FeaturesOptions } from './running.ts';
import { readSettings } from './settings.ts';

const logger = createLogger({ level: 'silent' });
const core = loadSettings({});
const platform = { core, registry: createRegistry([]) } as unknown as FeaturesOptions['platform'];
const settings = readSettings([], {});
const run = (...features: Feature[]) => createFeatures({ features, logger, given: {}, settings, platform });
/** A feature whose services are of no type that views know. */
const feature = (name: string, parts: { needs?: string[]; provides?: string[]; create?: (platform: never) => unknown }) =>
  defineFeature({
    name,
    needs: (parts.needs ?? []) as ServiceName[],
    provides: (parts.provides ?? []) as ServiceName[],
    ...(parts.create && { create: parts.create as () => Created }),
  });

describe('features while they run', () => {
  it('get the services they name, and those only', async () => {
    const seen: unknown[] = [];
    const one = feature('one', { provides: ['x', 'y'], create: () => ({ services: { x: 1, y: 2 } }) });
    const two = feature('two', { needs: ['x'], create: ({ services }: { services: object }) => void seen.push({ ...services }) });
    const three = feature('three', { needs: ['x'], create: ({ services }: { services: { y: number } }) => void services.y });
    const { services } = await run(one, two);
    expect(services).toEqual({ x: 1, y: 2 });
    await expect(run(one, three)).rejects.toThrow('The feature "three" uses the service "y" without naming it in "needs".');
  });

  it.each([
    [{ provides: ['x'] }, 'says that it provides "x", and has not'],
    [{ create: () => ({ services: { x: 1 } }) }, 'provides "x" without naming it in "provides"'],
  ])('provide what they say: %j', async (parts, sentence) => {
    await expect(run(feature('one', parts))).rejects.toThrow(sentence);
  });

  it('begin in order and end the other way round, and one that fails keeps no other from ending', async () => {
    const calls: string[] = [];
    const phases = ['prepare', 'start', 'stop', 'sweep', 'close'] as const;
    const noting = (name: string, failing: readonly string[] = []) =>
      feature(name, {
        create: () =>
          Object.fromEntries(
            phases.map((phase) => [
              phase,
              async () => {
                calls.push(`${phase} ${name}`);
                if (failing.includes(phase)) throw new Error('broken');
              },
            ]),
          ),
      });
    const features = await run(noting('a'), noting('b', ['stop', 'sweep', 'close']), noting('c'));
    for (const phase of phases) await features[phase]();
    expect(calls).toEqual(
      [
        ['a', 'b', 'c'],
        ['a', 'b', 'c'],
        ['c', 'b', 'a'],
        ['a', 'b', 'c'],
        ['c', 'b', 'a'],
      ].flatMap((names, index) => names.map((name) => `${phases[index]} ${name}`)),
    );
  });

  it('are closed again when a later one cannot be created', async () => {
    const close = vi.fn();
    const broken = () => {
      throw new Error('no');
    };
    await expect(run(feature('a', { create: () => ({ close }) }), feature('b', { create: broken }))).rejects.toThrow('no');
    expect(close).toHaveBeenCalledOnce();
  });

  it('take what others declare once all are created', async () => {
    const connect = vi.fn();
    const early = feature('early', { create: () => ({ connect }) });
    await run(early, feature('late', { provides: ['x'], create: () => ({ services: { x: 1 } }) }));
    expect(connect).toHaveBeenCalledExactlyOnceWith({ x: 1 });
  });

  it('have all services only when all are created', async () => {
    let ask: (() => AppServices) | undefined;
    const early = feature('early', {
      create: ({ allServices }: { allServices: () => AppServices }) => {
        expect(allServices).toThrow(TypeError);
        ask = allServices;
        return {};
      },
    });
    await run(early, feature('late', { provides: ['x'], create: () => ({ services: { x: 1 } }) }));
    expect(ask?.()).toEqual({ x: 1 });
  });

  it('see whoever is recognised before anything is shown, whichever of them recognises', async () => {
    const principal = { id: 'p', tenantId: 't' } as Principal;
    const order: string[] = [];
    const authenticator = (name: string, found: Principal | null) => ({ name, challenge: name, authenticate: () => found });
    const features = await run(
      feature('a', {
        create: () => ({
          authenticators: [authenticator('a', null)],
          onAuthenticated: async ({ id }: Principal) => void order.push(`seen ${id}`),
        }),
      }),
      feature('b', { create: () => ({ authenticators: [authenticator('b', principal)] }) }),
    );
    const all = features.authenticators([authenticator('host', null)]);
    expect(all.map(({ name }) => name)).toEqual(['host', 'a', 'b']);
    expect(all[0]?.authenticate({} as Context)).toBeNull();
    expect(await all[2]?.authenticate({} as Context)).toBe(principal);
    expect(order).toEqual(['seen p']);
  });
});
