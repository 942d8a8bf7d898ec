// The second factor: off → begin → confirm → on → end → off.
import { loadSessions } from './account-sessions.js';
import { call } from './api.js';
import { all, byId, element } from './dom.js';
import { clear, onSubmit } from './form.js';
import { encode } from './uqr.js';

/**
 * @param {{ two_factor_enabled: boolean }} user
 * @param {{
 *   failed: (form: string | undefined, refusal: import('./form.js').Refusal, known?: Parameters<typeof import('./form.js').refuse>[2]) => void,
 *   done: (section: string, text: string) => void,
 * }} page
 */
export function enableFactor(user, { failed, done }) {
  let isOn = user.two_factor_enabled;
  const password = { fields: { sign_in_failed: 'password' }, messages: { sign_in_failed: 'The password is wrong.' } };
  const settle = () => step(isOn ? 'on' : 'off', false);

  onSubmit('begin-form', async (values) => {
    /** @type {import('./api.js').Answer<{ uri: string, backup_codes: string[] }>} */
    const answer = await call('POST', 'api/auth/two-factor/', values);
    if (!answer.ok) return failed('begin-form', answer, password);
    const { uri, backup_codes: codes } = answer.body;
    byId('qr').replaceChildren(picture(uri));
    byId('secret').textContent = (new URL(uri).searchParams.get('secret') ?? '').replace(/(.{4})(?=.)/g, '$1 ');
    byId('backup-codes').replaceChildren(...codes.map((code) => element('li', {}, element('code', {}, code))));
    step('confirm');
  });
  onSubmit('confirm-form', async ({ code = '' }) => {
    const answer = await call('POST', 'api/auth/two-factor/confirm/', { code: code.replace(/\s/g, '') });
    if (!answer.ok) {
      return failed('confirm-form', answer, {
        fields: { sign_in_failed: 'code' },
        messages: { sign_in_failed: 'The code is wrong. Wait for the next one and try again.' },
      });
    }
    await change(true, 'The second factor is on, and your other sessions have ended.');
  });
  onSubmit('end-form', async (values) => {
    const answer = await call('POST', 'api/auth/two-factor/disable/', values);
    if (!answer.ok) return failed('end-form', answer, password);
    await change(false, 'The second factor is off, and your other sessions have ended.');
  });
  for (const button of all('[data-go]')) {
    button.addEventListener('click', () => {
      if (button.dataset.go !== 'cancel') return step(button.dataset.go ?? '');
      forget();
      settle();
      focusFirst();
    });
  }
  for (const button of all('[data-copy]')) button.addEventListener('click', () => void copy(button));
  settle();

  /**
   * @param {boolean} now
   * @param {string} text
   */
  async function change(now, text) {
    isOn = now;
    forget();
    settle();
    done('factor', text);
    focusFirst();
    await loadSessions(failed);
  }
}

/** What is shown once is not kept in the page either. */
function forget() {
  byId('qr').replaceChildren();
  byId('secret').textContent = '';
  byId('backup-codes').replaceChildren();
  for (const form of /** @type {HTMLFormElement[]} */ (all('[data-step] form'))) {
    form.reset();
    clear(form);
  }
}

/**
 * @param {string} name
 * @param {boolean} [takesFocus]
 */
function step(name, takesFocus = true) {
  for (const part of all('[data-step]')) part.hidden = part.dataset.step !== name;
  if (takesFocus) all(`[data-step="${name}"] :is(input[name], h3[tabindex])`)[0]?.focus();
}

function focusFirst() {
  all('[data-step]:not([hidden]) button')[0]?.focus();
}

/** @param {HTMLElement} button */
async function copy(button) {
  const source = byId(button.dataset.copy ?? '');
  const items = all('li', source).map((item) => item.textContent);
  const text = items.length > 0 ? items.join('\n') : (source.textContent ?? '').replaceAll(' ', '');
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    getSelection()?.selectAllChildren(source);
    button.textContent = 'Selected: copy it yourself';
  }
  setTimeout(() => {
    button.textContent = label;
  }, 2_000);
}

/**
 * A QR code as a picture, with the quiet zone that scanners need.
 * @param {string} text
 */
function picture(text) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data.flatMap((line, y) => line.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'QR code of the key beside it');
  svg.setAttribute('shape-rendering', 'crispEdges');
  const dark = document.createElementNS(SVG, 'path');
  dark.setAttribute('d', path);
  svg.append(dark);
  return svg;
}

const SVG = 'http://www.w3.org/2000/svg';
