// Forms: sent by script, with what is wrong beside the field it is about.
import { all, byId } from './dom.js';

/** @typedef {{ status: number, problem: import('./api.js').Problem, retryAfter: number }} Refusal */

/**
 * Lets a form be sent. While one sending is under way, further ones are ignored.
 * @param {string} id
 * @param {(values: Record<string, string>) => Promise<void>} send
 */
export function onSubmit(id, send) {
  const form = /** @type {HTMLFormElement} */ (byId(id));
  for (const button of all('button[type=submit]', form)) button.removeAttribute('disabled');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true') return;
    clear(form);
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const missing = fieldsOf(form).filter((field) => field.required && values[field.name]?.trim() === '');
    if (missing.length > 0) {
      for (const field of missing) mark(field, `${labelOf(field)} is needed.`);
      missing[0]?.focus();
      return;
    }
    form.setAttribute('aria-busy', 'true');
    try {
      await send(values);
    } finally {
      form.removeAttribute('aria-busy');
    }
  });
}

/**
 * Says what was refused: beside the fields it is about, and what is about none above them.
 * @param {string} id
 * @param {Refusal} refusal
 * @param {{ messages?: Readonly<Record<string, string>>, fields?: Readonly<Record<string, string>> }} [known] what to say of a code,
 * and which field a code is about
 */
export function refuse(id, refusal, { messages = {}, fields = {} } = {}) {
  const form = /** @type {HTMLFormElement} */ (byId(id));
  const { code, errors = [] } = refusal.problem;
  /** @type {Field[]} */
  const marked = [];
  for (const { pointer, message } of errors) {
    const field = fieldsOf(form).find(({ name }) => name === pointer.slice(1));
    if (!field) continue;
    mark(field, `${labelOf(field)} ${message}.`);
    marked.push(field);
  }
  const named = fieldsOf(form).find(({ name }) => name === fields[code]);
  if (named) {
    mark(named, messages[code] ?? sentenceOf(refusal));
    marked.push(named);
  }
  if (marked.length === 0) alertIn(form, messages[code] ?? sentenceOf(refusal));
  const first = marked[0] ?? fieldsOf(form).findLast(({ type }) => type === 'password' || type === 'text');
  first?.focus();
  if (marked.length === 0 && first instanceof HTMLInputElement) first.select();
}

/**
 * A plain sentence about what was refused.
 * @param {Refusal} refusal
 */
export function sentenceOf({ problem, retryAfter }) {
  if (problem.code !== 'rate_limited') return problem.detail;
  const minutes = Math.ceil(retryAfter / 60);
  return `Too many attempts. Try again in ${minutes > 1 ? `${minutes} minutes` : 'a minute'}.`;
}

/**
 * @param {HTMLElement} form
 * @param {string} text
 */
export function alertIn(form, text) {
  const [place] = all('.alert', form);
  if (place) place.textContent = text;
}

/** Buttons that show what is typed into a password field. */
export function enableReveal() {
  for (const button of all('[data-reveal]')) {
    button.addEventListener('click', () => {
      const input = /** @type {HTMLInputElement} */ (byId(button.dataset.reveal ?? ''));
      const isShown = input.type === 'text';
      input.type = isShown ? 'password' : 'text';
      button.textContent = isShown ? 'Show' : 'Hide';
      button.setAttribute('aria-pressed', String(!isShown));
      input.focus();
    });
  }
}

/** @param {HTMLFormElement} form */
export function clear(form) {
  alertIn(form, '');
  for (const field of fieldsOf(form)) {
    field.removeAttribute('aria-invalid');
    const place = document.getElementById(`${field.id}-error`);
    if (place) place.textContent = '';
  }
}

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/** @param {HTMLFormElement} form */
function fieldsOf(form) {
  return /** @type {Field[]} */ (all('input[name], select[name], textarea[name]', form));
}

/**
 * @param {Field} field
 * @param {string} text
 */
function mark(field, text) {
  field.setAttribute('aria-invalid', 'true');
  byId(`${field.id}-error`).textContent = text;
}

/** @param {Field} field */
function labelOf(field) {
  return field.labels?.[0]?.textContent ?? field.name;
}
