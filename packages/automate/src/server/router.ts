import { ApiRouter } from '../api/index.ts';
import { HomeView } from '../governance/index.ts';
import type { Registry } from '../platform/index.ts';
import type { AutomateOptions } from './options.ts';

/** Every route: those of the features, and the host's, which take the place of ours where they have the same basename. */
export async function routerOf(
  registry: Registry,
  { viewsets = {}, router }: Pick<AutomateOptions, 'viewsets' | 'router'> = {},
): Promise<ApiRouter> {
  const all = new ApiRouter();
  for (const { name, routes, replaces = false } of registry.features) {
    if (!routes) continue;
    const own = await routes(registry);
    const taken = replaces ? undefined : own.basenames.find((basename) => all.basenames.includes(basename));
    if (taken !== undefined)
      throw new TypeError(`The feature "${name}" mounts "${taken}", as another one does: give it another basename.`);
    all.include('', own);
  }
  for (const [path, viewset] of Object.entries(viewsets)) {
    const place = `api/v1/${path}`;
    all.register(place, viewset, { basename: all.basenameAt(place) ?? path.replaceAll('/', '-') });
  }
  if (router) all.include('', router);
  return all.basenameAt('') === undefined ? all.view('', HomeView, { basename: 'home' }) : all;
}
