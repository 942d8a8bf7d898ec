import { durationMs } from './retry-after.ts';

/** What a vendor says of an error, whichever way it writes it. */
export interface VendorError {
  readonly message: string | undefined;
  /** Its codes, types and classes, in lower case: `context_length_exceeded`, `invalid_argument`, `throttlingexception`. */
  readonly codes: readonly string[];
  /** A status that stands in the body, as in an error within a stream. */
  readonly status: number | undefined;
  /** As Google's `RetryInfo` says. */
  readonly retryAfterMs: number | undefined;
}

const DEEPEST = 4;
const MOST_ITEMS = 8;
const CODE_FIELDS = new Set(['code', 'type', 'status', 'reason', '__type', 'error_type', 'blockReason']);
const MESSAGE_FIELDS = ['message', 'error_description', 'detail', 'msg', 'Message'];
const INNER_FIELDS = ['error', 'innererror', 'details', 'detail', 'errors', 'data', 'metadata', 'response', 'promptFeedback'];

interface Found {
  message?: string | undefined;
  status?: number | undefined;
  retryAfterMs?: number | undefined;
  readonly codes: Set<string>;
}

/** Reads the body of an error, or the error of a stream: a JSON text, or what was parsed of one. */
export function readVendorError(body: unknown): VendorError {
  const found: Found = { codes: new Set() };
  collect(parsed(body), 0);
  return { message: found.message, codes: [...found.codes], status: found.status, retryAfterMs: found.retryAfterMs };

  function collect(value: unknown, depth: number): void {
    if (depth > DEEPEST || value === null) return;
    if (typeof value === 'string') found.message ??= value;
    if (typeof value !== 'object') return;
    if (Array.isArray(value)) {
      for (const item of value.slice(0, MOST_ITEMS)) collect(item, depth + 1);
      return;
    }
    const record = value as Record<string, unknown>;
    collectOne(record);
    for (const field of INNER_FIELDS) if (record[field] !== undefined) collect(record[field], depth + 1);
  }

  function collectOne(record: Record<string, unknown>): void {
    for (const field of MESSAGE_FIELDS) if (typeof record[field] === 'string') found.message ??= record[field];
    for (const field of CODE_FIELDS) {
      const code = record[field];
      if (typeof code === 'string' && code.length <= 200) found.codes.add(code.toLowerCase());
      if (Number.isInteger(Number(code)) && Number(code) >= 400 && Number(code) < 600) found.status ??= Number(code);
    }
    if (typeof record['retryDelay'] === 'string') found.retryAfterMs ??= durationMs(record['retryDelay']);
  }
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    // A page of a proxy says nothing that a reader wants; a line of text does.
    return body.trimStart().startsWith('<') || body.trim() === '' ? undefined : body;
  }
}
