// Where one is signed in.
import { call } from './api.js';
import { byId, element } from './dom.js';

/**
 * @typedef {object} Session
 * @property {string} id
 * @property {string} address
 * @property {string} user_agent
 * @property {boolean} is_current
 * @property {string} created_at
 * @property {string} last_used_at
 */
/** @typedef {(form: undefined, refusal: import('./form.js').Refusal) => void} Failed */

/** @param {Failed} failed */
export async function loadSessions(failed) {
  /** @type {import('./api.js').Answer<{ results: Session[] }>} */
  const answer = await call('GET', 'api/auth/sessions/');
  if (!answer.ok) return failed(undefined, answer);
  const sorted = answer.body.results.toSorted((one, other) => Number(other.is_current) - Number(one.is_current));
  byId('session-list').replaceChildren(...sorted.map((session) => row(session, failed)));
}

/**
 * @param {Session} session
 * @param {Failed} failed
 */
function row({ id, address, user_agent: agent, is_current: isCurrent, created_at: begun, last_used_at: used }, failed) {
  const name = browserOf(agent);
  const title = element('p', { class: 'title' }, name);
  if (isCurrent) title.append(' ', element('span', { class: 'badge good' }, 'This browser'));
  const facts = element('p', { class: 'hint' }, `${address} · last used `, time(used), ' · signed in ', time(begun));
  const item = element('li', {}, element('div', {}, title, facts));
  if (isCurrent) return item;
  const end = element(
    'button',
    { type: 'button', class: 'small', 'aria-label': `End the session of ${name} at ${address}` },
    'End',
  );
  end.addEventListener('click', async () => {
    const answer = await call('DELETE', `api/auth/sessions/${id}/`);
    if (!answer.ok && answer.status !== 404) return failed(undefined, answer);
    const list = byId('session-list');
    item.remove();
    (list.querySelector('button') ?? byId('sessions-heading')).focus();
    const [place] = document.querySelectorAll('[data-done="sessions"]');
    if (place) place.textContent = `The session of ${name} has ended.`;
  });
  item.append(end);
  return item;
}

/** @param {string} moment */
function time(moment) {
  const date = new Date(moment);
  return element('time', { datetime: moment, title: date.toLocaleString() }, ago(date));
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** @param {Date} date */
function ago(date) {
  const seconds = (Date.now() - date.getTime()) / 1_000;
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? [];
  if (!unit || !size) return 'just now';
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.floor(seconds / size), unit);
}

/**
 * A browser and its system in words, as far as they are known.
 * @param {string} agent
 */
function browserOf(agent) {
  const browser = BROWSERS.find(([, pattern]) => pattern.test(agent))?.[0];
  const system = SYSTEMS.find(([, pattern]) => pattern.test(agent))?.[0];
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? (agent.split(/[\s/]/, 1)[0] || 'Unknown program');
}

/** @type {[string, RegExp][]} */
const BROWSERS = [
  ['Edge', /Edg\//],
  ['Opera', /OPR\//],
  ['Firefox', /Firefox\//],
  ['Chrome', /(?:Chrome|CriOS)\//],
  ['Safari', /Safari\//],
];
/** @type {[string, RegExp][]} */
const SYSTEMS = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux/],
];
