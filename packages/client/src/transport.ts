import { AutomateError, isAutomateError, replyError } from './errors.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import type { Upload } from './reply.ts';
import { isRepeatable, retryDelay, sleep } from './retry.ts';

const RETRIES = 3;
const TIMEOUT_MS = 60_000;

/** A request with everything about it decided. */
export interface PreparedRequest {
  readonly operation: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: Upload | undefined;
  readonly options: Pick<CallOptions, 'headers' | 'signal' | 'timeoutMs' | 'retries'>;
}

/**
 * Sends a request, again where it failed for a passing reason, and hands a good reply to `read`, whose time counts too.
 * @throws AutomateError for a bad status or no reply; the signal's reason when it fires
 */
export type Transport = <Result>(request: PreparedRequest, read: (response: Response) => Promise<Result>) => Promise<Result>;

export function createTransport(client: ClientOptions): Transport {
  const baseUrl = (client.baseUrl ?? '').replace(/\/+$/, '');
  // Called without a receiver: the browser's fetch refuses any other than the window.
  const send = client.fetch ?? ((...given: Parameters<typeof fetch>) => fetch(...given));

  async function headersOf(request: PreparedRequest): Promise<Headers> {
    const headers = new Headers(client.headers);
    const token = typeof client.token === 'function' ? await client.token() : client.token;
    if (token) headers.set('authorization', `Bearer ${token}`);
    for (const [name, value] of Object.entries({ ...request.headers, ...request.options.headers })) {
      if (value !== undefined) headers.set(name, value);
    }
    return headers;
  }

  async function attempt<Result>(request: PreparedRequest, number: number, read: (response: Response) => Promise<Result>) {
    const { method, operation, body, options } = request;
    const url = baseUrl + request.path;
    const headers = await headersOf(request);
    await client.onRequest?.({ operation, method, url, headers, attempt: number });
    const deadline = createDeadline(options.timeoutMs ?? client.timeoutMs ?? TIMEOUT_MS, options.signal);
    try {
      const response = await send(url, { method, headers, signal: deadline.signal, ...(body !== undefined && { body }) });
      if (!response.ok && response.status !== 304) throw await replyError(response, operation);
      return await read(response);
    } catch (cause) {
      options.signal?.throwIfAborted();
      throw isAutomateError(cause) ? cause : silence(operation, deadline.isOver() ? 'timeout' : 'network_error', cause);
    } finally {
      deadline.clear();
    }
  }

  return async (request, read) => {
    const retries = request.options.retries ?? client.retries ?? RETRIES;
    const isSafe = isRepeatable(request.method, request.headers['idempotency-key'] !== undefined);
    for (let number = 0; ; number += 1) {
      request.options.signal?.throwIfAborted();
      try {
        return await attempt(request, number, read);
      } catch (error) {
        const delay = isSafe && number < retries && isAutomateError(error) ? retryDelay(error, number) : undefined;
        if (delay === undefined) throw error;
        await sleep(delay, request.options.signal);
      }
    }
  };
}

/** The error of a request that got no reply. */
export function silence(operation: string, code: 'network_error' | 'timeout' | 'stream_stalled', cause?: unknown): AutomateError {
  const title = { network_error: 'No connection', timeout: 'No reply in time', stream_stalled: 'The stream fell silent' }[code];
  const reason = cause instanceof Error && code === 'network_error' ? `: ${reasonOf(cause)}` : '';
  return new AutomateError({ status: 0, code, title, detail: `${title}${reason}.`, operation, cause });
}

/** Node says "fetch failed" and keeps what happened in the cause. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}

function createDeadline(timeoutMs: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  return {
    signal: signal ? AbortSignal.any([signal, controller.signal]) : controller.signal,
    isOver: () => controller.signal.aborted,
    clear: () => clearTimeout(timer),
  };
}
