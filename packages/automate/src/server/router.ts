import { HomeView } from '../accounts/index.ts';
import { ApiRouter, type ClientOfApi } from '../api/index.ts';
import { createRegistry, orderFeatures, type Registry } from '../platform/index.ts';
import { builtInFeatures } from './built-in.ts';
import type { AutomateOptions } from './options.ts';

/** The client of the built-in routes, and of no others. */
export async function publishedClient(): Promise<ClientOfApi> {
  const { basenames } = await routerOf(createRegistry(orderFeatures(builtInFeatures)));
  return { name: 'automate-client', has: (basename) => basenames.has(basename) };
}

/** Every route: those of the features, and the host's, which take the place of ours where they have the same basename. */
export async function routerOf(
  registry: Registry,
  { viewsets = {}, router }: Pick<AutomateOptions, 'viewsets' | 'router'> = {},
): Promise<ApiRouter> {
  const all = new ApiRouter();
  // What people come for is made last of all, and shown first.
  const own = registry.features.filter(({ replaces }) => !replaces).toReversed();
  for (const { name, routes, replaces = false } of [...own, ...registry.features.filter((feature) => feature.replaces)]) {
    if (!routes) continue;
    const mounted = await routes(registry);
    const taken = replaces ? undefined : [...mounted.basenames].find((basename) => all.basenames.has(basename));
    if (taken !== undefined)
      throw new TypeError(`The feature "${name}" mounts "${taken}", as another one does: give it another basename.`);
    all.include('', mounted);
  }
  for (const [path, viewset] of Object.entries(viewsets)) {
    const place = `api/v1/${path}`;
    all.register(place, viewset, { basename: all.basenameAt(place) ?? path.replaceAll('/', '-') });
  }
  if (router) all.include('', router);
  return all.basenameAt('') === undefined ? all.view('', HomeView, { basename: 'home' }) : all;
}
