import type { Queryable } from '../../db/index.ts';
import type { Audit } from '../../governance/index.ts';
import type { Client } from './client.ts';
import type { UserRow } from './person.store.ts';
import { markDoubted, markProven, voidCredentials } from './proof.store.ts';
import type { Records } from './records.ts';

/** How somebody has shown that an address is theirs. */
export type ProofWay = 'oidc' | 'mail';

/**
 * Who an account belongs to: whoever its address belongs to. An address is proven by a provider that vouches for it, or by a
 * link that was mailed there and shown to nobody; what others could have put into the account before is void from then on.
 * Call these under a lock of the user's row, and announce sessions and keys after the commit.
 */
export interface Proof {
  /** The owner of the address has come. Does nothing where that was known. */
  prove(transaction: Queryable, user: UserRow, client: Client, way: ProofWay): Promise<void>;
  /** What follows is done by somebody who may not be the owner, with a link that others have seen. */
  doubt(transaction: Queryable, user: UserRow): Promise<void>;
  /** Takes from an account whose address is not proven what others could have put into it. @param reason as the record tells it */
  clear(transaction: Queryable, user: UserRow, client: Client, reason: ProofWay | 'invitation'): Promise<void>;
}

export function createProof({ audit, records }: { audit: Audit; records: Records }): Proof {
  const proof: Proof = {
    async prove(transaction, user, client, way) {
      if (user.email_verified) return;
      await proof.clear(transaction, user, client, way);
      await markProven(transaction, user.id);
    },
    doubt: (transaction, user) => markDoubted(transaction, user.id),
    async clear(transaction, user, client, reason) {
      const { keys, hadPassword, hadSecondFactor, sessions } = await voidCredentials(transaction, user.id);
      // Under no name that redaction takes for a secret's.
      const diff = { reason, had_password: hadPassword, had_second_factor: hadSecondFactor, sessions, revoked: keys.length };
      await records.recordForAll(transaction, user, client, 'user.clear', diff);
      for (const { id, tenant_id: tenantId } of keys) {
        const actor = { tenantId, actor: `user:${user.id}`, traceId: client.traceId, address: client.address };
        const target = { type: 'api_key', id };
        await audit.record(transaction, { ...actor, action: 'api_key.revoke', target, diff: { because_of: user.id } });
      }
    },
  };
  return proof;
}
