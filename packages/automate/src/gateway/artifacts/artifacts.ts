import type { Readable } from 'node:stream';
import type { Db, Queryable } from '../../db/index.ts';
import { commonErrors, isUuid } from '../../kernel/index.ts';
import { deleteArtifact, findArtifact, findLinkedArtifact, type StoredArtifact } from './artifact.store.ts';
import { dispositionOf } from './artifact-name.ts';
import { findUsedRoom } from './artifact-room.store.ts';
import type { ByteRange } from './artifact-store.ts';
import { isSafeInline } from './content-type.ts';
import type { ArtifactLinks, SignedLink } from './links.ts';
import type { NewArtifact } from './put.ts';
import { type ArtifactOwner, addReference, removeReferences } from './reference.store.ts';
import type { ArtifactStores } from './stores.ts';
import type { Limits } from './upload-room.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** Files that were sent to us, or that models made. */
    readonly artifacts: Artifacts;
  }
}

/** Which artifact of whom. */
export interface ArtifactPlace {
  readonly tenantId: string;
  readonly id: string;
}

/** Files of tenants. Another tenant's is not found. */
export interface Artifacts {
  /**
   * Keeps a file. One that nothing refers to is deleted after some days.
   * @throws AppError `artifact_too_large`, `artifact_space_used_up`, `artifact_type_mismatch`, `artifact_store_failed`
   */
  put(artifact: NewArtifact): Promise<StoredArtifact>;
  /** @throws AppError `not_found` */
  get(place: ArtifactPlace): Promise<StoredArtifact>;
  /** Its bytes, or a part of them. @throws AppError `not_found`, `artifact_store_failed` */
  open(
    place: ArtifactPlace & { readonly range?: ByteRange },
  ): Promise<{ readonly artifact: StoredArtifact; readonly stream: Readable }>;
  /** An absolute URL that whoever has it may fetch until then. @throws AppError `not_found` */
  link(place: ArtifactPlace & { readonly ttlSeconds?: number }): Promise<string>;
  /** Keeps an artifact for as long as its owner needs it. @throws AppError `not_found` */
  reference(place: ArtifactPlace & { readonly owner: ArtifactOwner; readonly transaction?: Queryable }): Promise<void>;
  /** Lets go of one artifact, or of all that the owner needed. */
  unreference(owned: {
    readonly tenantId: string;
    readonly owner: ArtifactOwner;
    readonly id?: string;
    readonly transaction?: Queryable;
  }): Promise<void>;
  /** @param place `within` is done in the transaction that deletes it @throws AppError `not_found` */
  remove(place: ArtifactPlace & { readonly within?: (transaction: Queryable) => Promise<void> }): Promise<void>;
  /** Whosever it is, when the signature says so. @throws AppError `artifact_link_refused`, `artifact_link_expired`, `not_found` */
  linked(link: SignedLink & { readonly signature: string }): Promise<StoredArtifact>;
  /** How much room a tenant has, and how much of it is taken. */
  space(tenantId: string): Promise<{ readonly used: number; readonly limit: number | null; readonly largest: number }>;
  /** How long links hold. */
  readonly linkSeconds: number;
  /** Bytes of an artifact that was found. */
  read(artifact: StoredArtifact, range?: ByteRange): Promise<Readable>;
  /** Where it is fetched for a while: at its store, or under the path of our own route. */
  linkOf(artifact: StoredArtifact, ttlSeconds?: number): Promise<{ readonly url: string } | { readonly query: string }>;
}

export interface ArtifactsOptions {
  readonly db: Db;
  readonly put: Artifacts['put'];
  readonly stores: ArtifactStores;
  readonly links: ArtifactLinks;
  /** Takes secrets out of a name. */
  readonly redactFor: (tenantId: string) => (value: unknown) => unknown;
  readonly publicUrl: () => string;
  readonly linkSeconds: number;
  readonly limits: (tenantId: string) => Limits | Promise<Limits>;
  /** Of one, by the installation. */
  readonly maxBytes: number;
}

export function createArtifacts(options: ArtifactsOptions): Artifacts {
  const { db, put, stores, links, redactFor, publicUrl, linkSeconds, limits, maxBytes } = options;
  async function get({ tenantId, id }: ArtifactPlace): Promise<StoredArtifact> {
    return (isUuid(id) && (await findArtifact(db, tenantId, id))) || notFound();
  }
  const read: Artifacts['read'] = ({ store, id }, range) => stores.named(store).read(id, range);
  const within = <T>(transaction: Queryable | undefined, work: (transaction: Queryable) => Promise<T>) =>
    transaction ? work(transaction) : db.transaction(work);

  const linkOf: Artifacts['linkOf'] = async (artifact, ttlSeconds = linkSeconds) => {
    const { id, tenant_id, content_type: contentType, store } = artifact;
    const name = String(redactFor(tenant_id)(artifact.name));
    const presentation = { contentType, disposition: dispositionOf(name, isSafeInline(contentType)), ttlSeconds };
    const url = await stores.named(store).presign?.(id, presentation);
    if (url !== undefined) return { url };
    return { query: links.sign({ id, expires: Math.floor(Date.now() / 1_000) + ttlSeconds }) };
  };

  return {
    put,
    get,
    read,
    linkOf,
    linkSeconds,
    async space(tenantId) {
      const { one, all } = await limits(tenantId);
      const used = await db.asTenant(tenantId, (transaction) => findUsedRoom(transaction, tenantId));
      return { used, limit: all.value ?? null, largest: Math.min(maxBytes, one.value ?? maxBytes) };
    },
    async open({ range, ...place }) {
      const artifact = await get(place);
      return { artifact, stream: await read(artifact, range) };
    },
    async link({ ttlSeconds, ...place }) {
      const artifact = await get(place);
      const link = await linkOf(artifact, ttlSeconds);
      return 'url' in link
        ? link.url
        : `${publicUrl().replace(/\/+$/, '')}/api/modal/artifacts/${artifact.id}/content?${link.query}`;
    },
    async linked(link) {
      links.require(link);
      return (isUuid(link.id) && (await findLinkedArtifact(db, link.id))) || notFound();
    },
    async reference({ tenantId, id, owner, transaction }) {
      const isThere = isUuid(id) && (await within(transaction, (inner) => addReference(inner, tenantId, id, owner)));
      if (!isThere) notFound();
    },
    async unreference({ tenantId, owner, id, transaction }) {
      if (id === undefined || isUuid(id)) await within(transaction, (inner) => removeReferences(inner, tenantId, owner, id));
    },
    async remove({ tenantId, id, within: also }) {
      const gone = isUuid(id)
        ? await db.transaction(async (transaction) => {
            const row = await deleteArtifact(transaction, tenantId, id);
            if (row) await also?.(transaction);
            return row;
          })
        : undefined;
      if (!gone) return notFound();
      // After the row: what stays behind belongs to nothing, and the sweep finds it.
      await stores
        .named(gone.store)
        .remove(gone.id)
        .catch(() => undefined);
    },
  };
}

function notFound(): never {
  throw commonErrors.not_found('Nothing of yours has this id.');
}
