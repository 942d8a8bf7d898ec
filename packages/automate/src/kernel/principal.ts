/** Who is asking. Everything a request may do follows from this and from nothing the caller wrote in the body. */
export interface Principal {
  /** Id of the API key or user. */
  readonly id: string;
  readonly kind: 'api_key' | 'user';
  /** Id (UUID) of the tenant all its queries are confined to. */
  readonly tenantId: string;
  readonly isStaff: boolean;
  /** `resource:verb` strings, for example `workflows:write`; `*` grants all. */
  readonly scopes: readonly string[];
}

/** Whether a scope is granted: exactly, by `resource:*`, or by `*`. */
export function hasScope(principal: Principal, scope: string): boolean {
  const resource = scope.slice(0, scope.indexOf(':'));
  return principal.scopes.some((granted) => granted === '*' || granted === scope || granted === `${resource}:*`);
}
