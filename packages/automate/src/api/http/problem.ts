import {
  AppError,
  commonErrors,
  createRedactor,
  createTenantRedactors,
  type InputIssue,
  type Redactor,
} from '../../kernel/index.ts';
import { JSON_CONTENT_TYPE } from './reply.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** `type` of a problem is this path and its code: a relative reference (RFC 9457, 3.1.1), stable, whether or not a page is there. */
export const PROBLEM_TYPE_BASE = '/api/problems/';

/** What a client sees of anything that went wrong (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly trace_id: string;
  readonly errors?: readonly InputIssue[];
}

export interface ProblemReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Turns anything thrown into a problem. What is not an AppError becomes a bare `internal`: its message may hold anything.
 * @param tenantId of whom it is told to: secrets of this tenant, and what looks like one, are taken out
 * @example
 * const { status, body } = toProblemReply(error, ctx.traceId, ctx.principal?.tenantId);
 */
export function toProblemReply(error: unknown, traceId: string, tenantId?: string, present?: PresentProblem): ProblemReply {
  const known = AppError.is(error) ? error : commonErrors.internal(undefined, { cause: error });
  const problem = toProblem(known, traceId, tenantId);
  const own = present?.(problem);
  return {
    status: known.status,
    headers: known.headers ?? {},
    contentType: own ? JSON_CONTENT_TYPE : PROBLEM_CONTENT_TYPE,
    body: JSON.stringify(own ?? problem),
  };
}

/** Another shape of a problem; undefined for the problem as it is. */
export type PresentProblem = (problem: Problem) => object | undefined;

/** The problem of an AppError. */
export function toProblem(error: AppError, traceId: string, tenantId?: string): Problem {
  const hide = hiding(tenantId === undefined ? redactForAnyone : redactFor(tenantId));
  return {
    type: `${PROBLEM_TYPE_BASE}${error.code}`,
    title: error.title,
    status: error.status,
    detail: clip(hide(detailOf(error)), MAX_DETAIL),
    code: error.code,
    trace_id: traceId,
    ...(error.errors && { errors: error.errors.slice(0, MAX_ERRORS).map((issue) => clipIssue(issue, hide)) }),
  };
}

/** Cuts text that may hold input, so that a reply never echoes much of a request. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}

const MAX_DETAIL = 300;
const MAX_ERRORS = 20;
const MAX_KEY = 40;
const MAX_POINTER = 120;
const DETAILS: Readonly<Record<string, string>> = {
  internal: 'Something went wrong on our side. Quote the trace id when you ask about it.',
};

const redactForAnyone = createRedactor();
const redactFor = createTenantRedactors();

/** Before it is cut: half a secret is one that nobody recognises. */
function hiding(redact: Redactor): (text: string) => string {
  return (text) => String(redact(text));
}

function detailOf(error: AppError): string {
  const detail = error.detail ?? DETAILS[error.code] ?? error.title;
  // The kernel's summary of input issues starts with the first pointer.
  const pointer = error.errors?.[0]?.pointer ?? '';
  return pointer !== '' && detail.startsWith(pointer) ? clipPointer(pointer) + detail.slice(pointer.length) : detail;
}

function clipIssue(issue: InputIssue, hide: (text: string) => string): InputIssue {
  const { pointer, code, message, known } = issue;
  // What is known is ours, so there is no reason to cut it.
  return { pointer: clipPointer(pointer), code, message: clip(hide(message), 160), ...(known && { known }) };
}

/** Keys of a body may be as long as the body. */
function clipPointer(pointer: string): string {
  return clip(
    pointer
      .split('/')
      .map((key) => clip(key, MAX_KEY))
      .join('/'),
    MAX_POINTER,
  );
}
