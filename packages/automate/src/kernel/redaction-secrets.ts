import { REDACTED } from './redaction-shapes.ts';

/** Searches for all known secrets, in all their forms, with one expression that is built anew only when the secrets change. */
export function createSecretFinder(knownSecrets: () => Iterable<string>): () => (text: string) => string {
  let last: readonly string[] = [];
  let find: RegExp | undefined;
  const replace = (text: string) => (find ? text.replace(find, REDACTED) : text);
  return () => {
    const secrets = [...knownSecrets()].filter((secret) => typeof secret === 'string' && secret.length >= 4);
    if (secrets.length !== last.length || secrets.some((secret, index) => secret !== last[index])) {
      last = secrets;
      const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
      find = forms.length === 0 ? undefined : new RegExp(forms.map(escapeRegExp).join('|'), 'g');
    }
    return replace;
  };
}

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const percent = percentEncoded(secret);
  const strict = percent.replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  const html = secret.replace(
    /[&<>"']/g,
    (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter] ?? '&#39;',
  );
  const hex = Buffer.from(secret).toString('hex');
  const texts = [
    secret,
    secret.normalize('NFC'),
    secret.normalize('NFD'),
    json,
    JSON.stringify(json).slice(1, -1),
    ascii,
    ascii.replaceAll('/', '\\/'),
    json.replaceAll('/', '\\/'),
  ];
  const urls = [
    percent,
    strict,
    percent.replaceAll('%20', '+'),
    strict.replaceAll('%20', '+'),
    encodeLoosely(secret),
    encodeURIComponent(percent),
  ];
  const lowered = urls.map((form) => form.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase()));
  return [
    ...texts,
    ...urls,
    ...lowered,
    html,
    html.replaceAll('&#39;', '&#x27;'),
    html.replaceAll('&quot;', '&#34;'),
    hex,
    hex.toUpperCase(),
    ...base64Forms(secret),
  ].filter((form) => form.length >= 4);
}

/** Base64 of the secret itself and of any longer text that holds it: what does not depend on its neighbours, at each of three offsets. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const forms = [bytes.toString('base64').replace(/=+$/, '')];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const tail = (offset + bytes.length) % 3 === 0 ? 0 : 1;
    const core = encoded.slice(Math.ceil((offset * 8) / 6), encoded.length - tail);
    if (core.length >= 8) forms.push(core);
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function encodeLoosely(text: string): string {
  return encodeURI(text.toWellFormed());
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
