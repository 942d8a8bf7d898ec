import { AppError, type Json, parseJson, parseJsonWithTexts } from '../../../kernel/index.ts';
import type { OutboundResponse } from '../../../outbound/index.ts';
import { StepError } from '../step-error.ts';

/** What becomes of a number in a JSON reply that JavaScript cannot hold: the step fails, or all its digits are handed on as a text. */
export type LargeNumbers = 'refuse' | 'text';

/**
 * The body of a reply as output: JSON, or text by the character set that it says.
 * @throws StepError `number_out_of_range`, naming the place of the number
 */
export function readBody(response: Pick<OutboundResponse, 'body' | 'headers'>, largeNumbers: LargeNumbers): Json {
  const type = String(response.headers['content-type'] ?? '');
  const isJson = JSON_TYPE.test(type);
  const text = decode(response.body, isJson, charsetOf(type));
  if (!isJson) return text;
  try {
    return (largeNumbers === 'text' ? parseJsonWithTexts(text) : parseJson(text)) as Json;
  } catch (error) {
    if (AppError.is(error)) throw outOfRange(error);
    // Announced as JSON but is not: hand on the text.
    return text;
  }
}

const JSON_TYPE = /^application\/([\w.-]+\+)?json\b/i;
const CHARSET = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i;

function charsetOf(type: string): string | undefined {
  const [, quoted, bare] = CHARSET.exec(type.slice(0, 500)) ?? [];
  return quoted ?? bare;
}

/** A byte order mark says more than a header (https://encoding.spec.whatwg.org/#decode). JSON is UTF-8 (RFC 8259, 8.1) unless it cannot be. */
function decode(bytes: Uint8Array, isJson: boolean, charset: string | undefined): string {
  const marked = markOf(bytes);
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  if (isJson) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      // Then the header may know.
    }
  }
  return decoderOf(charset).decode(bytes);
}

function markOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xff && second === 0xfe ? 'utf-16le' : undefined;
}

/** By the labels of the WHATWG; UTF-8 for one that is not known. */
function decoderOf(charset: string | undefined) {
  try {
    return new TextDecoder(charset ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8');
  }
}

function outOfRange(error: AppError): StepError {
  const [issue] = error.errors ?? [];
  const place = issue?.pointer ? `at ${issue.pointer}` : 'of the whole body';
  const detail = `The reply holds a number that cannot be kept exactly, ${place}: set "large_numbers" to "text" to get such numbers as texts.`;
  return new StepError({ code: error.code, detail, isRetryable: false, cause: error });
}
