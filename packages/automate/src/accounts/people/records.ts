import type { Queryable } from '../../db/index.ts';
import type { Audit, AuditActor } from '../../governance/index.ts';
import type { Client } from './client.ts';
import { membershipsOf } from './member.store.ts';

/** What is written down about people. */
export interface Records {
  record(
    transaction: Queryable,
    actor: AuditActor,
    action: string,
    userId: string,
    diff?: Record<string, unknown>,
  ): Promise<void>;
  /** In each tenant that the person belongs to, since it concerns them all. */
  recordForAll(
    transaction: Queryable,
    user: { readonly id: string },
    client: Client,
    action: string,
    diff?: Record<string, unknown>,
  ): Promise<void>;
  /** That somebody did not come in. */
  recordFailure(
    transaction: Queryable,
    user: { readonly id: string },
    client: Client,
    facts?: Record<string, unknown>,
  ): Promise<void>;
}

export function createRecords(audit: Audit): Records {
  const records: Records = {
    record: (transaction, actor, action, userId, diff = {}) =>
      audit.record(transaction, { ...actor, action, target: { type: 'user', id: userId }, diff }),
    async recordForAll(transaction, { id }, { traceId, address }, action, diff) {
      for (const { tenant_id: tenantId } of await membershipsOf(transaction, id))
        await records.record(transaction, { tenantId, actor: `user:${id}`, traceId, address }, action, id, diff);
    },
    async recordFailure(transaction, { id }, { traceId, address }, facts) {
      const [first] = await membershipsOf(transaction, id);
      if (!first) return;
      const actor = { tenantId: first.tenant_id, actor: 'system', traceId, address };
      await records.record(transaction, actor, 'session.sign_in_failed', id, facts);
    },
  };
  return records;
}
