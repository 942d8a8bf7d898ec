/** A reply with what came around its data. */
export interface Reply<Data> {
  readonly data: Data;
  /** 304 when `ifNoneMatch` still held; `data` is then undefined. */
  readonly status: number;
  readonly headers: Headers;
  /** Version of the object, for `ifMatch` and `ifNoneMatch`. */
  readonly etag: string | undefined;
  readonly traceId: string | undefined;
}

/**
 * A call under way: a promise of its data, or of the whole reply.
 * @example
 * const { data, etag } = await automate.workflows.retrieve(id).withResponse();
 */
export interface Call<Data> extends Promise<Data> {
  withResponse(): Promise<Reply<Data>>;
}

/** What a list gives: some rows, and where others are. */
export interface PageOf<Row> {
  readonly results: Row[];
  readonly next: string | null;
  readonly previous: string | null;
  /** Rows in all pages; only with `count: true`. */
  readonly count?: number;
}

/** Where a page starts; the iterators fill it in. */
type Position = 'cursor';

/** The query of an iterator: that of the list, whose `limit` is the rows of a page. */
export type IterateQuery<Query> = Omit<Query, Position>;

/** Bytes to send: a CSV text, a file, a form. */
export type Upload = string | Blob | FormData | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** A query without parameters. */
export type NoQuery = Readonly<Record<string, never>>;

/** Makes a call of a promised reply. */
export function toCall<Data>(pending: Promise<Reply<Data>>): Call<Data> {
  const data = pending.then((reply) => reply.data);
  return Object.assign(data, {
    withResponse(): Promise<Reply<Data>> {
      // The caller handles a rejection of the reply; the same one of the unused data is not a second failure.
      data.catch(() => undefined);
      return pending;
    },
  });
}
