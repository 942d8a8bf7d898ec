import { hasScope } from '../../kernel/index.ts';
import type { Context, MaybePromise } from '../http/context.ts';

/**
 * Decides whether a request may go on, and whether it may touch a row.
 * @example
 * export const IsOwner: Permission = {
 *   name: 'IsOwner',
 *   allows: () => true,
 *   allowsObject: (ctx, row: Workflow) => row.owner_id === ctx.principal?.id,
 * };
 */
export interface Permission {
  readonly name: string;
  /** Asked before the body is read. */
  allows(ctx: Context): MaybePromise<boolean>;
  /** Asked on detail routes, after the row was loaded and before the handler runs. */
  allowsObject?(ctx: Context, row: unknown): MaybePromise<boolean>;
}

/**
 * The permissions of a view; all must allow. A helper, so that a subclass may narrow or widen the list again.
 * @example
 * override permissions = allow(IsAuthenticated, IsOwner);
 */
export function allow(...permissions: readonly [Permission, ...Permission[]]): readonly Permission[] {
  return permissions;
}

/** Anyone with valid credentials. The default. */
export const IsAuthenticated: Permission = { name: 'IsAuthenticated', allows: (ctx) => ctx.principal !== null };

/** Staff principals only. */
export const IsStaff: Permission = { name: 'IsStaff', allows: (ctx) => ctx.principal?.isStaff === true };

/** Everyone, without credentials too. */
export const AllowAny: Permission = { name: 'AllowAny', allows: () => true };

/**
 * Principals that were granted a scope.
 * @example
 * override permissions = allow(IsAuthenticated, HasScope('workflows:write'));
 */
export function HasScope(scope: `${string}:${string}`): Permission {
  return {
    name: `HasScope(${scope})`,
    allows: (ctx) => ctx.principal !== null && hasScope(ctx.principal, scope),
  };
}
