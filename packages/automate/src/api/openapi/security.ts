import { type Authenticator, apiKeySchemes, type SecuritySchemes } from '../access/authentication.ts';

/** What the authenticators of an API read; keys when none of them says. */
export function securitySchemesOf(authenticators: readonly Authenticator[]): SecuritySchemes {
  const named = authenticators.flatMap(({ schemes }) => schemes ?? []);
  return Object.assign({}, ...(named.length > 0 ? named : [apiKeySchemes]));
}
