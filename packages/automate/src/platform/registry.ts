import type { Feature, FeatureParts } from './feature.ts';

type Kind = keyof FeatureParts;
type PartOf<K extends Kind> = NonNullable<FeatureParts[K]> extends readonly (infer Part)[] ? Part : never;

/** What all features declare, in the order of the features. */
export interface Registry {
  readonly features: readonly Feature[];
  /** All parts of a kind. @example registry.all('models') */
  all<K extends Kind>(kind: K): readonly PartOf<K>[];
  /**
   * The same, each by its name.
   * @throws TypeError when two features declare one of the same name, and the later one does not replace
   */
  named<K extends Kind>(kind: K, nameOf: (part: PartOf<K>) => string): ReadonlyMap<string, PartOf<K>>;
}

/** @param features in the order of {@link orderFeatures} */
export function createRegistry(features: readonly Feature[]): Registry {
  const partsOf = <K extends Kind>(feature: Feature, kind: K) => (feature[kind] ?? []) as readonly PartOf<K>[];
  return Object.freeze<Registry>({
    features,
    all: (kind) => features.flatMap((feature) => partsOf(feature, kind)),
    named(kind, nameOf) {
      const named = new Map<string, ReturnType<typeof partsOf<typeof kind>>[number]>();
      const owners = new Map<string, string>();
      for (const feature of features) {
        for (const part of partsOf(feature, kind)) {
          const name = nameOf(part);
          const owner = owners.get(name);
          if (owner !== undefined && !feature.replaces)
            throw new TypeError(`"${name}" of ${kind} is declared by both "${owner}" and "${feature.name}".`);
          owners.set(name, feature.name);
          named.set(name, part);
        }
      }
      return named;
    },
  });
}
