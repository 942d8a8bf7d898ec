import type { ApiSettings } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';
import type { CORSPolicy } from '../mixins/cors.ts';
import type { View } from '../operations/base-view.ts';
import { constructWith } from '../settings/settings.ts';
import type { BaseAPIView } from '../views/view.ts';
import type { BaseViewSet } from '../views/viewset.ts';
import { replaceParameters, segments, shapeOf, toPath } from './path.ts';
import { compileRoute, type Route } from './route.ts';

export interface RegisterOptions {
  /** Names the routes: `basename.action`. Default: the path. A later registration with the same basename replaces this one. */
  readonly basename?: string;
}

/**
 * Collects views under paths. It only remembers them: `routes()` builds each view once and decides everything else.
 * @example
 * const router = new ApiRouter()
 *   .register('workflows', WorkflowViewSet, { basename: 'workflow' })
 *   .view('events', EventIngestView);
 * const root = new ApiRouter().include('api/v1', router);
 */
export class ApiRouter {
  readonly #entries: Entry[] = [];

  /** Mounts a viewset: its list at the path, its rows below. */
  register(path: string, viewset: new () => BaseViewSet, options: RegisterOptions = {}): this {
    return this.#add(path, viewset, options);
  }

  /** Mounts a view at one path, which may hold `{parameters}`; `{rest*}` at its end is everything below. */
  view(path: string, view: new () => BaseAPIView, options: RegisterOptions = {}): this {
    return this.#add(path, view, options);
  }

  /** The basename of what is mounted at a path. @example router.basenameAt('api/v1/workflows') // 'workflow' */
  basenameAt(path: string): string | undefined {
    const wanted = segments(path).join('/');
    return this.#entries.find((entry) => entry.path === wanted)?.basename;
  }

  /** Names of all that is mounted. */
  get basenames(): ReadonlySet<string> {
    return new Set(this.#entries.map(({ basename }) => basename));
  }

  /** Mounts what another router has at this moment under a path. */
  include(path: string, router: ApiRouter): this {
    for (const entry of router.#entries) this.#put({ ...entry, path: segments(path, entry.path).join('/') });
    return this;
  }

  /**
   * The flat, frozen table of routes.
   * @throws `invalid_settings` when two basenames claim the same method and path, or a view is not complete.
   */
  routes(settings: ApiSettings = {}): readonly Route[] {
    const routes: Route[] = [];
    const owners = new Map<string, string>();
    for (const { path, construct, basename } of this.#entries) {
      for (const route of compileView(Object.freeze(constructWith(settings, () => new construct())), path, basename)) {
        const place = `${route.method} ${shapeOf(route.path)}`;
        const owner = owners.get(place);
        if (owner)
          throw apiErrors.invalid_settings(`${owner} and ${route.operationId} both answer ${route.method} ${route.path}.`);
        owners.set(place, route.operationId);
        routes.push(route);
      }
    }
    return Object.freeze(routes);
  }

  /** The path of a route by its operation id. @example router.reverse('workflow.retrieve', { id }) // '/workflows/018f…/' */
  reverse(operationId: string, params: Readonly<Record<string, string>> = {}): string {
    return reversePath(this.routes(), operationId, params);
  }

  #add(path: string, construct: Entry['construct'], options: RegisterOptions): this {
    const clean = segments(path);
    return this.#put({ path: clean.join('/'), construct, basename: options.basename ?? clean.join('-') });
  }

  /** The same basename again takes the place of the first: that is how a host overrides a built-in view. */
  #put(entry: Entry): this {
    const index = this.#entries.findIndex((other) => other.basename === entry.basename);
    if (index === -1) this.#entries.push(entry);
    else this.#entries[index] = entry;
    return this;
  }
}

/** The path of a route, with its parameters filled in. */
export function reversePath(routes: readonly Route[], operationId: string, params: Readonly<Record<string, string>>): string {
  const route = routes.find((candidate) => candidate.operationId === operationId || nameOf(candidate) === operationId);
  if (!route) throw new Error(`There is no route "${operationId}".`);
  return replaceParameters(route.path, (name, isRest) => {
    const value = params[name];
    if (value === undefined) throw new Error(`The route "${operationId}" needs the parameter "${name}".`);
    return isRest ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
  });
}

type AnyView = View & CORSPolicy;

interface Entry {
  readonly path: string;
  readonly construct: new () => AnyView;
  readonly basename: string;
}

function compileView(view: AnyView, path: string, basename: string): Route[] {
  const operations = view.getOperations();
  const shownBy =
    operations.find(({ action, loadsRow }) => action === 'retrieve' && loadsRow) ??
    // A view of one object, such as the settings of a tenant.
    operations.find(({ action, options }) => action === 'get' && options.tagged);
  return operations.map((operation) => {
    const isAlone = operations.filter((other) => other.action === operation.action).length === 1;
    const operationId = `${basename}.${operation.action}${isAlone ? '' : `.${operation.method}`}`;
    return compileRoute({ view, operation, basename, operationId, path: toPath(path, operation.path), shownBy });
  });
}

function nameOf(route: Route): string {
  return `${route.basename}.${route.action}`;
}
