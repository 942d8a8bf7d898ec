import type { Queryable } from '../../db/index.ts';
import type { JobHandler } from '../job.ts';
import { versionsOf } from '../store/control.store.ts';

/** How things stand that are followed: as their jobs do, and as each kind of job says that knows more. What nobody knows of is gone. */
export async function allVersionsOf(
  db: Queryable,
  handlers: Iterable<JobHandler>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all([
    versionsOf(db, ids),
    ...[...handlers].flatMap((handler) => (handler.versionsOf ? handler.versionsOf(db, ids) : [])),
  ]);
  const versions = ids.map((id) => [id, found.flatMap((known) => known.get(id) ?? [])] as const);
  return new Map(versions.flatMap(([id, parts]) => (parts.length > 0 ? [[id, parts.join(' ')]] : [])));
}
