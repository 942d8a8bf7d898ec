import { traceparentOf } from '../../../kernel/index.ts';
import type { StepEffects } from '../step-effects.ts';
import { StepError } from '../step-error.ts';
import { requireSuccess, toFailure } from './http-failure.ts';
import { toReply } from './http-reply.ts';
import type { HttpMethod, HttpOptions, HttpReply, StepHttp, StepRequest } from './step-http.ts';

/** The attempt of a step that a client calls for. */
export interface HttpBinding {
  readonly effects: Pick<StepEffects, 'checkUrl' | 'send'>;
  /** Path of the node. */
  readonly path: string;
  readonly tenantId: string;
  readonly traceId: string;
  readonly executionId: string;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  /** @throws StepError unless the secrets of the step may be sent there; undefined when it has none */
  readonly requireHost: ((url: URL) => void) | undefined;
}

const MAXIMUM_BYTES = 1_048_576;
const TIMEOUT_MS = 30_000;

/** Makes the client of one attempt of a step. */
export function createStepHttp(binding: HttpBinding): StepHttp {
  const { effects, path } = binding;
  let changes = 0;

  async function request(method: HttpMethod, url: string, options: HttpOptions = {}): Promise<HttpReply> {
    const idempotencyKey = options.idempotencyKey ?? nextKey(method);
    const response = await send(toRequest(binding, method, url, { ...options, idempotencyKey }));
    requireSuccess(method, response, options.failOn);
    return toReply(response, options.largeNumbers);
  }

  async function send(prepared: StepRequest) {
    try {
      return await effects.send(prepared, path);
    } catch (error) {
      throw toFailure(error);
    }
  }

  /** The step's own for its first change, so that a receiver finds it where it looks; never the same for two. */
  function nextKey(method: HttpMethod): string | undefined {
    if (method === 'GET' || method === 'HEAD') return undefined;
    changes += 1;
    return changes === 1 ? binding.idempotencyKey : `${binding.idempotencyKey}:${changes}`;
  }

  return {
    request,
    get: (url, options) => request('GET', url, options),
    head: (url, options) => request('HEAD', url, options),
    post: (url, options) => request('POST', url, options),
    put: (url, options) => request('PUT', url, options),
    patch: (url, options) => request('PATCH', url, options),
    delete: (url, options) => request('DELETE', url, options),
  };
}

function toRequest(binding: HttpBinding, method: HttpMethod, text: string, options: HttpOptions): StepRequest {
  const { json, query = {}, sample, timeoutMs = TIMEOUT_MS, maxBytes = MAXIMUM_BYTES } = options;
  const url = parse(binding, text);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  const body = json === undefined ? options.body : JSON.stringify(json);
  return {
    method,
    url: url.href,
    headers: headersOf(binding, options),
    ...(body !== undefined && { body }),
    timeoutMs,
    maxBytes,
    signal: binding.signal,
    tenantId: binding.tenantId,
    ...(binding.requireHost && { checkUrl: binding.requireHost }),
    ...(sample !== undefined && { sample }),
  };
}

/** The text as it was written is read by the client's own, strict rules; any other parser would first make something else of it. */
function parse({ effects }: HttpBinding, text: unknown): URL {
  if (typeof text !== 'string' || !URL.canParse(text)) {
    const detail = 'The URL did not come out as an absolute http or https URL.';
    throw new StepError({ code: 'invalid_url', detail, isRetryable: false });
  }
  try {
    effects.checkUrl(text);
  } catch (error) {
    throw toFailure(error);
  }
  return new URL(text);
}

function headersOf(
  { traceId, executionId }: HttpBinding,
  { headers = {}, json, idempotencyKey }: HttpOptions,
): Record<string, string> {
  const traceparent = traceparentOf(traceId);
  return {
    'user-agent': 'automate',
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    'x-trace-id': traceId,
    ...(traceparent !== undefined && { traceparent }),
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    // By it a call of our own API tells how far it stands from the outside, so nobody says otherwise.
    'x-causation-id': executionId,
  };
}
