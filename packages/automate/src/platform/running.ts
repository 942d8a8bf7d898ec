import type { AppServices, Authenticator } from '../api/index.ts';
import { AppError, errorMessage, type Logger } from '../kernel/index.ts';
import type { Created, Feature, Platform } from './feature.ts';
import type { FeatureSettings } from './settings.ts';

/** Features while they run. */
export interface RunningFeatures {
  /** Of all of them. */
  readonly services: AppServices;
  /** Of all of them, in turn; whomever they recognise, every `onAuthenticated` has seen first. @param first asked before these */
  authenticators(first: readonly Authenticator[]): readonly Authenticator[];
  prepare(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  sweep(): Promise<void>;
  close(): Promise<void>;
}

type Member = { readonly feature: Feature; readonly created: Created };

export interface FeaturesOptions {
  /** In the order of `orderFeatures`. */
  readonly features: readonly Feature[];
  readonly logger: Logger;
  /** Services that no feature provides. */
  readonly given: Partial<AppServices>;
  readonly settings: FeatureSettings;
  /** What every feature is created with. */
  readonly platform: Omit<Platform, 'services' | 'allServices' | 'settings' | 'allSettings' | 'logger'>;
}

/**
 * Creates features, one after the other.
 * @throws whatever a feature throws, once those created before it are closed
 */
export async function createFeatures({ features, logger, given, settings, platform }: FeaturesOptions): Promise<RunningFeatures> {
  const services: Partial<AppServices> = { ...given };
  const members: Member[] = [];
  let areCreated = false;
  const allServices = () => {
    if (!areCreated) throw new TypeError('Not all features are created yet.');
    return services as AppServices;
  };
  try {
    for (const feature of features) {
      const created =
        (await feature.create?.({
          ...platform,
          logger,
          settings: settings.of(feature.name),
          allSettings: settings,
          allServices,
          services: viewOf(feature, services),
        })) ?? {};
      members.push({ feature, created });
      Object.assign(services, providedBy(feature, created));
    }
    areCreated = true;
    for (const { created } of members) created.connect?.(allServices());
  } catch (error) {
    await eachSettled(members.toReversed(), 'close', logger);
    throw error;
  }
  const inOrder = async (phase: 'prepare' | 'start') => {
    for (const { created } of members) await created[phase]?.();
  };
  return {
    services: services as AppServices,
    authenticators: (first) => authenticatorsOf(first, members),
    prepare: () => inOrder('prepare'),
    start: () => inOrder('start'),
    stop: () => eachSettled(members.toReversed(), 'stop', logger),
    sweep: () => eachSettled(members, 'sweep', logger),
    close: () => eachSettled(members.toReversed(), 'close', logger),
  };
}

/** The services that a feature has named, and no others: what it does not name might not be there yet. */
function viewOf(feature: Feature, services: Partial<AppServices>): Required<AppServices> {
  const needs: readonly PropertyKey[] = feature.needs ?? [];
  return new Proxy(services, {
    ownKeys: (target) => Reflect.ownKeys(target).filter((name) => needs.includes(name)),
    get(target, name) {
      if (typeof name === 'symbol' || needs.includes(name)) return Reflect.get(target, name);
      throw new TypeError(`The feature "${feature.name}" uses the service "${name}" without naming it in "needs".`);
    },
  }) as Required<AppServices>;
}

function providedBy({ name, provides = [] }: Feature, created: Created): Partial<AppServices> {
  const services: Partial<AppServices> = created.services ?? {};
  const given = Object.keys(services);
  const missing = provides.find((service) => !given.includes(service));
  if (missing !== undefined) throw new TypeError(`The feature "${name}" says that it provides "${missing}", and has not.`);
  const unsaid = given.find((service) => !(provides as readonly string[]).includes(service));
  if (unsaid !== undefined) throw new TypeError(`The feature "${name}" provides "${unsaid}" without naming it in "provides".`);
  return services;
}

function authenticatorsOf(first: readonly Authenticator[], members: readonly Member[]): Authenticator[] {
  const listeners = members.flatMap(({ created }) => created.onAuthenticated ?? []);
  const all = [...first, ...members.flatMap(({ created }) => created.authenticators ?? [])];
  return all.map((authenticator) => announcing(authenticator, listeners));
}

/** Whoever is recognised is announced before anything is shown to them. */
function announcing(
  { authenticate, ...named }: Authenticator,
  listeners: readonly NonNullable<Created['onAuthenticated']>[],
): Authenticator {
  type Found = Awaited<ReturnType<Authenticator['authenticate']>>;
  const announce = (found: Found): Found | Promise<Found> => {
    if (!found) return found;
    const pending = listeners.flatMap((listener) => listener(found) ?? []);
    return pending.length === 0 ? found : Promise.all(pending).then(() => found);
  };
  return {
    ...named,
    authenticate(ctx) {
      const found = authenticate(ctx);
      return found instanceof Promise ? found.then(announce) : announce(found);
    },
  } as Authenticator;
}

/** One that fails does not keep the others from it. */
async function eachSettled(members: readonly Member[], phase: 'stop' | 'sweep' | 'close', logger: Logger): Promise<void> {
  for (const { feature, created } of members) {
    try {
      await created[phase]?.();
    } catch (error) {
      const level = phase === 'sweep' ? 'warn' : 'error';
      logger[level](
        { feature: feature.name, reason: errorMessage(error), ...(AppError.is(error) ? {} : { error }) },
        `${phase} failed`,
      );
    }
  }
}
