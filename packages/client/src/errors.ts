// A symbol of the realm, so that an error is known even when two copies of this package are loaded.
const BRAND = Symbol.for('automate.client.error');

/** One thing that is wrong with the input: a JSON pointer into the body, or `/query/<name>`. */
export interface InputIssue {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  /** What may stand there instead, for an unknown query parameter or order column. */
  readonly known?: readonly string[];
}

interface Details {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly operation: string;
  readonly traceId?: string | undefined;
  readonly errors?: readonly InputIssue[] | undefined;
  readonly retryAfter?: number | undefined;
  readonly body?: unknown;
  readonly cause?: unknown;
}

/**
 * Any call that did not work: a problem that the server reported, or no usable reply at all (`status` 0).
 * @example
 * if (isAutomateError(error) && error.code === 'slug_taken') rename();
 */
export class AutomateError extends Error {
  override readonly name: string = 'AutomateError';
  /** HTTP status; 0 when there was no reply. */
  readonly status: number;
  /** Stable; switch on it. Without a reply: `network_error`, `timeout` or `stream_stalled`; with one that cannot be read: `invalid_reply`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Name of the operation, for example `workflow.create`. */
  readonly operation: string;
  /** What to search for in the server's logs. */
  readonly traceId: string | undefined;
  /** What is wrong with the input; empty for other problems. */
  readonly errors: readonly InputIssue[];
  /** Seconds after which the server wants to be asked again. */
  readonly retryAfter: number | undefined;
  /** The reply as it came: parsed when it was JSON, else text. */
  readonly body: unknown;

  constructor(details: Details) {
    super(details.detail || details.title, details.cause === undefined ? undefined : { cause: details.cause });
    Object.defineProperty(this, BRAND, { value: true });
    this.status = details.status;
    this.code = details.code;
    this.title = details.title;
    this.detail = details.detail;
    this.operation = details.operation;
    this.traceId = details.traceId;
    this.errors = details.errors ?? [];
    this.retryAfter = details.retryAfter;
    this.body = details.body;
  }
}

/** Whether a thrown value is an {@link AutomateError}, also one of another copy of this package. @example isAutomateError(error) && error.status === 404 */
export function isAutomateError(value: unknown): value is AutomateError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** The error of a reply with a bad status; reads the body. */
export async function replyError(response: Response, operation: string): Promise<AutomateError> {
  return problemError(parse(await response.text()), {
    status: response.status,
    title: response.statusText || `HTTP ${response.status}`,
    operation,
    traceId: response.headers.get('x-trace-id') ?? undefined,
    retryAfter: retryAfterOf(response.headers),
  });
}

/** The error of a problem document (RFC 9457), or of whatever a proxy sent in its place. */
export function problemError(
  body: unknown,
  known: Pick<Details, 'status' | 'title' | 'operation' | 'traceId' | 'retryAfter'>,
): AutomateError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof problem[name] === 'string' ? (problem[name] as string) : undefined);
  return new AutomateError({
    ...known,
    code: text('code') ?? `http_${known.status}`,
    title: text('title') ?? known.title,
    detail: text('detail') ?? '',
    traceId: text('trace_id') ?? known.traceId,
    errors: Array.isArray(problem.errors) ? (problem.errors as InputIssue[]) : undefined,
    body,
  });
}

/** Seconds of `Retry-After`, which is a number or a date (RFC 9110, 10.2.3). */
export function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  // The server's own clock, where it can be seen: the one here may be wrong.
  const now = Date.parse(headers.get('date') ?? '') || Date.now();
  const seconds = (Date.parse(value) - now) / 1_000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
