import { AutomateError } from './errors.ts';
import { type EventStream, followEvents } from './event-stream.ts';
import { isJson, type Operation } from './operation.ts';
import type { AnyOptions } from './options.ts';
import { countParameters, toPath, toQueryString } from './query.ts';
import { type Call, type Reply, toCall, type Upload } from './reply.ts';
import type { PreparedRequest, Transport } from './transport.ts';

/** What a method was called with, sorted: path parameters, then the query of a GET or the body of another, then options. */
export interface Arguments {
  readonly parameters: readonly unknown[];
  readonly query: object | undefined;
  readonly body: unknown;
  readonly options: AnyOptions;
}

export function sortArguments(operation: Operation, given: readonly unknown[]): Arguments {
  const count = countParameters(operation.path);
  const isRead = operation.method === 'GET';
  const takesInput = isRead || operation.takes !== undefined;
  const input = takesInput ? given[count] : undefined;
  const options = (given[count + (takesInput ? 1 : 0)] ?? {}) as AnyOptions;
  return {
    parameters: given.slice(0, count),
    query: isRead ? (input as object | undefined) : options.query,
    body: isRead ? undefined : input,
    options,
  };
}

/** Calls an operation: JSON and nothing become a call, events a stream, and everything else the response as it is. */
export function call(transport: Transport, operation: Operation, given: Arguments): Call<unknown> | EventStream {
  const accept = given.options.accept ?? operation.gives?.[0];
  const request = prepare(operation, given, accept);
  if (accept === 'text/event-stream') {
    return followEvents({
      operation: operation.id,
      canReconnect: operation.method === 'GET',
      options: given.options,
      open: (lastEventId) =>
        transport({ ...request, headers: { ...request.headers, 'last-event-id': lastEventId } }, async (response) => response),
    });
  }
  const isRaw = accept !== undefined && !isJson(accept);
  const data = (response: Response) => (isRaw && response.status !== 304 ? response : readJson(response, operation.id));
  return toCall(transport(request, async (response) => toReply(response, await data(response))));
}

function prepare(
  operation: Operation,
  { parameters, query, body, options }: Arguments,
  accept: string | undefined,
): PreparedRequest {
  const key = options.idempotencyKey ?? (operation.hasKey ? newKey() : undefined);
  const content = operation.takes && body !== undefined ? encode(operation.takes, body, options.contentType) : undefined;
  return {
    operation: operation.id,
    method: operation.method,
    path: toPath(operation.path, parameters) + toQueryString(query),
    headers: {
      accept: accept ?? 'application/json',
      'content-type': content?.type,
      'idempotency-key': key,
      'if-match': options.ifMatch,
      'if-none-match': options.ifNoneMatch,
      'x-trace-id': options.traceId,
    },
    body: content?.body,
    options,
  };
}

/** The body and its type; a form has none, since fetch writes it with the form's boundary. */
function encode(takes: readonly string[], body: unknown, wanted: string | undefined): { body: Upload; type: string | undefined } {
  const type = wanted ?? (body instanceof Blob && takes.includes(body.type) ? body.type : undefined);
  if (body instanceof FormData) return { body, type: undefined };
  const isBinary = body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body);
  const upload = takes.find((candidate) => !isJson(candidate));
  const json = takes.find(isJson);
  if (isBinary || (typeof body === 'string' && (json === undefined || (type !== undefined && !isJson(type))))) {
    return { body: body as Upload, type: type ?? upload ?? json };
  }
  return { body: JSON.stringify(body), type: type ?? json };
}

async function readJson(response: Response, operation: string): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const type = response.headers.get('content-type') ?? 'nothing';
    const detail = `Expected JSON but got ${type}.`;
    throw new AutomateError({
      status: response.status,
      code: 'invalid_reply',
      title: 'Not JSON',
      detail,
      operation,
      body: text,
      cause,
    });
  }
}

function toReply(response: Response, data: unknown): Reply<unknown> {
  const { status, headers } = response;
  return { data, status, headers, etag: headers.get('etag') ?? undefined, traceId: headers.get('x-trace-id') ?? undefined };
}

/** 128 random bits. Not `randomUUID`, which pages without TLS do not have. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
