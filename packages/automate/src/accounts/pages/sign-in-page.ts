import type { Page } from './layout.ts';
import { field, form, view } from './markup.ts';

/** Signs in by a link, by password with or without a second factor, or elsewhere; and asks for a new password. */
export const signInPage: Page = {
  title: 'Sign in',
  script: 'sign-in.js',
  body: [
    view(
      'password',
      'Sign in',
      `<div class="alert" role="alert" id="notice"></div>
${form(
  'password-form',
  field('sign-in', { name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username' }) +
    field('sign-in', { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' }),
  'Sign in',
)}<p class="aside"><button type="button" class="link" data-show="forgot">Forgot your password?</button></p>
<div id="elsewhere" hidden><p class="or">or</p><a class="button" id="elsewhere-link" href="">Single sign-on</a></div>
`,
    ),
    view(
      'code',
      'Enter your code',
      `<p id="code-lead">Your account asks for a second factor: the code that your authenticator shows now.</p>
${form(
  'code-form',
  field('sign-in', {
    name: 'code',
    label: 'Code',
    autocomplete: 'one-time-code',
    attributes: 'inputmode="numeric" maxlength="40" class="code"',
  }),
  'Sign in',
  'primary',
  '<button type="button" class="plain" data-show="password">Back</button>',
)}<p class="aside"><button type="button" class="link" id="use-backup">Use a backup code</button></p>
`,
    ),
    view(
      'link',
      'Welcome back',
      `<p>This link signs you in once. Then it is used up.</p>
${form('link-form', '', 'Sign in')}<p class="aside"><button type="button" class="link" data-show="password">Sign in with a password</button></p>
`,
    ),
    view(
      'forgot',
      'Choose a new password',
      `<p>Say who you are. If there is such an account, a mail with a link is on its way to it.</p>
${form(
  'forgot-form',
  field('forgot', { name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username' }),
  'Send the link',
  'primary',
  '<button type="button" class="plain" data-show="password">Back</button>',
)}`,
    ),
    view(
      'sent',
      'Look into your mail',
      `<p>If there is an account with this address, a mail with a link is on its way. The link works once, for a day.</p>
<p class="hint" id="no-mail" hidden>This installation sends no mail yet: ask whoever runs it for a link.</p>
<p class="actions"><button type="button" class="plain" data-show="password">Back to sign-in</button></p>
`,
    ),
    view(
      'new',
      'No owner yet',
      `<p>Nobody has an account here yet. The first one belongs to whoever started this installation.</p>
<p>The terminal in which it was started shows a link behind <strong>Sign in</strong>. Open that link to become the owner. To get a new one, start it again.</p>
`,
    ),
  ].join(''),
};
