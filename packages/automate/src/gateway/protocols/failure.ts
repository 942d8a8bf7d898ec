import { AppError } from '../../kernel/index.ts';

/** What went wrong, before a protocol gives it its shape. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** JSON Pointer to what is wrong in the request. */
  readonly pointer?: string;
}

/** What a client may know of anything thrown: an error of ours as it says, of all others nothing but that there was one. */
export function failureOf(error: unknown): Failure {
  if (!AppError.is(error)) return { status: 500, code: 'internal', message: 'Internal error' };
  const pointer = error.errors?.[0]?.pointer;
  return { status: error.status, code: error.code, message: error.detail ?? error.title, ...(pointer && { pointer }) };
}

/** A stream that ended before its model had. */
export const truncated: Failure = {
  status: 502,
  code: 'upstream_truncated',
  message: 'The stream of the provider ended before the answer was complete.',
};

/** A stream in which the provider told of an error. What it said may name its keys, and is for the log. */
export const failedUpstream: Failure = {
  status: 502,
  code: 'upstream_error',
  message: 'The provider failed while it was answering.',
};

/** The name of a member as programmers write it: `/messages/0/content` is `messages[0].content`. */
export function memberName(pointer: string): string {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}
