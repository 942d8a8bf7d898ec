/** Where a secret is kept, and no part of it: `env://NAME`, `file://stripe/key`, `vault://kv/shop#key`, `db://name`. */
const REFERENCE = /^(?:env|db|file|vault):\/\/[A-Za-z_][\w.-]{0,100}(?:\/[\w.-]{1,100}){0,10}(?:#[\w.-]{1,100})?$/;
/** What stands in the place of a value: `{{ secrets.NAME }}`, `[secret NAME]`. */
const PLACEHOLDER = /^(?:(?:bearer|basic|token) )?(?:\{\{-? ?secrets\.\w{1,100} ?-?\}\}|\[secret \w{1,100}\])$/i;
/** What a cookie is sent with (RFC 6265, 5.3). */
const ATTRIBUTE =
  /^(?:httponly|secure|partitioned|samesite=(?:lax|strict|none)|path=\/|domain=[\w.-]{1,100}|max-age=-?\d{1,12}|expires=[a-z]{3},[\w :-]{10,30})$/i;

/** Whether a text under a telling key names a secret instead of being one. */
export function isReference(text: string): boolean {
  return text.length <= 1_500 && (REFERENCE.test(text) || PLACEHOLDER.test(text));
}

/** A text that is a secret as it is shown, where all of a cookie but what it holds stays. */
export function hideValue(text: string, redacted: string): string {
  if (text === '' || isReference(text)) return text;
  if (text.length > 8_192 || !/httponly|secure|samesite|max-age|expires|path=|domain=/i.test(text)) return redacted;
  const kept = text.split(';').filter((part) => ATTRIBUTE.test(part.trim()));
  const isWhole = kept.length === text.split(';').length;
  return [...(isWhole ? [] : [redacted]), ...kept.map((part) => part.trim())].join('; ');
}
