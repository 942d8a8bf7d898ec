const keyCache = new Map<string, boolean>();

/** Whether what stands under this key is a secret, whatever its casing and separators. */
export function isSensitiveKey(key: string): boolean {
  if (key.length > 128) return false;
  let known = keyCache.get(key);
  if (known === undefined) {
    known = decideKey(key);
    if (keyCache.size > 5_000) keyCache.clear();
    keyCache.set(key, known);
  }
  return known;
}

// Anywhere in the key, separators removed.
const TELLING =
  /passw(?:or)?d|passphrase|passcode|secret(?!ary|ari)|api_?key|(?:access|private|secret|signing|encryption|master|license|account|storage|shared|service|deploy|webhook|hmac|session|auth|app|ssh|pgp|gpg|aes|rsa|jwt|client|consumer|kek|dek|stripe|openai|anthropic|google|aws|azure|gcp|github|gitlab|slack|twilio|sendgrid|mailgun|datadog|sentry|tls|ssl|wallet|cloudflare|firebase|supabase|algolia|pinecone|cohere|mistral|groq|gemini|deepl|maps)key|authorization|credential|connectionstring|(?:access|refresh|id|auth|session|bearer|csrf|xsrf|api|client|private|security|device|bot|user|page|reset|verification|invite|push|registration|webhook|jwt|personal|oauth|sas|gh|github|gitlab|slack|npm|vault|deploy|service|magic|confirmation)token|setcookie|(?:recovery|backup|twofactor|2fa|mfa|login|invite|verification|confirmation|activation|onetime|access)code|onetimepassword|(?:account|routing|passport|licen[cs]e|tax)number|taxid$|bankaccount|driverslicense|magiclink|resetlink|serviceaccountjson|authheader|remembertoken|socialsecurity|cardnumber|creditcard|securitycode|securityanswer|privatepem|kubeconfig|totp|sessionid|mnemonic|seedphrase|samlresponse|samlassertion|clientassertion|codeverifier|amzsignature|amzcredential|databaseurl|redisurl|mongourl|mongouri|databaseuri|postgresurl|webhookurl|maidenname/;
// As a whole word of the key.
const WORDS = new Set(
  'pass pwd pw passwd token tokens jwt bearer cookie cookies otp pin cvv cvc csc csrf xsrf ssn dsn auth salt signature sig hmac mfa nonce apikey pem privkey session pan iban credentials creds secrets psk'.split(
    ' ',
  ),
);
// The whole key is one of these words or ends with it, else it is about something near it.
const LAST_WORD_ONLY = new Set('pass pw pin session auth salt signature sig nonce pan hmac'.split(' '));
// The key of one of these is a secret; the key of most else, such as `sort_key`, is a name of something.
const KEY_OF = new Set(
  'kms cmk hsm embed admin write ingest ingestion instrumentation telemetry subscription functions application unseal recovery sealing sealed sign signature decryption decrypt encrypt cipher crypto tsig wireguard fcm apns vapid preshared root mapbox posthog amplitude mixpanel segment bugsnag rollbar newrelic pagerduty opsgenie okta auth0 plaid adyen paypal shopify hubspot notion airtable linear vercel netlify heroku digitalocean fastly replicate elevenlabs huggingface'.split(
    ' ',
  ),
);
// Of a header `X-…-Key`: these name what is kept or counted under it.
const KEY_OF_THINGS = new Set(
  'idempotency cache surrogate sort partition public correlation request routing limit row object dedup deduplication message event group shard tenant trace primary foreign hash range ordering order conflation'.split(
    ' ',
  ),
);
const HEADER_ENDS = new Set(['key', 'token', 'secret', 'signature', 'password', 'auth', 'authorization', 'credential']);
// Such a key tells about a secret and does not hold one.
const ABOUT =
  /(?:^|_)(?:count|counts|type|types|kind|limit|limits|usage|used|length|size|max|min|total|budget|expires|expiry|expired|expiration|ttl|at|on|url|uri|endpoint|path|policy|policies|algorithm|alg|version|enabled|required|present|valid|verified|status|state|name|names|label|hint|scopes?|header|field|prefix|id|ids|per|rate|remaining|strength|rules?|provider|manager|store|description|title|reset|changed|rotated|location|arn|alias|fingerprint|thumbprint)$/;
const SAFE = new Set(
  'tokenizer tokens_per_second token_usage prompt_tokens_details completion_tokens_details input_tokens_details output_tokens_details session_affinity auth_type auth_method author authors authority client_id client_ids tenant_id'.split(
    ' ',
  ),
);
const HOLDS_ANYWAY =
  /(?:session|card|access_key|secret_key|private_key)_?ids?$|(?:database|redis|mongo|postgres|webhook|connection)_?ur[li]$|_secret_(?:name|id)$|maiden_name$|auth_?header$|tax_?id$/;

function decideKey(given: string): boolean {
  const key = plainLetters(given);
  const words = key
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map((word) => word.replace(/\d+$/, '')) // password1, x-hub-signature-256
    .filter(Boolean);
  const snake = words.join('_');
  if (SAFE.has(snake)) return false;
  const joined = words.join('');
  if (ABOUT.test(snake) && words.length > 1 && !HOLDS_ANYWAY.test(snake)) return false;
  if (
    /^(?:max|min|total|prompt|completion|input|output|cached|reasoning|num|n|has|is|needs|requires|used|remaining)_/.test(
      `${snake}_`,
    )
  ) {
    // max_tokens, has_password, prompt_tokens: counts and flags.
    if (/tokens$|^(?:has|is|needs|requires)_/.test(snake)) return false;
  }
  if (TELLING.test(joined) || isSecretKey(words) || isSecretHeader(words)) return true;
  return words.some((word, index) => WORDS.has(word) && (!LAST_WORD_ONLY.has(word) || index === words.length - 1));
}

/** `kms_key`, `kmsKey`, `kmskey`. */
function isSecretKey(words: readonly string[]): boolean {
  return words.some((word, index) =>
    word === 'key' ? KEY_OF.has(words[index - 1] ?? '') : word.endsWith('key') && KEY_OF.has(word.slice(0, -'key'.length)),
  );
}

/** `X-Embed-Key`, `x-shop-token`: whoever makes up such a header means it for the other side alone. */
function isSecretHeader(words: readonly string[]): boolean {
  const [last = '', before = ''] = words.toReversed();
  return words.length > 2 && words[0] === 'x' && HEADER_ENDS.has(last) && !(last === 'key' && KEY_OF_THINGS.has(before));
}

/** Numbers under these keys count tokens or sessions. */
export function isCount(key: string): boolean {
  return /tokens?$|sessions?$|cookies$|secrets$|credentials$|signature$|nonce$|^auth$/i.test(key);
}

/** Whether the next item of a flat list is this header's value. */
export function isHeaderLike(name: string, length: number): boolean {
  if (!isSensitiveKey(name)) return false;
  return length === 2 || /^[A-Z]|-|^(?:authorization|cookie)$/.test(name);
}

// Letters that look like a Latin one; the rest of the look-alikes is folded by NFKC.
const LOOK_ALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  [...'аaсcеeоoрpхxуyѕsіiјjԁdһhкkмmтtвbнnԝwɡgɑaοoαaρpεeιiκkνvτtυuѵvӏlոnսuօo'.matchAll(/(.)(.)/gu)].map(([, odd, plain]) => [
    odd,
    plain,
  ]),
);

function plainLetters(key: string): string {
  let isAscii = true;
  for (let index = 0; index < key.length; index++) if (key.charCodeAt(index) > 126) isAscii = false;
  if (isAscii) return key;
  const folded = key.normalize('NFKD').replace(/[\p{Mn}\p{Cf}]/gu, '');
  return [...folded].map((letter) => LOOK_ALIKES[letter] ?? LOOK_ALIKES[letter.toLowerCase()] ?? letter).join('');
}
