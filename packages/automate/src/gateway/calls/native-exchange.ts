import type { Readable } from 'node:stream';
import { failureOfReply } from '../providers/kinds/failure.ts';
import type { NativeLane } from '../providers/provider-kind.ts';
import type { CallServices } from './call-services.ts';
import { ProviderFault } from './failed-call.ts';
import type { Patience } from './patience.ts';

export interface NativeRequest {
  readonly tenantId: string;
  readonly lane: NativeLane;
  /** Below the base URL of the lane. */
  readonly path: string;
  /** JSON, unless a header says otherwise. */
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly patience: Patience;
}

export interface NativeReply {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Readable;
}

/** Of an answer. */
export const MOST_BYTES = 64 * 1_048_576;
const MOST_ERROR_BYTES = 65_536;
/** Patience is what ends a call; this is for the case that it does not. */
const LAST_RESORT_MS = 3_700_000;

/** Sends a request on in the provider's own protocol. @throws ProviderFault for a reply that is none */
export async function sendNative(services: Pick<CallServices, 'outbound'>, request: NativeRequest): Promise<NativeReply> {
  const { lane, patience } = request;
  const reply = await services.outbound.stream({
    url: lane.url + request.path,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...lane.headers, ...request.headers, 'accept-encoding': 'identity' },
    body: request.body,
    signal: patience.signal,
    timeoutMs: LAST_RESORT_MS,
    // Counted where it is read.
    maxBytes: Number.POSITIVE_INFINITY,
    followRedirects: false,
    tenantId: request.tenantId,
    hasOwnLimits: true,
  });
  if (reply.status >= 200 && reply.status < 300) return { headers: reply.headers, body: reply.body };
  if (reply.status < 400) {
    reply.body.destroy();
    throw malformed(`It answered with status ${reply.status}. Redirects are not followed: change the base URL of the provider.`);
  }
  const body = await readText(reply.body, MOST_ERROR_BYTES);
  const headers = Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name, String(value)]));
  throw new ProviderFault(failureOfReply({ status: reply.status, headers, body }, { secrets: Object.values(lane.headers) }));
}

/** The whole of a body. Listening costs a third of what an iterator does. @throws what breaks it, and when it is too long */
export function readBody(body: Readable, onData: () => void): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  body.on('data', (chunk: Buffer) => {
    onData();
    size += chunk.length;
    if (size > MOST_BYTES) body.destroy(tooLong());
    else chunks.push(chunk);
  });
  body.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  body.once('error', reject);
  body.once('close', () => {
    if (!body.readableEnded) reject(malformed('The connection was closed before the answer was complete.'));
  });
  return promise;
}

export function tooLong(): ProviderFault {
  return malformed(`The answer is longer than ${MOST_BYTES} bytes.`);
}

/** The beginning of a body. */
async function readText(body: Readable, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
}

/** What a broken body is: another provider may do better. */
export function malformed(message: string, cause?: unknown): ProviderFault {
  return new ProviderFault({ reason: 'malformed', status: 200, message, isRetryable: true, isFallbackable: true }, cause);
}
