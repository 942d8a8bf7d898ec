// Accepts an invitation.
import { call, placeOf } from './api.js';
import { byId, show, write } from './dom.js';
import { alertIn, enableReveal, onSubmit, refuse, sentenceOf } from './form.js';
import { destination, enableLinks, goOn, isSignedIn, takeFragment } from './journey.js';

/** @typedef {{ ok: false } & import('./form.js').Refusal} Failed */

const token = takeFragment().get('token');

/** Whether somebody is signed in who may be the one that is invited. */
let isMember = false;

enableLinks();
enableReveal();
onSubmit('join-form', async ({ name = '', password = '' }) => {
  const answer = await call('POST', 'api/auth/accept-invitation/', { token, name: name.trim(), password });
  if (answer.ok) return finish('join-form');
  if (isAboutFields(answer)) return refuse('join-form', answer);
  tell(answer);
});
onSubmit('renew-form', async ({ password = '' }) => {
  const answer = await call('POST', 'api/auth/accept-invitation/', { token, password });
  if (answer.ok) return finish('renew-form');
  if (isAboutFields(answer)) return refuse('renew-form', answer);
  tell(answer);
});
onSubmit('accept-form', async () => {
  const answer = await call('POST', 'api/auth/accept-invitation/', { token });
  if (answer.ok) return finish('accept-form');
  tell(answer);
});
await begin();

/** Somebody who is signed in decides; else the server is asked what is missing, which uses up nothing. */
async function begin() {
  if (token === null) return show('no-token');
  show('loading');
  if (isSignedIn) {
    /** @type {import('./api.js').Answer<{ user: { name: string, email: string } }>} */
    const session = await call('GET', 'api/auth/session/');
    if (session.ok) {
      write('who', `${session.body.user.name} (${session.body.user.email})`);
      isMember = true;
      return show('accept');
    }
  }
  const answer = await call('POST', 'api/auth/accept-invitation/', { token });
  if (answer.ok) return void goOn(destination());
  tell(answer);
}

/** @param {Failed} answer */
function tell(answer) {
  const { code, detail } = answer.problem;
  const back = new URLSearchParams({ next: placeOf('accept-invitation/') });
  for (const link of ['join-link', 'known-link'])
    byId(link).setAttribute('href', `${placeOf('sign-in/')}?${back}#invitation=${token}`);
  if (isAboutFields(answer)) return show(isMember && !isAbout(answer, '/name') ? 'renew' : 'join');
  if (code === 'unauthenticated') {
    write('known', detail.replace(/: sign in.*$/, '.'));
    return show('known');
  }
  if (code === 'link_invalid' || code === 'invalid_input') return show('invalid');
  show('failed');
  byId('failure').textContent = sentenceOf(answer);
}

/** @param {Failed} answer */
function isAboutFields(answer) {
  return isAbout(answer, '/name') || isAbout(answer, '/password');
}

/**
 * @param {Failed} answer
 * @param {string} field
 */
function isAbout({ problem }, field) {
  return problem.errors?.some(({ pointer }) => pointer === field) ?? false;
}

/** @param {string} form */
async function finish(form) {
  const reason = await goOn(destination());
  if (reason !== undefined) alertIn(byId(form), reason);
}
