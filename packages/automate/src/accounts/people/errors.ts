import { type AppError, defineErrors } from '../../kernel/index.ts';

export const peopleErrors = defineErrors({
  sign_in_failed: [401, 'Sign-in failed'],
  two_factor_required: [401, 'Two-factor code required'],
  link_invalid: [400, 'Link not valid'],
  csrf: [403, 'Request from another site'],
  https_required: [400, 'HTTPS required'],
  last_owner: [409, 'Last owner'],
  no_password: [409, 'No password'],
  too_busy: [503, 'Too busy'],
});

/** The one answer to whoever could not sign in: nothing may show which part was wrong. */
export function signInFailed(cause?: string): AppError {
  return peopleErrors.sign_in_failed('E-mail address, password or code is wrong.', cause === undefined ? {} : { cause });
}
