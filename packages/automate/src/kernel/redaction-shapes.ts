import { hideValue } from './redaction-harmless.ts';
import { isSensitiveKey } from './redaction-keys.ts';
import { TOKENS } from './redaction-tokens.ts';

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

const KEY_VALUE = /((?:\\*["'])?)([\p{L}\w%.[\]-]{2,80})(\\*["'])?(\s{0,3}(?:=>|[:=])\s{0,3})(\\*["'])?/gu;
// A password may hold @, so it ends at the last one; in a database's URL also / (in http a / ends the host).
const USER_INFO = /([a-z][a-z\d+.-]{1,20}:\/\/)([^\s/?#@"'<>:]*):([^\s/?#"'<>]{0,512})@/gi;
const STORE_USER_INFO =
  /((?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|jdbc:\w+|s?ftp|smtps?|ldaps?|mssql|clickhouse|nats|kafka):\/\/)([^\s/?#@"'<>:]*):([^\s"'<>]{0,512})@/gi;
const USER_ONLY = /([a-z][a-z\d+.-]{1,20}:\/\/)([^\s/?#@"'<>:]{20,})@/gi;
const SCHEMES = /\b(bearer|token|basic|digest|negotiate|apikey|api-key)([\s:=]+)([\w.~+/=%-]{8,})/gi;
const OPTION = /(?<=^|\s)(--(?:password|passwd|pass|token|api-key|secret|auth)(?=[ =])|(?:-u|--user)(?=[ =]\S*:))([ =])(\S+)/g;
const SENTENCE = /\b(password|passphrase|passcode|secret|token|api key|pin)( (?:is|was|to|of) )["']?([^\s"',;]{4,})/gi;
const PEM = /-----BEGIN ([A-Z\d ]*)PRIVATE KEY( BLOCK)?-----[\s\S]*?(?:-----END [A-Z\d ]*PRIVATE KEY(?: BLOCK)?-----|$)/g;
const CARD = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?!\w|-\w)/g;
const SOCIAL_SECURITY = /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g;

const HOOK_PATHS =
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/\d+\/|hooks\.zapier\.com\/hooks\/\w+\/|webhook\.office\.com\/webhookb2\/|api\.telegram\.org\/(?:file\/)?bot|hook\.[\w.]*make\.com\/|maker\.ifttt\.com\/trigger\/[^/]+\/(?:json\/)?with\/key\/)[^\s"'?#<>]+/gi;
const INTERESTING = /[:=@]|<\/|\d{4}|\d{3}-\d{2}-|-----|\s-[-u]|\b(?:is|was|to|of) /;
// Some part of every telling name, and what a name may be disguised with: without it no pair is looked at.
const TELLING_STEM =
  /pass|pw|secret|token|jwt|bearer|key|auth|cred|cookie|otp|pin|cv[vc]|csc|ssn|social|dsn|salt|sig|hmac|[mt]fa|nonce|pem|priv|session|pan|iban|card|code|security|connection|ur[li]|mnemonic|seed|saml|assertion|verifier|amz|[cx]srf|link|number|kube|maiden|account|licen|tax|%|[^ -~\s]/i;
const ELEMENT = /(<([\w:.-]{2,60})[^<>]{0,200}>)([^<>]{1,4096})(?=<\/)/g;
const PREFIXED = /[A-Za-z\d_-]{16}/;

/** Hides what looks like a credential inside a text: tokens, passwords in URLs, `name=value` with a telling name, cards. */
export function hideShapes(given: string): string {
  let text = given;
  // A secret of a known shape has at least sixteen characters in a row; most texts have not.
  if (PREFIXED.test(text)) text = text.replace(TOKENS, REDACTED);
  if (!INTERESTING.test(text)) return /bearer|basic|token/i.test(text) ? text.replace(SCHEMES, hideScheme) : text;
  if (text.includes('-----BEGIN')) text = text.replace(PEM, REDACTED);
  if (text.includes('://') || text.includes('hook') || text.includes('/bot') || text.includes('?')) text = hideInUrls(text);
  if (text.includes('</')) text = text.replace(ELEMENT, (all, open, name) => (isSensitiveKey(name) ? open + REDACTED : all));
  text = text.replace(SCHEMES, hideScheme);
  if (TELLING_STEM.test(text)) text = hidePairs(text);
  if (/\s-|^-/.test(text)) text = text.replace(OPTION, (_all, option, space) => `${option}${space}${REDACTED}`);
  text = text.replace(SENTENCE, (all, name, link, value) =>
    /\d/.test(value) && value.length >= 6 ? `${name}${link}${REDACTED}` : all,
  );
  if (/\d{3}-\d{2}-\d{4}/.test(text)) text = text.replace(SOCIAL_SECURITY, REDACTED);
  return hideCards(text);
}

function hideInUrls(given: string): string {
  const text = given.includes('@') ? hideUserInfo(given) : given;
  return text
    .replace(HOOK_PATHS, (_all, start) => `${start}${REDACTED}`)
    .replace(/([?&;#])([^=&#\s"'<>]{1,80})=([^&#\s"'<>]+)/g, (all, mark, name, value) =>
      isSecretParameter(name, value) && !isPlaceholder(value) ? `${mark}${name}=${REDACTED}` : all,
    );
}

function hideUserInfo(text: string): string {
  return text
    .replace(STORE_USER_INFO, (_all, scheme, user) => `${scheme}${user}:${REDACTED}@`)
    .replace(USER_INFO, (_all, scheme, user) => `${scheme}${user}:${REDACTED}@`)
    .replace(USER_ONLY, (_all, scheme) => `${scheme}${REDACTED}@`);
}

/** In a query a bare `key`, `code` or `sig` carries a credential; as a JSON key it names a column. */
function isSecretParameter(name: string, value: string): boolean {
  let plain = name;
  try {
    plain = decodeURIComponent(name);
  } catch {
    // Not percent-encoded after all.
  }
  if (/^(?:code|state|hash|k)$/i.test(plain)) return !/^(?:\d{1,6}|[a-z_]{1,20})$/.test(value);
  return /^(?:key|sig|assertion|ticket|otp)$|signature|credential/i.test(plain) || isSensitiveKey(plain);
}

function hideScheme(all: string, scheme: string, space: string, value: string): string {
  const isSecret = /\d/.test(value) || value.length >= 24;
  if (/^basic$/i.test(scheme) && !isSecret && !/[=A-Z]/.test(value.slice(1))) return all;
  return isSecret || /^basic$/i.test(scheme) ? `${scheme}${space}${REDACTED}` : all;
}

/** `name=value`, `name: value`, `"name": "value"` with a sensitive name, escaped any number of times. */
function hidePairs(text: string): string {
  let shown = '';
  let done = 0;
  KEY_VALUE.lastIndex = 0;
  for (let match = KEY_VALUE.exec(text); match; match = KEY_VALUE.exec(text)) {
    const [all, , rawName = '', , separator = '', quote = ''] = match;
    if (!isSecretName(rawName)) {
      // The value may be the next name: `error: password=…`.
      KEY_VALUE.lastIndex = match.index + all.length - quote.length;
      continue;
    }
    const start = match.index + all.length;
    const isHeader = separator.includes(':') && quote === '' && /authorization|cookie/i.test(rawName);
    const end = valueEnd(text, start, quote, isHeader);
    const value = text.slice(start, end);
    KEY_VALUE.lastIndex = Math.max(end, start);
    if (value === '' || isPlaceholder(value) || (quote === '' && isProse(rawName, value))) continue;
    const hidden = hideValue(value, REDACTED);
    if (hidden === value) continue;
    shown += text.slice(done, start) + hidden;
    done = end;
  }
  return done === 0 ? text : shown + text.slice(done);
}

/** `token: expected …`, `tokens: 34`: about tokens of another kind. */
function isProse(name: string, value: string): boolean {
  return /^tokens?$/i.test(name) && /^(?:[a-z]{1,15}|\d{1,7})$/.test(value);
}

function isSecretName(name: string): boolean {
  if (!name.includes('%')) return isSensitiveKey(name.replace(/\[\w*\]$/, '')) || isSensitiveKey(name);
  try {
    return isSensitiveKey(decodeURIComponent(name));
  } catch {
    return isSensitiveKey(name);
  }
}

function valueEnd(text: string, start: number, quote: string, isHeader: boolean): number {
  if (quote !== '') {
    const end = text.indexOf(quote, start);
    return end === -1 ? text.length : end;
  }
  const stop = isHeader ? /[\r\n"']|\\[rn"]/ : /[\s&;,"'<>)}\]\\]/;
  const length = text.slice(start, start + 8_192).search(stop);
  return length === -1 ? Math.min(text.length, start + 8_192) : start + length;
}

function isPlaceholder(value: string): boolean {
  return (
    value.startsWith(REDACTED.slice(0, -1)) ||
    /^(?:null|undefined|true|false|none|\*+|\[|\{|\.\.\.)$/.test(value) ||
    value.startsWith('{{')
  );
}

/** Hides payment card numbers: an issuer's prefix, the right length and a valid check digit (ISO/IEC 7812). */
export function hideCards(text: string): string {
  if (!/\d[ -]?\d{3}/.test(text)) return text;
  return text.replace(CARD, (candidate) => (isCard(candidate.replace(/\D/g, '')) ? REDACTED : candidate));
}

function isCard(digits: string): boolean {
  const isIssued = /^(?:4|5[1-5]|2[2-7]|3[47]|3[0689]|35|6(?:011|4[4-9]|5|2))/.test(digits);
  if (!isIssued || (digits.startsWith('4') && ![13, 16, 19].includes(digits.length)) || /^49\d{11}$/.test(digits)) return false;
  if (/^3[47]/.test(digits) ? digits.length !== 15 : /^[25]/.test(digits) && digits.length !== 16) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]) * (index % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
