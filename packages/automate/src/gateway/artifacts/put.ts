import { Readable } from 'node:stream';
import type { Db } from '../../db/index.ts';
import { type Logger, newId } from '../../kernel/index.ts';
import { insertArtifact, type StoredArtifact } from './artifact.store.ts';
import { artifactName } from './artifact-name.ts';
import { contentTypeOf } from './content-type.ts';
import { measure } from './measured.ts';
import type { ArtifactStores } from './stores.ts';
import { type Limits, openRoom } from './upload-room.ts';

/** A file to keep. */
export interface NewArtifact {
  readonly tenantId: string;
  /** Whatever somebody calls it. */
  readonly name?: string | undefined;
  /** As declared; what it begins with says more. */
  readonly contentType?: string | undefined;
  readonly source: Readable | AsyncIterable<Uint8Array> | Uint8Array;
  /** How long it will be, where that is known. */
  readonly expectedBytes?: number | undefined;
  /** What made it, as `call` and its id. */
  readonly origin: { readonly kind: string; readonly id?: string | undefined };
  readonly traceId: string;
  /** It is deleted then, whatever refers to it. */
  readonly expiresAt?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PutOptions {
  readonly db: Db;
  readonly stores: ArtifactStores;
  readonly limits: (tenantId: string) => Limits | Promise<Limits>;
  /** Of the installation. */
  readonly maxBytes: number;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Keeps a file: first its bytes, then its row, so that there is never a row without bytes. */
export function createPut({ db, stores, limits, maxBytes, logger }: PutOptions) {
  return async (given: NewArtifact): Promise<StoredArtifact> => {
    const { tenantId, signal } = given;
    const id = newId();
    const source = given.source instanceof Uint8Array ? once(given.source) : given.source;
    const expectedBytes = given.source instanceof Uint8Array ? given.source.byteLength : given.expectedBytes;
    const room = openRoom(db, { tenantId, id }, { limits: await limits(tenantId), maxBytes, expectedBytes });
    const { current: store } = stores;
    let isBegun = false;
    try {
      // What is announced and does not fit is not read.
      if (expectedBytes !== undefined) await room.take(expectedBytes);
      const measured = await measure(source, { room, signal });
      const name = artifactName(given.name);
      const contentType = contentTypeOf({ declared: given.contentType, name, head: measured.head });
      isBegun = true;
      await store.write(id, measured.bytes, { contentType, signal });
      const { bytes, sha256 } = measured.facts();
      return await db.transaction(async (transaction) => {
        await room.settle(transaction, bytes);
        return insertArtifact(transaction, {
          id,
          tenant_id: tenantId,
          name,
          content_type: contentType,
          bytes,
          sha256,
          origin_kind: given.origin.kind,
          origin_id: given.origin.id ?? null,
          trace_id: given.traceId,
          store: store.kind,
          expires_at: given.expiresAt?.toISOString() ?? null,
        });
      });
    } catch (error) {
      if (source instanceof Readable) source.destroy();
      // Where this fails too, the sweep finds them.
      const clearing = [room.release(), isBegun && store.remove(id)];
      for (const cleared of await Promise.allSettled(clearing))
        if (cleared.status === 'rejected') logger.warn({ error: cleared.reason }, 'an upload that failed left something');
      throw error;
    }
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
