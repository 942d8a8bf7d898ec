import type { Json } from './json.ts';
import { type KnownSecrets, MINIMUM_SECRET_LENGTH } from './known-secrets.ts';
import { REDACTED } from './redaction-shapes.ts';

/** Takes all known secrets, in all their forms, out of a text. */
export type HideSecrets = (text: string) => string;

/** Below this many forms one expression is the fastest way to search; above it, an index by the first characters. */
const MAXIMUM_ALTERNATIVES = 200;

/** Searches for known secrets; what it searches with is built anew only when the secrets change. */
export function createSecretFinder(known: KnownSecrets): () => HideSecrets {
  let version = -1;
  let hide: HideSecrets = (text) => text;
  return () => {
    const current = known.version();
    if (current !== version) {
      version = current;
      const forms = [...new Set([...known.values()].flatMap(knownForms))].sort((a, b) => b.length - a.length);
      hide = forms.length === 0 ? (text) => text : forms.length > MAXIMUM_ALTERNATIVES ? byIndex(forms) : byExpression(forms);
    }
    return hide;
  };
}

/**
 * Takes given secrets out of texts, in all their forms.
 * @example
 * hideSecrets(['s3cret!'])('Basic czNjcmV0IQ==') // 'Basic [redacted]=='
 */
export function hideSecrets(secrets: readonly string[]): HideSecrets {
  return createSecretFinder({ version: () => 0, values: () => secrets })();
}

/** Takes secrets out of all texts of a value, its keys and numbers included. */
export function hideInJson(value: Json, hide: HideSecrets): Json {
  if (typeof value === 'string') return hide(value);
  if (typeof value === 'number') return hide(String(value)) === String(value) ? value : hide(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => hideInJson(item, hide));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [hide(key), hideInJson(item as Json, hide)]));
}

function byExpression(forms: readonly string[]): HideSecrets {
  const find = new RegExp(forms.map(escapeRegExp).join('|'), 'g');
  return (text) => text.replace(find, REDACTED);
}

/** @param forms the longest first */
function byIndex(forms: readonly string[]): HideSecrets {
  const index = new Map<number, string[]>();
  for (const form of forms) {
    const start = startOf(form, 0);
    const found = index.get(start);
    if (found) found.push(form);
    else index.set(start, [form]);
  }
  return (text) => {
    let result = '';
    let kept = 0;
    for (let at = 0; at + SHORTEST_FORM <= text.length; at += 1) {
      const form = index.get(startOf(text, at))?.find((candidate) => text.startsWith(candidate, at));
      if (form === undefined) continue;
      result += text.slice(kept, at) + REDACTED;
      kept = at + form.length;
      at = kept - 1;
    }
    return kept === 0 ? text : result + text.slice(kept);
  };
}

const SHORTEST_FORM = 4;

/** The first four characters as one number, without making a text of them. */
function startOf(text: string, at: number): number {
  let start = 0;
  for (let index = at; index < at + SHORTEST_FORM; index += 1) start = (Math.imul(start, 65_599) + text.charCodeAt(index)) | 0;
  return start;
}

const MAXIMUM_CACHED_LENGTH = 1_024;
const formCache = new Map<string, string[]>();

function knownForms(secret: string): string[] {
  if (typeof secret !== 'string' || secret.length < Math.min(SHORTEST_FORM, MINIMUM_SECRET_LENGTH)) return [];
  if (secret.length > MAXIMUM_CACHED_LENGTH) return formsOf(secret);
  const found = formCache.get(secret) ?? formsOf(secret);
  if (formCache.size > 10_000) formCache.clear();
  formCache.set(secret, found);
  return found;
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
  ].filter((form) => form.length >= SHORTEST_FORM);
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
