import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditRow, HeadRow } from './audit.store.ts';

/** What the first entry of a chain follows. */
export const GENESIS = Buffer.alloc(32);

/** HMAC-SHA-256 over everything a row says and the hash of the row before it. */
export function hashRow(key: Uint8Array, row: Omit<AuditRow, 'hash'>): Buffer {
  const facts = [
    'entry',
    row.tenant_id,
    row.seq,
    row.id,
    row.actor,
    row.action,
    row.target_type,
    row.target_id,
    row.diff,
    row.trace_id,
    row.address,
    row.created_at,
    Buffer.from(row.previous).toString('hex'),
  ];
  return createHmac('sha256', key).update(JSON.stringify(facts)).digest();
}

/** The end of a chain, sealed: without the key nobody can declare an earlier entry the last one. */
export function sealHead(key: Uint8Array, tenantId: string, seq: number, hash: Uint8Array): HeadRow {
  const facts = JSON.stringify(['head', tenantId, seq, Buffer.from(hash).toString('hex')]);
  return { seq, hash, seal: createHmac('sha256', key).update(facts).digest() };
}

export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
