import { hasScope, type Principal } from '../kernel/index.ts';

/** Whether somebody may have a part of the Studio: by its scope, and where it is for staff, as staff. */
export function isOpenTo(
  { scope, isForStaff = false }: { readonly scope?: string; readonly isForStaff?: boolean },
  principal: Principal,
): boolean {
  return (scope === undefined || hasScope(principal, scope)) && (principal.isStaff || !isForStaff);
}
