import type { Queryable } from '../../db/index.ts';

/** An artifact as it is stored; times as ISO text. */
export interface StoredArtifact {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly content_type: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly origin_kind: string;
  readonly origin_id: string | null;
  readonly trace_id: string;
  readonly store: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly unreferenced_since: string | null;
}
export type NewStoredArtifact = Omit<StoredArtifact, 'created_at' | 'unreferenced_since'>;

const COLUMNS =
  'id, tenant_id, name, content_type, bytes, sha256, origin_kind, origin_id, trace_id, store, created_at, expires_at, unreferenced_since';
const IS_THERE = '(expires_at is null or expires_at > now())';

export async function insertArtifact(transaction: Queryable, row: NewStoredArtifact): Promise<StoredArtifact> {
  const { rows } = await transaction.query<StoredArtifact>(
    `insert into gateway.artifacts (id, tenant_id, name, content_type, bytes, sha256, origin_kind, origin_id, trace_id, store, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning ${COLUMNS}`,
    [
      row.id,
      row.tenant_id,
      row.name,
      row.content_type,
      row.bytes,
      row.sha256,
      row.origin_kind,
      row.origin_id,
      row.trace_id,
      row.store,
      row.expires_at,
    ],
  );
  await addToTotal(transaction, row.tenant_id, row.bytes);
  return rows[0] as StoredArtifact;
}

export async function findArtifact(db: Queryable, tenantId: string, id: string): Promise<StoredArtifact | undefined> {
  const { rows } = await db.query<StoredArtifact>(
    `select ${COLUMNS} from gateway.artifacts where id = $2 and tenant_id = $1 and ${IS_THERE}`,
    [tenantId, id],
  );
  return rows[0];
}

/** Whosever it is: for links, whose signature says that they may. */
export async function findLinkedArtifact(db: Queryable, id: string): Promise<StoredArtifact | undefined> {
  const { rows } = await db.query<StoredArtifact>(`select ${COLUMNS} from gateway.artifacts where id = $1 and ${IS_THERE}`, [id]);
  return rows[0];
}

export async function deleteArtifact(transaction: Queryable, tenantId: string, id: string): Promise<StoredArtifact | undefined> {
  await lockTotals(transaction, [tenantId]);
  const { rows } = await transaction.query<StoredArtifact>(
    `delete from gateway.artifacts where id = $2 and tenant_id = $1 returning ${COLUMNS}`,
    [tenantId, id],
  );
  const [row] = rows;
  if (row) await addToTotal(transaction, tenantId, -row.bytes);
  return row;
}

/** Artifacts whose time is over. @param unreferencedDays null: those that nothing refers to stay */
export async function findOutdated(
  db: Queryable,
  unreferencedDays: number | null,
  most: number,
): Promise<{ id: string; tenant_id: string }[]> {
  const { rows } = await db.query<{ id: string; tenant_id: string }>(
    `(select id, tenant_id from gateway.artifacts where expires_at <= now() order by expires_at limit $2)
     union (select id, tenant_id from gateway.artifacts where unreferenced_since <= now() - make_interval(days => $1::int) order by unreferenced_since limit $2)`,
    [unreferencedDays, most],
  );
  return rows;
}

/** Deletes those among them whose time is still over: something may refer to one by now. */
export async function deleteOutdated(
  transaction: Queryable,
  found: readonly { readonly id: string; readonly tenant_id: string }[],
  unreferencedDays: number | null,
): Promise<Pick<StoredArtifact, 'id' | 'store'>[]> {
  await lockTotals(transaction, [...new Set(found.map((row) => row.tenant_id))]);
  const { rows } = await transaction.query<Pick<StoredArtifact, 'id' | 'store' | 'tenant_id' | 'bytes'>>(
    `delete from gateway.artifacts where id = any($1::uuid[])
       and (expires_at <= now() or unreferenced_since <= now() - make_interval(days => $2::int)) returning id, store, tenant_id, bytes`,
    [found.map(({ id }) => id), unreferencedDays],
  );
  for (const [tenantId, gone] of Map.groupBy(rows, (row) => row.tenant_id))
    await addToTotal(transaction, tenantId, -gone.reduce((sum, row) => sum + row.bytes, 0));
  return rows;
}

/** Which of these ids are of artifacts in the store. */
export async function knownIds(db: Queryable, store: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>('select id from gateway.artifacts where id = any($1::uuid[]) and store = $2', [
    ids,
    store,
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** Always in one order, so that two who lock several do not wait for each other. */
async function lockTotals(transaction: Queryable, tenantIds: readonly string[]): Promise<void> {
  await transaction.query(
    'select tenant_id from gateway.artifact_totals where tenant_id = any($1::uuid[]) order by tenant_id for update',
    [tenantIds],
  );
}

async function addToTotal(transaction: Queryable, tenantId: string, bytes: number): Promise<void> {
  await transaction.query('update gateway.artifact_totals set bytes = bytes + $2 where tenant_id = $1', [tenantId, bytes]);
}
