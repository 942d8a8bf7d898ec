import type { Page } from './layout.ts';
import { field, form, PASSWORD_HINT, view } from './markup.ts';

/** Makes the first owner, by the link that the start printed. */
export const setupPage: Page = {
  title: 'Set up',
  script: 'setup.js',
  body: [
    view(
      'setup',
      'Welcome to Automate',
      `<p>Make the first account. It owns this installation and can invite others.</p>
${form(
  'setup-form',
  field('setup', { name: 'name', label: 'Your name', autocomplete: 'name' }) +
    field('setup', { name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username' }) +
    field('setup', {
      name: 'password',
      label: 'Password',
      type: 'password',
      autocomplete: 'new-password',
      hint: PASSWORD_HINT,
    }),
  'Create the account',
)}`,
    ),
    view(
      'no-token',
      'Open the link again',
      `<p>This page needs the whole link that the terminal shows behind <strong>Sign in</strong>, up to its end. It works once.</p>
<p>To get a new one, start Automate again.</p>
`,
    ),
    view(
      'done',
      'Already set up',
      `<p>This installation has an owner already.</p>
<p class="actions"><a class="button primary" data-place="sign-in/" href="">Sign in</a></p>
`,
    ),
  ].join(''),
};
