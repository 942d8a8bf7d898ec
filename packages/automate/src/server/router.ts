import { HomeView } from '../accounts/index.ts';
import { ApiRouter, type ClientOfApi } from '../api/index.ts';
import type { Registry } from '../platform/index.ts';
import { builtInFeatures } from './built-in.ts';
import type { AutomateOptions } from './options.ts';

type HostRoutes = Pick<AutomateOptions, 'viewsets' | 'router'>;

export interface MountedRoutes {
  /** Every route: those of the features, and the host's, which take the place of ours where they have the same basename. */
  readonly router: ApiRouter;
  /** The published client, which has the routes of the built-in features, and no others. */
  readonly client: ClientOfApi;
}

export async function mountRoutes(registry: Registry, { viewsets = {}, router }: HostRoutes = {}): Promise<MountedRoutes> {
  const all = new ApiRouter();
  const published = new Set<string>();
  // What people come for is made last of all, and shown first.
  const own = registry.features.filter(({ replaces }) => !replaces).toReversed();
  for (const feature of [...own, ...registry.features.filter(({ replaces }) => replaces)]) {
    const mounted = await feature.routes?.(registry);
    if (!mounted) continue;
    const taken = feature.replaces ? undefined : [...mounted.basenames].find((basename) => all.basenames.has(basename));
    if (taken !== undefined)
      throw new TypeError(`The feature "${feature.name}" mounts "${taken}", as another one does: give it another basename.`);
    all.include('', mounted);
    if (builtInFeatures.includes(feature)) for (const basename of mounted.basenames) published.add(basename);
  }
  for (const [path, viewset] of Object.entries(viewsets)) {
    const place = `api/v1/${path}`;
    all.register(place, viewset, { basename: all.basenameAt(place) ?? path.replaceAll('/', '-') });
  }
  if (router) all.include('', router);
  if (all.basenameAt('') === undefined) all.view('', HomeView, { basename: 'home' });
  return { router: all, client: { name: 'automate-client', has: (basename) => published.has(basename) } };
}

/** {@link MountedRoutes.router} alone. */
export async function routerOf(registry: Registry, host?: HostRoutes): Promise<ApiRouter> {
  return (await mountRoutes(registry, host)).router;
}
