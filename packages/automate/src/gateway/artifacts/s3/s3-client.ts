import type { Readable } from 'node:stream';
import { AwsV4Signer } from 'aws4fetch';
import { AppError, type Logger } from '../../../kernel/index.ts';
import { createOutbound, type OutboundRequest, type OutboundResponse } from '../../../outbound/index.ts';
import { artifactErrors } from '../errors.ts';
import type { BucketSettings } from '../settings.ts';

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Within the bucket; empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Statuses that are no failure beside 2xx. */
  readonly allowed?: readonly number[];
}

/** Calls of one bucket, signed (AWS Signature Version 4). What fails for a while is tried again. */
export interface S3Client {
  /** @throws AppError `artifact_store_failed` */
  call(request: S3Request): Promise<OutboundResponse>;
  /** The body as it comes. @throws AppError `artifact_store_failed` */
  stream(request: S3Request): Promise<OutboundResponse<Readable>>;
  /** A URL that whoever has it may get until then. */
  presign(key: string, query: Readonly<Record<string, string>>, ttlSeconds: number): Promise<string>;
  close(): Promise<void>;
}

type SignedRequest = Omit<OutboundRequest, 'timeoutMs' | 'maxBytes'>;

const CALL_MS = 120_000;
const STREAM_MS = 3_600_000;
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 100;
const EMPTY = new Uint8Array();

export function createS3Client(
  { endpoint, bucket, region, keyId, secret }: BucketSettings,
  logger: Pick<Logger, 'warn' | 'debug'>,
): S3Client {
  // The operator names it in the settings, so it may be private; nothing but this client may call it for that.
  const { host, port, protocol } = new URL(endpoint);
  const allowed = port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host;
  const outbound = createOutbound({ logger, policy: { allowHosts: [allowed] }, hostRatePerSecond: 0 });
  const keys = { accessKeyId: keyId, secretAccessKey: secret, service: 's3', region };

  function urlOf(key: string, query: Readonly<Record<string, string>> = {}): string {
    const url = new URL(`${endpoint}/${bucket}${key === '' ? '' : `/${key}`}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  async function signed({ method, key, query, headers, body, signal }: S3Request): Promise<SignedRequest> {
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', (body ?? EMPTY) as Uint8Array<ArrayBuffer>)).toString('hex');
    const given = { ...headers, 'x-amz-content-sha256': digest };
    const request = await new AwsV4Signer({ ...keys, method, url: urlOf(key, query), headers: given }).sign();
    return {
      url: request.url.href,
      method,
      headers: Object.fromEntries(request.headers),
      ...(body && { body }),
      ...(signal && { signal }),
      followRedirects: false,
      hasOwnLimits: true,
    };
  }

  /** Signed anew each time: a signature holds for some minutes only. */
  async function attempt<Reply extends OutboundResponse | OutboundResponse<Readable>>(
    request: S3Request,
    send: (signed: SignedRequest) => Promise<Reply>,
  ): Promise<Reply> {
    for (let count = 1; ; count += 1) {
      const reply = await send(await signed(request)).catch((error: unknown) => error as Error);
      if (!(reply instanceof Error)) {
        if (reply.status < 300 || request.allowed?.includes(reply.status)) return reply;
        if (!(reply.body instanceof Uint8Array)) reply.body.destroy();
      }
      request.signal?.throwIfAborted();
      if (count === ATTEMPTS || !isPassing(reply)) throw failureOf(reply);
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (count - 1)));
    }
  }

  return {
    call: (request) => attempt(request, (call) => outbound.request({ ...call, timeoutMs: CALL_MS })),
    stream: (request) =>
      attempt(request, (call) => outbound.stream({ ...call, timeoutMs: STREAM_MS, maxBytes: Number.MAX_SAFE_INTEGER })),
    async presign(key, query, ttlSeconds) {
      const url = urlOf(key, { ...query, 'X-Amz-Expires': String(ttlSeconds) });
      return (await new AwsV4Signer({ ...keys, method: 'GET', url, signQuery: true }).sign()).url.href;
    },
    close: () => outbound.close(),
  };
}

function isPassing(reply: Error | { readonly status: number }): boolean {
  if (!(reply instanceof Error)) return reply.status >= 500 || reply.status === 429;
  return AppError.is(reply) && (reply.code === 'outbound_failed' || reply.code === 'outbound_timeout');
}

/** Which address that is, or what its store says, is the operator's business: he finds it in the log. */
function failureOf(reply: Error | { readonly status: number; readonly body: unknown }): Error {
  if (reply instanceof Error) {
    if (!AppError.is(reply)) return reply;
    return artifactErrors.artifact_store_failed(`The store of artifacts does not answer (${reply.code}).`, { cause: reply });
  }
  const said =
    reply.body instanceof Uint8Array
      ? /<Code>(\w{1,60})<\/Code>/.exec(Buffer.from(reply.body).toString('utf8', 0, 4_096))?.[1]
      : undefined;
  return artifactErrors.artifact_store_failed(`The store of artifacts answers ${reply.status}${said ? ` (${said})` : ''}.`);
}
