import type { Page } from './layout.ts';
import { field, form, PASSWORD_HINT, view } from './markup.ts';

/** Chooses a new password by a link. */
export const resetPasswordPage: Page = {
  title: 'New password',
  script: 'reset-password.js',
  body: [
    view(
      'reset',
      'Choose a new password',
      `<p>You are signed out everywhere when you change it.</p>
${form(
  'reset-form',
  field('reset', {
    name: 'password',
    label: 'New password',
    type: 'password',
    autocomplete: 'new-password',
    hint: PASSWORD_HINT,
  }),
  'Change the password',
)}`,
    ),
    view(
      'invalid',
      'This link does not work',
      `<p>It was used already, has expired, or is not complete.</p>
<p class="actions"><a class="button primary" data-place="sign-in/" href="">Ask for a new one</a></p>
`,
    ),
    view(
      'changed',
      'Password changed',
      `<p>All your sessions have ended. Sign in with the new password.</p>
<p class="actions"><a class="button primary" data-place="sign-in/" href="">Sign in</a></p>
`,
    ),
  ].join(''),
};
