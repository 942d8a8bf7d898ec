import type { Feature, PartKind, PartOf, Registry } from './feature.ts';

/** @param features in the order of {@link orderFeatures} */
export function createRegistry(features: readonly Feature[]): Registry {
  const partsOf = <K extends PartKind>(feature: Feature, kind: K) => (feature[kind] ?? []) as readonly PartOf<K>[];
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
