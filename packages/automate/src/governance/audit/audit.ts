import type { Db, Queryable } from '../../db/index.ts';
import { newId, type Redactor } from '../../kernel/index.ts';
import type { AuditAction } from './actions.ts';
import { append, lockHead } from './audit.store.ts';
import { GENESIS, hashRow, sealHead } from './chain.ts';
import type { KeptHead, Verification } from './schemas.ts';
import { verifyChains } from './verify.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly audit: Audit;
  }
}

/** Who does something, and where from. */
export interface AuditActor {
  readonly tenantId: string;
  /** `user:<id>`, `api_key:<id>`, `link` (whoever has the link of an approval) or `system`. */
  readonly actor: string;
  readonly traceId: string;
  /** The client's IP address; null when nobody called from outside. */
  readonly address: string | null;
}

export interface AuditEntry extends AuditActor {
  /** `noun.verb`, for example `secret.rotate`. */
  readonly action: string;
  readonly target: { readonly type: string; readonly id: string | null };
  /** What changed, `{ before?, after? }` or facts; redacted before it is stored. */
  readonly diff?: Readonly<Record<string, unknown>>;
}

/** The record of what was done by whom. */
export interface Audit {
  /**
   * Adds an entry in the transaction of the change itself: when it cannot be written, the change does not happen.
   * Works under the role of a tenant and under that of the system.
   * @example
   * await db.asTenant(actor.tenantId, async (transaction) => {
   *   await removeSecret(transaction, id);
   *   await audit.record(transaction, { ...actor, action: 'secret.delete', target: { type: 'secret', id } });
   * });
   */
  record(transaction: Queryable, entry: AuditEntry): Promise<void>;
  /** Checks the chains of these tenants, or of all. @param kept ends of before, which must still be in their chains */
  verify(tenantIds?: readonly string[], kept?: readonly KeptHead[]): Promise<Verification>;
}

export interface AuditOptions {
  readonly db: Db;
  /** The installation's key for the chain; 32 bytes. */
  key(): Uint8Array;
  readonly redactFor: (tenantId: string) => Redactor;
  /** What can be recorded. */
  readonly actions: readonly AuditAction[];
}

/** The record, for the actions that features declare. */
export function createAudit({ db, key, redactFor, actions }: AuditOptions): Audit {
  const known = new Set(actions.map(({ name }) => name));
  return {
    verify: (tenantIds, kept) => verifyChains(db, key(), { tenantIds, kept }),
    async record(transaction, entry) {
      if (!known.has(entry.action))
        throw new TypeError(`No feature declares the action "${entry.action}" in its "auditActions".`);
      const secret = key();
      const { tenantId } = entry;
      const last = await lockHead(transaction, tenantId, sealHead(secret, tenantId, 0, GENESIS));
      const row = {
        tenant_id: tenantId,
        seq: last.seq + 1,
        id: newId(),
        actor: entry.actor,
        action: entry.action,
        target_type: entry.target.type,
        target_id: entry.target.id,
        diff: JSON.stringify(redactFor(tenantId)(entry.diff ?? {})),
        trace_id: entry.traceId,
        address: entry.address,
        created_at: new Date().toISOString(),
        previous: Buffer.from(last.hash),
      };
      const hash = hashRow(secret, row);
      await append(transaction, { ...row, hash }, sealHead(secret, tenantId, row.seq, hash));
    },
  };
}
