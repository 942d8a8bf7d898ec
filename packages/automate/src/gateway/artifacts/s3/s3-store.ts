import type { Readable } from 'node:stream';
import type { Logger } from '../../../kernel/index.ts';
import { type ArtifactStore, type ByteRange, shardOf, type WriteOptions } from '../artifact-store.ts';
import { artifactErrors } from '../errors.ts';
import type { BucketSettings } from '../settings.ts';
import { piecesOf } from './pieces.ts';
import { createS3Client, type S3Client } from './s3-client.ts';
import { type ListedPage, listed, textOf } from './s3-xml.ts';

/** Of an upload in pieces; a store takes 10,000 of them, and none below 5 MiB but the last. */
const PIECE_BYTES = 8 * 1_048_576;

export interface S3StoreOptions {
  readonly bucket: BucketSettings;
  /** The part of it that is this installation's own. */
  readonly space: () => string;
  readonly logger: Pick<Logger, 'warn' | 'debug'>;
}

/** A bucket of Amazon S3, or of whatever speaks its protocol. An object is there when its upload was completed, and not before. */
export function s3Store({ bucket, space, logger }: S3StoreOptions): ArtifactStore {
  const client = createS3Client(bucket, logger);
  const prefix = () => `artifacts/${space()}/`;
  const keyOf = (id: string) => `${prefix()}${shardOf(id)}/${id.toLowerCase()}`;
  return {
    kind: 's3',
    write: (id, source, options) => writeObject(client, keyOf(id), source, options),
    read: (id, range) => readObject(client, keyOf(id), range),
    async remove(id) {
      await client.call({ method: 'DELETE', key: keyOf(id), allowed: [404] });
    },
    async *list(shard) {
      for await (const page of pages(client, { 'list-type': '2', prefix: `${prefix()}${shard}/` }, 'Contents')) {
        for (const { Key = '', LastModified = '' } of page.items)
          yield { id: Key.slice(Key.lastIndexOf('/') + 1), modifiedAt: new Date(LastModified) };
      }
    },
    async clean(before) {
      for await (const page of pages(client, { uploads: '', prefix: prefix() }, 'Upload')) {
        for (const { Key = '', UploadId = '', Initiated = '' } of page.items)
          if (new Date(Initiated) < before) await abort(client, Key, UploadId);
      }
    },
    presign: (id, { contentType, disposition, ttlSeconds }) =>
      client.presign(
        keyOf(id),
        { 'response-content-type': contentType, 'response-content-disposition': disposition },
        ttlSeconds,
      ),
    close: () => client.close(),
  };
}

async function writeObject(
  client: S3Client,
  key: string,
  source: AsyncIterable<Uint8Array>,
  { contentType, signal }: WriteOptions,
) {
  const headers = { 'content-type': contentType };
  const pieces = piecesOf(source, PIECE_BYTES);
  const first = await pieces.next();
  const body = first.done ? new Uint8Array() : first.value;
  if (body.byteLength < PIECE_BYTES) {
    await client.call({ method: 'PUT', key, headers, body, signal });
    return;
  }
  const begun = await client.call({ method: 'POST', key, query: { uploads: '' }, headers, signal });
  const uploadId = textOf(begun.body.toString('utf8'), 'UploadId');
  if (!uploadId) throw artifactErrors.artifact_store_failed('The store of artifacts begins an upload without an id.');
  try {
    const tags: string[] = [];
    for (let piece: Uint8Array | undefined = body; piece; piece = await next(pieces)) {
      const query = { partNumber: String(tags.length + 1), uploadId };
      const reply = await client.call({ method: 'PUT', key, query, body: piece, signal });
      tags.push(String(reply.headers.etag ?? ''));
    }
    await complete(client, { key, uploadId, tags, signal });
  } catch (error) {
    // The sweep finds it where this fails too.
    await abort(client, key, uploadId).catch(() => undefined);
    throw error;
  }
}

async function next(pieces: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const { value, done } = await pieces.next();
  return done ? undefined : value;
}

/** A store may answer 200 and say only then that it failed. */
async function complete(
  client: S3Client,
  { key, uploadId, tags, signal }: { key: string; uploadId: string; tags: readonly string[]; signal: AbortSignal | undefined },
): Promise<void> {
  const parts = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`);
  const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  const headers = { 'content-type': 'application/xml' };
  const reply = await client.call({ method: 'POST', key, query: { uploadId }, headers, body, signal });
  const text = reply.body.toString('utf8');
  if (!text.includes('<CompleteMultipartUploadResult'))
    throw artifactErrors.artifact_store_failed(
      `The store of artifacts does not complete an upload (${textOf(text, 'Code') ?? 'no reason'}).`,
    );
}

async function abort(client: S3Client, key: string, uploadId: string): Promise<void> {
  await client.call({ method: 'DELETE', key, query: { uploadId }, allowed: [404] });
}

async function readObject(client: S3Client, key: string, range: ByteRange | undefined): Promise<Readable> {
  // As it was stored: a store that compresses would send another length.
  const headers = { 'accept-encoding': 'identity', ...(range && { range: `bytes=${range.start}-${range.end}` }) };
  const reply = await client.stream({ method: 'GET', key, headers });
  if (!range || reply.status === 206) return reply.body;
  reply.body.destroy();
  throw artifactErrors.artifact_store_failed('The store of artifacts sends another part than it was asked for.');
}

async function* pages(client: S3Client, query: Readonly<Record<string, string>>, item: string): AsyncGenerator<ListedPage> {
  let marker: Readonly<Record<string, string>> = {};
  for (;;) {
    const reply = await client.call({ method: 'GET', key: '', query: { ...query, ...marker } });
    const page = listed(reply.body.toString('utf8'), item);
    yield page;
    if (!page.marker) return;
    marker = page.marker;
  }
}

function escaped(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
