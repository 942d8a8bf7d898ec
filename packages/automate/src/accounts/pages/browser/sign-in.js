// Signs in: by a link, by password and perhaps a code, or elsewhere.
import { call } from './api.js';
import { byId, show } from './dom.js';
import { alertIn, clear, enableReveal, onSubmit, refuse } from './form.js';
import { destination, enableLinks, goOn, isSignedIn, needsSetup, takeFragment } from './journey.js';

/** What single sign-on may come back with. */
const REASONS = Object.freeze({
  no_account: 'There is no account for you here. Ask for an invitation.',
  account_disabled: 'Your account is disabled. Ask whoever runs this installation.',
  linked_to_another: 'The account with your address belongs to another identity. Ask whoever runs this installation.',
  flow_expired: 'That took too long. Try again.',
  provider_refused: 'The provider did not let you in.',
  provider_unavailable: 'The provider does not answer. Try again later, or sign in with your password.',
  provider_invalid: 'The answer of the provider could not be trusted. Tell whoever runs this installation.',
  https_required: 'Single sign-on needs HTTPS. Tell whoever runs this installation.',
  rate_limited: 'Too many attempts. Try again later.',
  link_invalid: 'The link was used already, or has expired. Ask for a new one.',
});

const fragment = takeFragment();
const token = fragment.get('token');
const invitation = fragment.get('invitation');
const failure = new URLSearchParams(location.search).get('error');
const onward = destination();
if (invitation !== null) onward.hash = `token=${invitation}`;
/** The first factor, kept while the code is asked for. */
let way = 'api/auth/sign-in/';
/** @type {Record<string, string | null>} */
let credentials = {};
let isBackup = false;

enableLinks();
enableReveal();
onSubmit('password-form', async ({ email = '', password = '' }) => {
  way = 'api/auth/sign-in/';
  credentials = { email: email.trim(), password };
  await signIn('password-form');
});
onSubmit('code-form', async ({ code = '' }) => {
  await signIn('code-form', isBackup ? code.trim() : code.replace(/\s/g, ''));
});
onSubmit('link-form', async () => {
  way = 'api/auth/link/';
  credentials = { token };
  await signIn('link-form');
});
onSubmit('forgot-form', async ({ email = '' }) => {
  const answer = await call('POST', 'api/auth/request-password-reset/', { email: email.trim() });
  if (!answer.ok) return refuse('forgot-form', answer);
  show('sent');
});
byId('use-backup').addEventListener('click', () => useBackup(!isBackup));

if (token === null && failure === null && isSignedIn) location.replace(onward.href);
else {
  show(needsSetup ? 'new' : token === null ? 'password' : 'link');
  if (failure !== null)
    byId('notice').textContent = Object.hasOwn(REASONS, failure)
      ? REASONS[/** @type {keyof typeof REASONS} */ (failure)]
      : 'Signing in did not work. Try again.';
  if (!needsSetup) void offerElsewhere();
}

/**
 * @param {string} form
 * @param {string} [code]
 */
async function signIn(form, code) {
  const answer = await call('POST', way, code === undefined ? credentials : { ...credentials, code });
  if (answer.ok) return finish(form);
  const { problem } = answer;
  if (problem.code === 'two_factor_required') {
    useBackup(false);
    return show('code');
  }
  // A token that was cut is no link either.
  if (problem.code === 'link_invalid' || (form === 'link-form' && problem.code === 'invalid_input')) {
    show('password');
    byId('notice').textContent = REASONS.link_invalid;
    return;
  }
  const messages = {
    sign_in_failed:
      code === undefined
        ? 'E-mail or password is wrong.'
        : isBackup
          ? 'This is no backup code of yours, or it was used already.'
          : 'The code is wrong. Wait for the next one and try again.',
    // A code that is too short to be one.
    invalid_input: 'The code is not complete.',
  };
  refuse(form, answer, code === undefined ? { messages: { sign_in_failed: messages.sign_in_failed } } : { messages });
}

/** @param {string} form */
async function finish(form) {
  const reason = await goOn(onward);
  if (reason !== undefined) alertIn(byId(form), reason);
}

/** @param {boolean} wanted */
function useBackup(wanted) {
  isBackup = wanted;
  const input = /** @type {HTMLInputElement} */ (byId('sign-in-code'));
  input.value = '';
  input.inputMode = wanted ? 'text' : 'numeric';
  input.autocomplete = wanted ? 'off' : 'one-time-code';
  if (input.labels?.[0]) input.labels[0].textContent = wanted ? 'Backup code' : 'Code';
  byId('code-lead').textContent = wanted
    ? 'Enter one of the backup codes that you kept. It works once.'
    : 'Your account asks for a second factor: the code that your authenticator shows now.';
  byId('use-backup').textContent = wanted ? 'Use your authenticator' : 'Use a backup code';
  clear(/** @type {HTMLFormElement} */ (byId('code-form')));
  input.focus();
}

/** Single sign-on, where it is set up. */
async function offerElsewhere() {
  /** @type {import('./api.js').Answer<{ oidc: { name: string, url: string } | null, mail: boolean }>} */
  const answer = await call('GET', 'api/auth/options/');
  if (!answer.ok) return;
  const { oidc, mail } = answer.body;
  byId('no-mail').hidden = mail;
  if (!oidc || !URL.canParse(oidc.url, location.href)) return;
  const url = new URL(oidc.url, location.href);
  if (url.origin !== location.origin) return;
  url.searchParams.set('next', onward.pathname + onward.search);
  byId('elsewhere-link').textContent = `Sign in with ${oidc.name}`;
  byId('elsewhere-link').setAttribute('href', url.href);
  byId('elsewhere').hidden = false;
}
