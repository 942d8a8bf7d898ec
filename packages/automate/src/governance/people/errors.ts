import { defineErrors } from '../../kernel/index.ts';

export const peopleErrors = defineErrors({
  sign_in_failed: [401, 'Sign-in failed'],
  two_factor_required: [401, 'Two-factor code required'],
  link_invalid: [400, 'Link not valid'],
  csrf: [403, 'Request from another site'],
  https_required: [400, 'HTTPS required'],
  last_owner: [409, 'Last owner'],
  too_busy: [503, 'Too busy'],
});
