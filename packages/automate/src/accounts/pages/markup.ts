/** A labelled input, with room for a hint and for what is wrong with it. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'password';
  /** For password managers (HTML, autofill). */
  readonly autocomplete: string;
  readonly hint?: string;
  readonly attributes?: string;
}

/** @param prefix of the ids, unique in the page */
export function field(prefix: string, { name, label, type = 'text', autocomplete, hint, attributes = '' }: Field): string {
  const id = `${prefix}-${name}`;
  const described = [...(hint ? [`${id}-hint`] : []), `${id}-error`].join(' ');
  const input = `<input id="${id}" name="${name}" type="${type}" autocomplete="${autocomplete}" required aria-describedby="${described}" ${PLAIN}${attributes}>`;
  const reveal = `<button type="button" class="reveal" data-reveal="${id}" aria-pressed="false" aria-label="Show ${label.toLowerCase()}">Show</button>`;
  return `<div class="field">
<label for="${id}">${label}</label>
${type === 'password' ? `<div class="with-button">${input}${reveal}</div>` : input}
${hint ? `<p class="hint" id="${id}-hint">${hint}</p>\n` : ''}<p class="error" id="${id}-error"></p>
</div>
`;
}

/**
 * A form that its script sends. Its button works once the script does: sent by the browser itself, it would show a problem of the API.
 * @param content fields, and what stands between them
 */
export function form(
  id: string,
  content: string,
  button: string,
  kind: 'primary' | 'danger' | 'quiet' = 'primary',
  beside = '',
): string {
  return `<form id="${id}" method="post" novalidate>
<div class="alert" role="alert"></div>
${content}<div class="actions"><button type="submit" class="${kind}" disabled>${button}</button>${beside}</div>
</form>
`;
}

/** One state of a page, or of a part of it. */
export function view(name: string, heading: string, content: string): string {
  return `<section data-view="${name}" aria-labelledby="${name}-heading" hidden>
<h1 id="${name}-heading" tabindex="-1">${heading}</h1>
${content}</section>
`;
}

export const PASSWORD_HINT = 'At least 12 characters. A few words that you can remember are good.';
const PLAIN = 'autocapitalize="none" spellcheck="false" ';
