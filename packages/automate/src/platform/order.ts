import type { Feature } from './feature.ts';

/**
 * Features in the order they are created: each behind those whose services it needs, and else as given.
 * @throws TypeError, in a sentence: a doubled name or service, a service that nobody provides, features that need each other
 */
export function orderFeatures(features: readonly Feature[]): readonly Feature[] {
  const names = new Set<string>();
  for (const { name } of features) {
    if (names.has(name)) throw new TypeError(`There are two features named "${name}".`);
    names.add(name);
  }
  const providers = providersOf(features);
  const ordered: Feature[] = [];
  const path: string[] = [];
  const visit = (feature: Feature): void => {
    if (ordered.includes(feature)) return;
    if (path.includes(feature.name))
      throw new TypeError(
        `Features need each other in a circle: ${[...path.slice(path.indexOf(feature.name)), feature.name].join(' → ')}.`,
      );
    path.push(feature.name);
    for (const service of feature.needs ?? []) {
      const provider = providers.get(service);
      if (!provider)
        throw new TypeError(`The feature "${feature.name}" needs the service "${service}", which no feature provides.`);
      if (provider !== feature) visit(provider);
    }
    path.pop();
    ordered.push(feature);
  };
  for (const feature of features) visit(feature);
  return ordered;
}

/** Which feature provides each service. */
function providersOf(features: readonly Feature[]): ReadonlyMap<string, Feature> {
  const providers = new Map<string, Feature>();
  for (const feature of features) {
    for (const service of feature.provides ?? []) {
      const other = providers.get(service);
      if (other) throw new TypeError(`The service "${service}" is provided by both "${other.name}" and "${feature.name}".`);
      providers.set(service, feature);
    }
  }
  return providers;
}
