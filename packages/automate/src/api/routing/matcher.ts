import findMyWay from 'find-my-way';
import { apiErrors } from '../http/errors.ts';
import { byShape } from './path.ts';
import type { Route } from './route.ts';

/** The longest parameter of a path, in characters. */
export const MAX_PARAMETER_LENGTH = 500;

/** The routes of a path, and the values of their parameters in its order. */
export interface Match {
  readonly routes: readonly Route[];
  readonly values: readonly string[];
}

/** @throws `invalid_url`, `uri_too_long` */
export type FindRoutes = (path: string) => Match | undefined;

/** Finds routes by path, in either spelling, for whoever has no router of its own. */
export function createMatcher({ basePath, routes }: { basePath: string; routes: readonly Route[] }): FindRoutes {
  const router = findMyWay({
    ignoreTrailingSlash: true,
    maxParamLength: MAX_PARAMETER_LENGTH,
    onBadUrl: () => {
      throw apiErrors.invalid_url('The path holds malformed percent-encoding.');
    },
    onMaxParamLength: () => {
      throw apiErrors.uri_too_long('A part of the path is too long.');
    },
  });
  for (const [shape, group] of byShape(routes)) {
    let position = 0;
    const pattern = shape.replaceAll(':', () => `:p${position++}`);
    // One tree for all methods, or a 405 could not be told from a 404.
    router.on('GET', pattern, () => undefined, group);
  }
  return (path) => {
    if (path !== basePath && !path.startsWith(`${basePath}/`)) return undefined;
    const found = router.find('GET', path.slice(basePath.length) || '/');
    if (!found) return undefined;
    // Without routes it is one of the two refusals above.
    if (!found.store) found.handler(...([] as unknown as Parameters<typeof found.handler>));
    return { routes: found.store as readonly Route[], values: Object.values(found.params) as string[] };
  };
}
