// Asks for a decision by a link. Opening it decides nothing.
import { call } from './api.js';
import { byId, show, write } from './dom.js';
import { clear, onSubmit, refuse, sentenceOf } from './form.js';
import { fieldsOf, valuesOf } from './schema-form.js';

/** @typedef {{ title: string, description: string | null, schema: import('./schema-form.js').Schema | null, expires_at: string | null, decided: string | null }} Asked */

const token = location.pathname.split('/').find((part) => part.startsWith('apv_')) ?? '';
const place = `api/approvals/${token}/`;
const form = /** @type {HTMLFormElement} */ (byId('decide-form'));
/** @type {import('./schema-form.js').Schema} */
let schema = {};

onSubmit('decide-form', () => decide('approved'));
const reject = /** @type {HTMLButtonElement} */ (byId('reject'));
reject.disabled = false;
reject.addEventListener('click', async () => {
  if (form.getAttribute('aria-busy') === 'true') return;
  clear(form);
  form.setAttribute('aria-busy', 'true');
  try {
    await decide('rejected');
  } finally {
    form.removeAttribute('aria-busy');
  }
});
await begin();

async function begin() {
  show('loading');
  /** @type {import('./api.js').Answer<Asked>} */
  const answer = await call('GET', place);
  if (!answer.ok) return tell(answer);
  const { title, description, expires_at, decided } = answer.body;
  if (decided !== null) return showDecided(`It was ${decided}. There is nothing left to do.`);
  schema = answer.body.schema ?? {};
  write('title', title);
  write('description', description ?? '');
  if (expires_at !== null) write('expires', `Decide before ${new Date(expires_at).toLocaleString()}.`);
  byId('fields').append(...fieldsOf(schema));
  show('decide');
  // What is asked is read before it is answered.
  byId('decide-heading').focus();
}

/** @param {'approved' | 'rejected'} decision */
async function decide(decision) {
  const comment = String(new FormData(form).get('comment') ?? '').trim();
  const body = {
    decision,
    ...(comment !== '' && { comment }),
    ...(decision === 'approved' && { data: valuesOf(schema, form) }),
  };
  const answer = await call('POST', place, body);
  if (answer.ok) return show(decision);
  tell(answer);
}

/** @param {{ ok: false } & import('./form.js').Refusal} answer */
function tell(answer) {
  const { code, detail } = answer.problem;
  if (code === 'already_decided') return showDecided(detail);
  if (code === 'approval_not_found') return show('invalid');
  if (!byId('decide-heading').closest('section')?.hidden) return refuse('decide-form', answer);
  show('failed');
  byId('failure').textContent = sentenceOf(answer);
}

/** @param {string} text */
function showDecided(text) {
  write('decided', text);
  show('decided');
}
