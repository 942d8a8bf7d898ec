// Where people come from and go to: links with a token, and the way on after sign-in.
import { call, placeOf } from './api.js';
import { all, show } from './dom.js';

/**
 * What stands behind the `#` of the address, which never leaves the browser; it is taken out of the address bar and the history.
 * @returns {URLSearchParams}
 */
export function takeFragment() {
  const found = new URLSearchParams(location.hash.slice(1));
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  return found;
}

/** Whether the server knew who asked when it sent this page. */
export const isSignedIn = document.documentElement.dataset.signedIn === 'true';
/** Whether there is no account at all yet. */
export const needsSetup = document.documentElement.dataset.needsSetup === 'true';

/**
 * The way on: `?next=` if it stays on this site, else where everybody goes.
 * @returns {URL}
 */
export function destination() {
  const landing = new URL(document.documentElement.dataset.landing ?? '/', location.href);
  const wanted = new URLSearchParams(location.search).get('next');
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, location.href)) return landing;
  const url = new URL(wanted, location.href);
  return url.origin === location.origin ? url : landing;
}

/**
 * Goes on after sign-in, once it is certain that the browser has kept the session.
 * @param {URL} url
 * @returns {Promise<string | undefined>} why it did not
 */
export async function goOn(url) {
  const answer = await call('GET', 'api/auth/session/');
  if (!answer.ok && answer.status === 401) {
    return location.protocol === 'https:'
      ? 'You are signed in, but your browser did not keep the session: let it store cookies for this site.'
      : 'You are signed in, but your browser did not keep the session. Without HTTPS, Chrome, Edge and Firefox keep it on this machine only, and Safari not at all: use another browser, or set up HTTPS.';
  }
  location.replace(url.href);
  return undefined;
}

/** Fills in addresses and lets buttons change the view. */
export function enableLinks() {
  for (const link of all('[data-place]')) link.setAttribute('href', placeOf(link.dataset.place ?? ''));
  for (const button of all('[data-show]')) button.addEventListener('click', () => show(button.dataset.show ?? ''));
}
