import { defineErrors } from '../../kernel/index.ts';

/** Why nobody came in. A browser gets the code alone, in the address of the sign-in page. */
export const singleSignOnErrors = defineErrors({
  no_account: [403, 'No account'],
  account_disabled: [403, 'Account disabled'],
  linked_to_another: [403, 'Linked to another identity'],
  flow_expired: [400, 'Sign-in expired'],
  provider_refused: [403, 'Refused by the provider'],
  provider_unavailable: [503, 'Provider not available'],
  provider_invalid: [502, 'Provider not believed'],
});
