import type { Page } from './layout.ts';
import { CANCEL, field, form, PASSWORD_HINT, WHOSE } from './markup.ts';

/** Everything people can see and change of their own account. */
export const accountPage: Page = {
  title: 'Your account',
  script: 'account.js',
  shape: 'sections',
  header: `<div class="who"><span data-text="header-name"></span>${form('sign-out-form', '', 'Sign out', 'quiet')}</div>\n`,
  body: `<div id="failure" class="alert" role="alert"></div>
<p id="loading" role="status">Loading…</p>
<div id="account" hidden>
<h1 tabindex="-1">Your account</h1>
${section(
  'profile',
  'Profile',
  `<dl>
<div><dt>Name</dt><dd data-text="name"></dd></div>
<div><dt>E-mail</dt><dd data-text="email"></dd></div>
<div><dt>Tenant</dt><dd data-text="tenant"></dd></div>
<div><dt>Role</dt><dd data-text="role"></dd></div>
</dl>
<div id="switch" hidden>${form(
    'tenant-form',
    `<div class="field"><label for="tenant-select">Work in another tenant</label>
<select id="tenant-select" name="tenant_id" aria-describedby="tenant-select-error"></select><p class="error" id="tenant-select-error"></p></div>
`,
    'Switch',
  )}</div>
<h3>What you may do</h3>
<ul class="checks" id="permissions"></ul>
<details><summary>All scopes</summary><ul class="scopes" id="scopes"></ul></details>
`,
)}${section(
  'sessions',
  'Where you are signed in',
  `<p>End what you do not know, then change your password.</p>
<ul class="rows" id="session-list"></ul>
`,
)}${section(
  'password',
  'Password',
  form(
    'password-form',
    WHOSE +
      field('password', {
        name: 'current_password',
        label: 'Current password',
        type: 'password',
        autocomplete: 'current-password',
      }) +
      field('password', {
        name: 'new_password',
        label: 'New password',
        type: 'password',
        autocomplete: 'new-password',
        hint: `${PASSWORD_HINT} Your other sessions end when you change it.`,
      }),
    'Change the password',
  ),
)}${section(
  'factor',
  'Second factor',
  `<div data-step="off" hidden><p><span class="badge">Off</span> With a second factor, a stolen password alone lets nobody in.</p>
<p class="actions"><button type="button" data-go="begin">Turn on</button></p></div>
<div data-step="begin" hidden><p>First, prove that it is you.</p>
${form('begin-form', passwordField('begin'), 'Continue', 'primary', CANCEL)}</div>
<div data-step="confirm" hidden>
<ol class="steps">
<li><h3 tabindex="-1">Scan this with your authenticator</h3>
<div class="scan"><div id="qr"></div><div><p>No camera? Enter this key by hand:</p><p><code id="secret"></code></p>
<button type="button" class="small" data-copy="secret">Copy the key</button></div></div></li>
<li><h3>Keep these backup codes</h3>
<p>Each signs you in once when you do not have your authenticator. They are not shown again.</p>
<ul class="codes" id="backup-codes"></ul>
<button type="button" class="small" data-copy="backup-codes">Copy the codes</button></li>
<li><h3>Enter the code that it shows now</h3>
${form(
  'confirm-form',
  field('confirm', {
    name: 'code',
    label: 'Code',
    autocomplete: 'one-time-code',
    attributes: 'inputmode="numeric" maxlength="6" class="code"',
  }),
  'Turn on',
  'primary',
  CANCEL,
)}</li>
</ol></div>
<div data-step="on" hidden><p><span class="badge good">On</span> You are asked for a code whenever you sign in.</p>
<p class="actions"><button type="button" data-go="end">Turn off</button></p></div>
<div data-step="end" hidden><p>Without it, your password alone signs you in.</p>
${form('end-form', passwordField('end'), 'Turn off', 'danger', CANCEL)}</div>
`,
)}${section(
  'api',
  'API',
  `<p>Programs use keys rather than your password. The <a data-place="api/docs/" href="">API documentation</a> lists every call, also those that make keys.</p>
`,
)}</div>
`,
};

function section(name: string, heading: string, content: string): string {
  return `<section aria-labelledby="${name}-heading">
<h2 id="${name}-heading" tabindex="-1">${heading}</h2>
<p class="done" role="status" data-done="${name}"></p>
${content}</section>
`;
}

function passwordField(prefix: string): string {
  return WHOSE + field(prefix, { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' });
}
