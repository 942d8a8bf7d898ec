import type { Route } from '../../api/index.ts';
import { AppError } from '../../kernel/index.ts';
import { type CommandInput, createRegistry, type Feature, orderFeatures } from '../../platform/index.ts';
import { routerOf } from '../../server/index.ts';

/** Prints the table of routes; needs neither a database nor a running server. Exits with 1 when none is left. */
export async function routes({ options, core, print }: CommandInput, features: readonly Feature[]): Promise<void> {
  const { path = '', name = '' } = options as { readonly path?: string; readonly name?: string };
  const prefix = path === '' || path.startsWith('/') ? path : `/${path}`;
  const router = await routerOf(createRegistry(orderFeatures(features)));
  const found = router
    .routes(core.api)
    .map(describe)
    .filter((route) => route.path.startsWith(prefix) && route.name.startsWith(name))
    .toSorted((left, right) => left.path.localeCompare(right.path) || left.method.localeCompare(right.method));
  if (found.length === 0)
    throw new AppError({ status: 404, code: 'no_route', title: 'No route', detail: 'No built-in route starts with this.' });
  const rows = found.map((route) => [
    route.method,
    route.path,
    route.name,
    route.view,
    [route.access, ...route.permissions].join(', '),
  ]);
  print({ routes: found }, table(rows));
}

interface RouteLine {
  readonly method: string;
  readonly path: string;
  /** `basename.action`. */
  readonly name: string;
  readonly view: string;
  /** `open`, `authenticated`, or the scope that is needed. */
  readonly access: string;
  /** Further permissions. */
  readonly permissions: readonly string[];
}

function describe(route: Route): RouteLine {
  const { view, options, scope, isOpen } = route;
  // What a request decides cannot be told here; an anonymous one shows what the class and its mixins always ask for.
  const required = [...permissionsOf(route), ...(options.permissions ?? [])].map((permission) => permission.name);
  return {
    method: route.method,
    path: route.path,
    name: route.operationId,
    view: view.constructor.name,
    access: scope ?? (isOpen ? 'open' : 'authenticated'),
    permissions: required.filter((name) => name !== 'IsAuthenticated' && name !== 'AllowAny'),
  };
}

function permissionsOf({ view }: Route): Route['view']['permissions'] {
  try {
    return view.getPermissions({ principal: null } as Parameters<typeof view.getPermissions>[0]);
  } catch {
    return view.permissions;
  }
}

function table(rows: readonly (readonly string[])[]): string {
  const all = [['METHOD', 'PATH', 'NAME', 'VIEW', 'ACCESS'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
