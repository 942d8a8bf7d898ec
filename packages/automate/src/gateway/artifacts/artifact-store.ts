import type { Readable } from 'node:stream';

/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What is in a store although it may belong to nothing. */
export interface StoredBytes {
  readonly id: string;
  readonly modifiedAt: Date;
}

/** How a file is named and typed by whoever hands it out. */
export interface Presentation {
  readonly contentType: string;
  readonly disposition: string;
}

/** A place for bytes, by the id of their artifact. It knows no tenant: who asks has looked. */
export interface ArtifactStore {
  /** @example 'local' */
  readonly kind: string;
  /**
   * Keeps bytes: all of them are there for good when this returns, and none are when it throws.
   * @throws whatever the source throws; AppError `artifact_store_failed`
   */
  write(id: string, source: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<void>;
  /** @throws AppError `artifact_store_failed` also when they are not there */
  read(id: string, range?: ByteRange): Promise<Readable>;
  /** What is not there is no fault. */
  remove(id: string): Promise<void>;
  /** What is kept in one of the 256 parts of the store. */
  list(shard: string): AsyncIterable<StoredBytes>;
  /** Removes what writers left that died, when it is older than this. */
  clean(before: Date): Promise<void>;
  /** An address at which whoever has it gets the bytes from the store itself. */
  presign?(id: string, options: Presentation & { readonly ttlSeconds: number }): Promise<string>;
  close?(): Promise<void>;
}

export interface WriteOptions {
  readonly contentType: string;
  readonly signal?: AbortSignal | undefined;
}

/** The part of a store in which an artifact is: by the end of its id, which is random where its beginning is the time. */
export function shardOf(id: string): string {
  return id.slice(-2).toLowerCase();
}

export const shards: readonly string[] = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));
