import type { Automate } from '../../src/server/index.ts';

export type AnyRoute = Automate['api']['routes'][number];

/** Names of all that must allow a route, besides its scope: those of the view, its mixins and the operation. */
export function permissionNames({ view, options, operationId }: AnyRoute): readonly string[] {
  const ctx = { principal: null, route: { action: operationId.split('.')[1] } } as Parameters<typeof view.getPermissions>[0];
  return [...view.getPermissions(ctx), ...(options.permissions ?? [])].map(({ name }) => name);
}

export function isForStaff(route: AnyRoute): boolean {
  return permissionNames(route).includes('IsStaff');
}
