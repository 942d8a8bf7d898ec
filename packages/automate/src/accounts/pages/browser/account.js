// One's own account: loads it, and lets its parts change it.

import { enableFactor } from './account-factor.js';
import { showProfile } from './account-profile.js';
import { loadSessions } from './account-sessions.js';
import { call, placeOf } from './api.js';
import { all, byId } from './dom.js';
import { enableReveal, onSubmit, refuse, sentenceOf } from './form.js';
import { enableLinks } from './journey.js';

/**
 * @typedef {{ id: string, slug: string, name: string }} Tenant
 * @typedef {object} Account
 * @property {{ name: string, email: string, two_factor_enabled: boolean }} user
 * @property {Tenant} tenant
 * @property {string | null} role
 * @property {(Tenant & { role: string })[]} tenants
 * @property {boolean} is_staff
 * @property {string[]} scopes
 * @property {string[]} permissions
 */

enableLinks();
enableReveal();
onSubmit('sign-out-form', async () => {
  const answer = await call('POST', 'api/auth/sign-out/');
  if (answer.ok || answer.status === 401) location.replace(placeOf('sign-in/'));
  else byId('failure').textContent = sentenceOf(answer);
});
onSubmit('tenant-form', async (values) => {
  const answer = await call('POST', 'api/auth/session/tenant/', values);
  if (!answer.ok) return failed('tenant-form', answer);
  location.reload();
});
onSubmit('password-form', async (values) => {
  const answer = await call('POST', 'api/auth/password/', values);
  if (!answer.ok) {
    return failed('password-form', answer, {
      fields: { sign_in_failed: 'current_password' },
      messages: { sign_in_failed: 'The current password is wrong.' },
    });
  }
  /** @type {HTMLFormElement} */ (byId('password-form')).reset();
  done('password', 'Your password is changed, and your other sessions have ended.');
  await loadSessions(failed);
});
await begin();

async function begin() {
  const loading = loadSessions(failed);
  /** @type {import('./api.js').Answer<Account>} */
  const answer = await call('GET', 'api/auth/session/');
  await loading;
  byId('loading').hidden = true;
  if (!answer.ok) return failed(undefined, answer);
  showProfile(answer.body);
  enableFactor(answer.body.user, { failed, done });
  byId('account').hidden = false;
}

/**
 * Says what went wrong; a session that has ended leads to sign-in and back.
 * @param {string | undefined} form
 * @param {import('./form.js').Refusal} refusal
 * @param {Parameters<typeof refuse>[2]} [known]
 */
function failed(form, refusal, known) {
  if (refusal.problem.code === 'unauthenticated') location.replace(`${placeOf('sign-in/')}?next=${placeOf('account/')}`);
  else if (form) refuse(form, refusal, known);
  else byId('failure').textContent = sentenceOf(refusal);
}

/**
 * Says what was done, in one section.
 * @param {string} section
 * @param {string} text
 */
function done(section, text) {
  for (const place of all('[data-done]')) place.textContent = place.dataset.done === section ? text : '';
}
