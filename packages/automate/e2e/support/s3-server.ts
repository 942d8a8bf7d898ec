import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An object as the store has it. */
interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
  modifiedAt: Date;
}
interface OpenUpload {
  readonly key: string;
  readonly contentType: string;
  readonly parts: Map<number, { readonly body: Buffer; readonly tag: string }>;
  startedAt: Date;
}

/** A store that speaks as much of the S3 protocol as is used of it, and checks each signature (AWS Signature Version 4). */
export interface S3Server {
  readonly url: string;
  readonly bucket: string;
  readonly keyId: string;
  readonly secret: string;
  readonly region: string;
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, OpenUpload>;
  /** `METHOD key?query` of each request, in turn. */
  readonly requests: string[];
  /** Answers the next requests for which this says a status with that status. */
  fail: ((method: string, url: URL) => number | undefined) | undefined;
  close(): Promise<void>;
}

/** Keys of a page of a list; Amazon's has 1,000. */
const PAGE = 3;

export async function startS3Server(): Promise<S3Server> {
  const state = {
    bucket: 'files',
    keyId: 'AKIATESTTESTTEST',
    secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    region: 'eu-test-1',
    objects: new Map<string, StoredObject>(),
    uploads: new Map<string, OpenUpload>(),
    requests: [] as string[],
    fail: undefined as S3Server['fail'],
  };
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => refuse(response, 500, 'InternalError', String(error)));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const method = request.method ?? 'GET';
    const body = await buffer(request);
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    state.requests.push(`${method} ${key}${url.search}`);
    const failure = state.fail?.(method, url);
    if (failure !== undefined) return refuse(response, failure, failure === 503 ? 'SlowDown' : 'Failed');
    const problem = problemOfSignature({ ...state, request, url, body });
    if (problem) return refuse(response, 403, problem);
    if (bucket !== state.bucket) return refuse(response, 404, 'NoSuchBucket');
    const query = url.searchParams;
    if (method === 'GET') return key === '' ? list(query, response) : get(key, request, query, response);
    if (method === 'PUT') return put(key, query, request, body, response);
    if (method === 'POST') return post(key, query, request, body, response);
    if (query.has('uploadId')) state.uploads.delete(query.get('uploadId') ?? '');
    else state.objects.delete(key);
    response.writeHead(204).end();
  }

  function get(key: string, request: IncomingMessage, query: URLSearchParams, response: ServerResponse): unknown {
    const found = state.objects.get(key);
    if (!found) return refuse(response, 404, 'NoSuchKey');
    const { body } = found;
    const headers = {
      'content-type': query.get('response-content-type') ?? found.contentType,
      'last-modified': found.modifiedAt.toUTCString(),
      etag: tagOf(body),
      'accept-ranges': 'bytes',
      ...(query.has('response-content-disposition') && {
        'content-disposition': query.get('response-content-disposition') ?? '',
      }),
    };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!range) return response.writeHead(200, { ...headers, 'content-length': body.length }).end(body);
    const start = Number(range[1]);
    if (start >= body.length) return refuse(response, 416, 'InvalidRange');
    const end = range[2] ? Math.min(Number(range[2]), body.length - 1) : body.length - 1;
    const part = body.subarray(start, end + 1);
    response
      .writeHead(206, { ...headers, 'content-range': `bytes ${start}-${end}/${body.length}`, 'content-length': part.length })
      .end(part);
  }

  function put(key: string, query: URLSearchParams, request: IncomingMessage, body: Buffer, response: ServerResponse): unknown {
    const contentType = request.headers['content-type'] ?? 'binary/octet-stream';
    const uploadId = query.get('uploadId');
    if (uploadId === null) {
      state.objects.set(key, { body, contentType, modifiedAt: new Date() });
      return response.writeHead(200, { etag: tagOf(body) }).end();
    }
    const upload = state.uploads.get(uploadId);
    if (!upload) return refuse(response, 404, 'NoSuchUpload');
    upload.parts.set(Number(query.get('partNumber')), { body, tag: tagOf(body) });
    response.writeHead(200, { etag: tagOf(body) }).end();
  }

  function post(key: string, query: URLSearchParams, request: IncomingMessage, body: Buffer, response: ServerResponse): unknown {
    if (query.has('uploads')) {
      const uploadId = `upload-${state.requests.length}~_.`;
      const contentType = request.headers['content-type'] ?? 'binary/octet-stream';
      state.uploads.set(uploadId, { key, contentType, parts: new Map(), startedAt: new Date() });
      return xml(response, `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`);
    }
    const uploadId = query.get('uploadId') ?? '';
    const upload = state.uploads.get(uploadId);
    if (!upload) return refuse(response, 404, 'NoSuchUpload');
    const wanted = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)];
    const parts = wanted.map(([, number, tag]) => {
      const part = upload.parts.get(Number(number));
      return part?.tag === tag?.replaceAll('&quot;', '"') ? part?.body : undefined;
    });
    if (parts.length === 0 || parts.includes(undefined)) return refuse(response, 400, 'InvalidPart');
    if (parts.slice(0, -1).some((part) => (part as Buffer).length < 5 * 1_048_576))
      return refuse(response, 400, 'EntityTooSmall');
    state.objects.set(key, { body: Buffer.concat(parts as Buffer[]), contentType: upload.contentType, modifiedAt: new Date() });
    state.uploads.delete(uploadId);
    xml(response, `<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
  }

  function list(query: URLSearchParams, response: ServerResponse): unknown {
    const prefix = query.get('prefix') ?? '';
    if (query.has('uploads')) {
      const found = [...state.uploads].filter(([, { key }]) => key.startsWith(prefix));
      const items = found.map(
        ([id, { key, startedAt }]) =>
          `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiator><ID>x</ID></Initiator><Initiated>${startedAt.toISOString()}</Initiated></Upload>`,
      );
      return xml(
        response,
        `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${items.join('')}</ListMultipartUploadsResult>`,
      );
    }
    const after = query.get('continuation-token') ?? '';
    const found = [...state.objects]
      .filter(([key]) => key.startsWith(prefix) && key > after)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const page = found.slice(0, PAGE);
    const items = page.map(
      ([key, { body, modifiedAt }]) =>
        `<Contents><Key>${key}</Key><LastModified>${modifiedAt.toISOString()}</LastModified><Size>${body.length}</Size></Contents>`,
    );
    const more = found.length > PAGE;
    const token = more ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : '';
    xml(response, `<ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${items.join('')}</ListBucketResult>`);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

function xml(response: ServerResponse, body: string): unknown {
  return response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
}

function refuse(response: ServerResponse, status: number, code: string, message = ''): unknown {
  return response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

const tagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

interface Signed {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  readonly keyId: string;
  readonly secret: string;
  readonly region: string;
}

/** The code of what is wrong with a signature, in a header or in the query; undefined when nothing is. */
function problemOfSignature({ request, url, body, keyId, secret, region }: Signed): string | undefined {
  const header = /^AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(
    request.headers.authorization ?? '',
  );
  const query = url.searchParams;
  const isQuery = query.has('X-Amz-Signature');
  if (!header && !isQuery) return 'AccessDenied';
  const [credential = '', names = '', signature = ''] = isQuery
    ? ['X-Amz-Credential', 'X-Amz-SignedHeaders', 'X-Amz-Signature'].map((name) => query.get(name) ?? '')
    : (header ?? []).slice(1);
  const time = (isQuery ? query.get('X-Amz-Date') : request.headers['x-amz-date']) as string;
  const at = Date.parse(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const [id, date, ...scope] = credential.split('/');
  if (id !== keyId) return 'InvalidAccessKeyId';
  if (date !== time.slice(0, 8) || scope.join('/') !== `${region}/s3/aws4_request`) return 'AuthorizationHeaderMalformed';
  if (isQuery ? Date.now() > at + Number(query.get('X-Amz-Expires')) * 1_000 : Math.abs(Date.now() - at) > 900_000)
    return isQuery ? 'AccessDenied' : 'RequestTimeTooSkewed';
  if (!names.split(';').includes('host')) return 'AccessDenied';
  const payload = isQuery ? 'UNSIGNED-PAYLOAD' : (request.headers['x-amz-content-sha256'] as string);
  if (!isQuery && payload !== 'UNSIGNED-PAYLOAD' && payload !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  const canonical = [
    request.method,
    url.pathname
      .split('/')
      .map((part) => encoded(decodeURIComponent(part)))
      .join('/'),
    pairs.sort().join('&'),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    names,
    payload,
  ].join('\n');
  const said = ['AWS4-HMAC-SHA256', time, [date, ...scope].join('/'), sha256(canonical)].join('\n');
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${secret}`, date), region));
  const expected = hmac(key, said).toString('hex');
  const isRight = signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
  return isRight ? undefined : 'SignatureDoesNotMatch';
}
