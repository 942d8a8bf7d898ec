import { AISDKError, APICallError, LoadAPIKeyError, NoSuchModelError, TypeValidationError } from '@ai-sdk/provider';
import type { Fault } from './transport-fault.ts';

/** What a library says of an answer that it cannot read, or of a question that it cannot put; undefined for what a vendor said. */
export function sdkFault(error: unknown): Fault | undefined {
  const cause = APICallError.isInstance(error) ? error.cause : error;
  if (TypeValidationError.isInstance(cause) && isError(cause.value)) return undefined;
  // A TypeError is a library that went on with an answer it had not looked at.
  const isUnread = cause instanceof TypeError || (AISDKError.isInstance(cause) && UNREAD.has(cause.name));
  if (isUnread) return { reason: 'malformed', message: 'The answer is not what the vendor promises.' };
  if (!AISDKError.isInstance(error) || APICallError.isInstance(error)) return undefined;
  if (LoadAPIKeyError.isInstance(error)) return { reason: 'auth', message: 'The provider has no key.' };
  if (NoSuchModelError.isInstance(error)) return { reason: 'not_found', message: error.message };
  return { reason: 'invalid_request', message: error.message, isFallbackable: true };
}

/** What the vendor said in place of an answer, where a library only sees that it is none. */
export function misreadError(error: unknown): unknown {
  const cause = APICallError.isInstance(error) ? error.cause : error;
  return TypeValidationError.isInstance(cause) ? cause.value : undefined;
}

const UNREAD = new Set([
  'AI_JSONParseError',
  'AI_TypeValidationError',
  'AI_InvalidResponseDataError',
  'AI_EmptyResponseBodyError',
  'AI_NoContentGeneratedError',
]);

function isError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { error, object, message, choices } = value as Readonly<Record<string, unknown>>;
  return (error !== undefined && error !== null) || object === 'error' || (typeof message === 'string' && choices === undefined);
}
