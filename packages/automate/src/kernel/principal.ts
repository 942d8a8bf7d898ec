/** Who is asking. Everything a request may do follows from this and from nothing the caller wrote in the body. */
export interface Principal {
  /** Id of the API key or user. */
  readonly id: string;
  readonly kind: 'api_key' | 'user';
  /** Id (UUID) of the tenant all its queries are confined to. */
  readonly tenantId: string;
  readonly isStaff: boolean;
  /** `resource:action` strings, for example `workflows:write`; `*` grants all. Of a user, those of the role in the tenant. */
  readonly scopes: readonly string[];
  /** The user who answers for it: of an API key, who made it. */
  readonly userId?: string | undefined;
}

/**
 * Whether a scope is granted: exactly, by `resource:*`, or by `*`. The one decision of who may do what: routes, the command
 * line and whatever else acts for a principal ask it.
 */
export function hasScope(principal: Pick<Principal, 'scopes'>, scope: string): boolean {
  const all = `${scope.slice(0, scope.indexOf(':'))}:*`;
  return principal.scopes.some((granted) => granted === '*' || granted === scope || granted === all);
}

/**
 * What both lists grant: someone who acts for another may do what both may.
 * @example
 * intersectScopes(['workflows:*', 'jobs:read'], ['workflows:read', '*:x']) // ['workflows:read']
 */
export function intersectScopes(left: readonly string[], right: readonly string[]): string[] {
  const both = [
    ...left.filter((scope) => hasScope({ scopes: right }, scope)),
    ...right.filter((scope) => hasScope({ scopes: left }, scope)),
  ];
  return [...new Set(both)];
}

/** `user:<id>` or `api_key:<id>`, as audit entries and rows name who did something. */
export function actorName({ kind, id }: Pick<Principal, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}
