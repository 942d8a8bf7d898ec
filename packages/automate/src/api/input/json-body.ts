import { isUtf8 } from 'node:buffer';
import { AppError, commonErrors, defaultJsonLimits, findUnstorable, invalidInput, parseJson } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';
import { announcesBody, type RequestHeaders } from '../http/request.ts';

// Only the declared type counts; looking at the bytes instead is how type confusion starts (CVE-2026-21858).
const JSON_TYPE = /^application\/(?:json|[a-z0-9!#$&^_.+-]{1,100}\+json)\s*(?:;\s*(.*))?$/i;
const CHARSET = /(?:^|;)\s*charset\s*=\s*"?([^";\s]+)"?/i;

/**
 * Refuses a body that is not declared as JSON in UTF-8, before it is read.
 * @throws `unsupported_media_type`
 */
export function requireJsonType(headers: RequestHeaders): void {
  if (!announcesBody(headers)) return;
  const type = headers['content-type'];
  const match = typeof type === 'string' ? JSON_TYPE.exec(type) : null;
  if (!match) throw commonErrors.unsupported_media_type('Send the body as application/json.');
  const charset = CHARSET.exec(match[1] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw commonErrors.unsupported_media_type('Send the body in UTF-8.');
  }
}

/** Refuses a body of another type than those named. */
export function requireMediaType(headers: RequestHeaders, allowed: readonly string[]): void {
  if (!announcesBody(headers)) return;
  const declared = typeof headers['content-type'] === 'string' ? headers['content-type'] : '';
  const type = declared.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!allowed.includes(type) && !allowed.includes('*/*')) {
    throw commonErrors.unsupported_media_type(`Send the body as one of: ${allowed.join(', ')}.`);
  }
}

/**
 * Parses a JSON body strictly: valid UTF-8, valid JSON, no number that would change, and nothing that could not be
 * stored (see `parseJson` and `findUnstorable`).
 * When a key stands twice, the last wins.
 * @returns undefined when there is no body.
 */
export function parseJsonBody(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw apiErrors.invalid_encoding('The body is not valid UTF-8.');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const value = parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  // In valid UTF-8 and JSON, NUL and half of a surrogate pair can stand only as escapes.
  const issue = findUnstorable(value, { ...defaultJsonLimits, hasSoundText: !text.includes('\\u') });
  if (issue) throw invalidInput([issue]);
  return value;
}

const BYTE_ORDER_MARK = 0xfeff;

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (AppError.is(error)) throw error;
    // V8 quotes the input in its message, so only the position is passed on. A RangeError means nesting beyond any use.
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw apiErrors.invalid_json(`The body is not valid JSON${position ? ` (near character ${position})` : ''}.`);
  }
}
