import type { Page } from './layout.ts';
import { field, form, PASSWORD_HINT, view } from './markup.ts';

/** Accepts an invitation, as somebody new or as somebody who has an account. */
export const invitationPage: Page = {
  title: 'Invitation',
  script: 'accept-invitation.js',
  body: [
    view('loading', 'You are invited', '<p role="status">One moment…</p>\n'),
    view(
      'join',
      'You are invited',
      `<p>Make an account to join. You sign in with the e-mail address that the invitation was sent to.</p>
${form(
  'join-form',
  field('join', { name: 'name', label: 'Your name', autocomplete: 'name' }) +
    field('join', {
      name: 'password',
      label: 'Password',
      type: 'password',
      autocomplete: 'new-password',
      hint: PASSWORD_HINT,
    }),
  'Join',
)}
<p>You have an account already? <a id="join-link" href="">Sign in</a> with it.</p>
`,
    ),
    view(
      'renew',
      'Choose a new password',
      `<p>You are signed in as <strong data-text="who"></strong>. It is not known yet that the address is yours, and others may have set up this account: choose a new password to accept. Your other sessions, your second factor and your API keys end.</p>
${form(
  'renew-form',
  field('renew', {
    name: 'password',
    label: 'New password',
    type: 'password',
    autocomplete: 'new-password',
    hint: PASSWORD_HINT,
  }),
  'Accept the invitation',
)}`,
    ),
    view(
      'accept',
      'You are invited',
      `<p>You are signed in as <strong data-text="who"></strong>.</p>
${form('accept-form', '', 'Accept the invitation')}`,
    ),
    view(
      'known',
      'Sign in to accept',
      `<p data-text="known"></p>
<p>After that, this page comes back.</p>
<p class="actions"><a class="button primary" id="known-link" href="">Sign in</a></p>
`,
    ),
    view(
      'invalid',
      'This invitation does not work',
      '<p>It was accepted or taken back already, has expired, or the link is not complete. Ask whoever invited you for a new one.</p>\n',
    ),
    view(
      'no-token',
      'Open the invitation again',
      '<p>This page needs the whole link of your invitation, up to its end. Open it again to accept.</p>\n',
    ),
    view('failed', 'This did not work', '<div class="alert" role="alert" id="failure"></div>\n'),
  ].join(''),
};
