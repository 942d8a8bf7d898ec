import type { Queryable } from '../../db/index.ts';

export interface AuditRow {
  readonly tenant_id: string;
  readonly seq: number;
  readonly id: string;
  readonly actor: string;
  readonly action: string;
  readonly target_type: string;
  readonly target_id: string | null;
  /** JSON text, as it was hashed. */
  readonly diff: string;
  readonly trace_id: string;
  readonly address: string | null;
  readonly created_at: string;
  readonly previous: Uint8Array;
  readonly hash: Uint8Array;
}

export interface HeadRow {
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly seal: Uint8Array;
}

/** The end of a tenant's chain, held until the transaction ends; made when absent. */
export async function lockHead(transaction: Queryable, tenantId: string, first: HeadRow): Promise<HeadRow> {
  await transaction.query(
    'insert into audit_heads (tenant_id, seq, hash, seal) values ($1, $2, $3, $4) on conflict (tenant_id) do nothing',
    [tenantId, first.seq, first.hash, first.seal],
  );
  const { rows } = await transaction.query<HeadRow>('select seq, hash, seal from audit_heads where tenant_id = $1 for update', [
    tenantId,
  ]);
  return rows[0] as HeadRow;
}

/** The ends of all chains. */
export async function readHeads(
  db: Queryable,
): Promise<readonly { readonly tenant_id: string; readonly seq: number; readonly hash: Uint8Array }[]> {
  return (
    await db.query<{ tenant_id: string; seq: number; hash: Uint8Array }>(
      'select tenant_id, seq, hash from audit_heads order by tenant_id',
    )
  ).rows;
}

export async function append(transaction: Queryable, row: AuditRow, head: HeadRow): Promise<void> {
  await transaction.query(
    `insert into audit_entries (tenant_id, seq, id, actor, action, target_type, target_id, diff, trace_id, address, created_at, previous, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8::text::json, $9, $10, $11, $12, $13)`,
    [
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
      row.previous,
      row.hash,
    ],
  );
  await transaction.query('update audit_heads set seq = $2, hash = $3, seal = $4 where tenant_id = $1', [
    row.tenant_id,
    head.seq,
    head.hash,
    head.seal,
  ]);
}

export async function readHead(transaction: Queryable, tenantId: string): Promise<HeadRow | undefined> {
  return (await transaction.query<HeadRow>('select seq, hash, seal from audit_heads where tenant_id = $1', [tenantId])).rows[0];
}

export async function entriesAfter(transaction: Queryable, tenantId: string, seq: number, limit: number): Promise<AuditRow[]> {
  const { rows } = await transaction.query<AuditRow>(
    `select tenant_id, seq, id, actor, action, target_type, target_id, diff::text as diff, trace_id, address, created_at, previous, hash
     from audit_entries where tenant_id = $1 and seq > $2 order by seq limit $3`,
    [tenantId, seq, limit],
  );
  return rows;
}

export async function hashOfEntry(transaction: Queryable, tenantId: string, seq: number): Promise<Uint8Array | undefined> {
  const { rows } = await transaction.query<{ hash: Uint8Array }>(
    'select hash from audit_entries where tenant_id = $1 and seq = $2',
    [tenantId, seq],
  );
  return rows[0]?.hash;
}

/** All tenants, and whoever else left entries. */
export async function tenantsWithChains(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select id from tenants union select tenant_id from audit_heads union select distinct tenant_id from audit_entries order by id',
  );
  return rows.map(({ id }) => id);
}
