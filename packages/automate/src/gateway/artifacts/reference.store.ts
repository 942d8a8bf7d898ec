import type { Queryable } from '../../db/index.ts';

/** Something that needs artifacts, as `job` and its id. */
export interface ArtifactOwner {
  readonly kind: string;
  readonly id: string;
}

/** Whether there was such an artifact. Who adds and who removes references to one wait for each other. */
export async function addReference(
  transaction: Queryable,
  tenantId: string,
  artifactId: string,
  owner: ArtifactOwner,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `update gateway.artifacts set unreferenced_since = null
     where id = $2 and tenant_id = $1 and (expires_at is null or expires_at > now())`,
    [tenantId, artifactId],
  );
  if (rowCount === 0) return false;
  await transaction.query(
    `insert into gateway.artifact_references (artifact_id, tenant_id, owner_kind, owner_id) values ($2, $1, $3, $4) on conflict do nothing`,
    [tenantId, artifactId, owner.kind, owner.id],
  );
  return true;
}

/** @param artifactId undefined: all that the owner refers to */
export async function removeReferences(
  transaction: Queryable,
  tenantId: string,
  owner: ArtifactOwner,
  artifactId: string | undefined,
): Promise<void> {
  const { rows } = await transaction.query<{ id: string }>(
    `select id from gateway.artifacts where tenant_id = $1 and id in (
       select artifact_id from gateway.artifact_references
       where tenant_id = $1 and owner_kind = $2 and owner_id = $3 and ($4::uuid is null or artifact_id = $4::uuid)
     ) order by id for update`,
    [tenantId, owner.kind, owner.id, artifactId ?? null],
  );
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return;
  await transaction.query(
    'delete from gateway.artifact_references where artifact_id = any($1::uuid[]) and owner_kind = $2 and owner_id = $3',
    [ids, owner.kind, owner.id],
  );
  await transaction.query(
    `update gateway.artifacts a set unreferenced_since = now()
     where id = any($1::uuid[]) and not exists (select from gateway.artifact_references r where r.artifact_id = a.id)`,
    [ids],
  );
}
