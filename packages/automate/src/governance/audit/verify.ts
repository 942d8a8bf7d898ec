import { type Db, type Queryable, readOneMoment } from '../../db/index.ts';
import { type AuditRow, entriesAfter, type HeadRow, hashOfEntry, readHead, tenantsWithChains } from './audit.store.ts';
import { GENESIS, hashRow, isSame, sealHead } from './chain.ts';
import type { KeptHead, Verification } from './schemas.ts';

type Break = Verification['breaks'][number];

const BATCH = 1_000;

/**
 * Walks chains from their first entry to their sealed end and tells where each is broken first.
 * @param tenantIds undefined: all tenants, those without a chain too
 * @param kept ends of chains of before, which must still be in them
 */
export async function verifyChains(
  db: Db,
  key: Uint8Array,
  { tenantIds, kept = [] }: { tenantIds?: readonly string[] | undefined; kept?: readonly KeptHead[] | undefined } = {},
): Promise<Verification> {
  const wanted = tenantIds ?? [...new Set([...(await tenantsWithChains(db)), ...kept.map(({ tenantId }) => tenantId)])];
  const result = { checked: 0, heads: [] as Verification['heads'], breaks: [] as Break[] };
  for (const tenantId of wanted) {
    await db.asTenant(tenantId, async (transaction) => {
      // Entries that are added meanwhile are either seen with their head or not at all.
      await readOneMoment(transaction);
      const { checked, head, found: broken } = await verifyChain(transaction, key, tenantId);
      const found = broken ?? (await problemOfKept(transaction, tenantId, kept));
      result.checked += checked;
      if (head) result.heads.push({ tenant_id: tenantId, seq: head.seq, hash: Buffer.from(head.hash).toString('hex') });
      if (found) result.breaks.push({ tenant_id: tenantId, ...found });
    });
  }
  return { valid: result.breaks.length === 0, ...result };
}

type Found = Omit<Break, 'tenant_id'>;

async function verifyChain(transaction: Queryable, key: Uint8Array, tenantId: string) {
  const head = await readHead(transaction, tenantId);
  let last = { seq: 0, hash: GENESIS as Uint8Array };
  let checked = 0;
  for (;;) {
    const batch = await entriesAfter(transaction, tenantId, last.seq, BATCH);
    for (const row of batch) {
      checked += 1;
      const found = problemOf(row, last, key);
      if (found) return { checked, head, found };
      last = { seq: row.seq, hash: row.hash };
    }
    if (batch.length < BATCH) return { checked, head, found: problemOfHead(head, last, key, tenantId) };
  }
}

function problemOf(row: AuditRow, last: { seq: number; hash: Uint8Array }, key: Uint8Array): Found | undefined {
  const expected = last.seq + 1;
  if (row.seq !== expected) {
    return { seq: expected, problem: 'missing', detail: `Entry ${expected} is missing; the next one is ${row.seq}.` };
  }
  const isOwn = isSame(hashRow(key, row), row.hash);
  if (!isOwn) {
    const detail = `Entry ${row.seq} was changed, or was not written by this installation.`;
    return { seq: row.seq, problem: 'altered', detail };
  }
  if (!isSame(row.previous, last.hash)) {
    return { seq: row.seq, problem: 'altered', detail: `Entry ${row.seq} does not follow the one that stands before it.` };
  }
  return undefined;
}

function problemOfHead(
  head: HeadRow | undefined,
  last: { seq: number; hash: Uint8Array },
  key: Uint8Array,
  tenantId: string,
): Found | undefined {
  if (!head) {
    const detail = 'The tenant has no chain, not even the entry that each begins with.';
    return { seq: last.seq, problem: last.seq === 0 ? 'chain_missing' : 'head_altered', detail };
  }
  if (!isSame(sealHead(key, tenantId, head.seq, head.hash).seal, head.seal)) {
    return { seq: head.seq, problem: 'head_altered', detail: 'The end of the chain was not sealed by this installation.' };
  }
  if (last.seq < head.seq) {
    const detail = `The chain ends with entry ${last.seq}, and ${head.seq} were written.`;
    return { seq: last.seq + 1, problem: 'missing', detail };
  }
  if (last.seq > head.seq) {
    return { seq: head.seq + 1, problem: 'inserted', detail: `Entry ${head.seq + 1} stands behind the end of the chain.` };
  }
  if (!isSame(last.hash, head.hash)) {
    return { seq: last.seq, problem: 'head_altered', detail: 'The end of the chain names another last entry.' };
  }
  return undefined;
}

/** A chain that holds in itself may still be an older one, put back with its end: what was the end once must be in it. */
async function problemOfKept(transaction: Queryable, tenantId: string, kept: readonly KeptHead[]): Promise<Found | undefined> {
  const ends = kept.filter((head) => head.tenantId === tenantId).toSorted((left, right) => left.seq - right.seq);
  for (const { seq, hash } of ends) {
    const own = await hashOfEntry(transaction, tenantId, seq);
    if (!own) return { seq, problem: 'missing', detail: `Entry ${seq} was the last one once, and the chain ends before it.` };
    if (!isSame(own, Buffer.from(hash, 'hex')))
      return { seq, problem: 'rewritten', detail: `Entry ${seq} is another than the one that was the last once.` };
  }
  return undefined;
}
