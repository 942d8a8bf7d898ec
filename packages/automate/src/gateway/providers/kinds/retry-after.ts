/** What a provider may tell us to wait at most; a longer wait is none that a request can sit out. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * How long a provider wants to be left alone, in milliseconds, 0 to one hour; undefined when it does not say.
 * Understands `retry-after-ms`, `retry-after` (RFC 9110: seconds or a date) and the resets of spent limits, as OpenAI, Anthropic, Groq,
 * OpenRouter and the IETF draft write them.
 * @param headers names in lower case
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now = Date.now()): number | undefined {
  const asked =
    number(headers['retry-after-ms']) ??
    number(headers['x-ms-retry-after-ms']) ??
    waitOf(headers['retry-after'], now) ??
    resetOf(headers, now);
  return asked === undefined ? undefined : boundedWait(asked);
}

/** @example boundedWait(-5) // 0 */
export function boundedWait(milliseconds: number): number {
  return Math.ceil(Math.min(Math.max(milliseconds, 0), LONGEST_WAIT_MS));
}

/** Milliseconds of a Go duration, as in `6m0s`, `2m59.56s` or `20ms`. */
export function durationMs(text: string): number | undefined {
  if (text.length > 40 || !/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) sum += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  return sum;
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** `x-ratelimit-reset`, `x-ratelimit-reset-tokens`, `ratelimit-reset`, `anthropic-ratelimit-input-tokens-reset`. */
const RESET = /^(x-)?ratelimit-reset(-[a-z-]+)?$|^anthropic-ratelimit-[a-z-]+-reset$/;

/** The longest wait of the limits that are spent; of all, when none says what remains. */
function resetOf(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const spent: number[] = [];
  const unsaid: number[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const wait = RESET.test(name) ? waitOf(value, now) : undefined;
    if (wait === undefined) continue;
    const remaining = headers[name.replace('reset', 'remaining')];
    if (remaining === undefined) unsaid.push(wait);
    else if (Number(remaining) <= 0) spent.push(wait);
  }
  const waits = spent.length > 0 ? spent : unsaid;
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

/** Milliseconds from seconds, a moment in seconds or milliseconds since 1970, a duration, or a date. */
function waitOf(value: string | undefined, now: number): number | undefined {
  if (value === undefined || value.length > 100) return undefined;
  const amount = number(value);
  if (amount !== undefined) return amount > 1e11 ? amount - now : amount > 1e9 ? amount * 1_000 - now : amount * 1_000;
  const duration = durationMs(value.trim());
  if (duration !== undefined) return duration;
  const moment = /\d{4}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment - now;
}

function number(value: string | undefined): number | undefined {
  return value !== undefined && /^\s*-?\d{1,16}(\.\d{1,9})?\s*$/.test(value) ? Number(value) : undefined;
}
