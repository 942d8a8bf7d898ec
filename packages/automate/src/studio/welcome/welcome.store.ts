import type { Db } from '../../db/index.ts';

/** What has been done in a tenant of what one does first. */
export interface FirstSteps {
  readonly has_executions: boolean;
  /** The latest that has come to its end. */
  readonly ended_execution_id: string | null;
  /** One of the latest events came from outside. */
  readonly has_sent_event: boolean;
  readonly has_keys: boolean;
  readonly has_others: boolean;
  readonly sample_id: string | null;
}

/** Looks at the first rows of each, whatever there is. @param slug of the sample workflow @param source that the Studio itself sends events from */
export async function firstSteps(
  db: Db,
  tenantId: string,
  { slug, source }: { slug: string; source: string },
): Promise<FirstSteps> {
  const { rows } = await db.asTenant(tenantId, (transaction) =>
    transaction.query<FirstSteps>(
      `select exists (select from executions where tenant_id = $1) as has_executions,
         (select id from (select id, finished_at from executions where tenant_id = $1 order by id desc limit 100) as latest
          where finished_at is not null order by id desc limit 1) as ended_execution_id,
         exists (select from (select event_type, source, is_internal from events where tenant_id = $1 order by id desc limit 1000) as latest
          where not is_internal and event_type <> 'workflow.run' and source not in ($3, 'workflow', 'replay')) as has_sent_event,
         exists (select from api_keys where tenant_id = $1 and created_by is not null) as has_keys,
         (exists (select from members where tenant_id = $1 offset 1) or exists (select from invitations where tenant_id = $1)) as has_others,
         (select id from workflows where tenant_id = $1 and slug = $2 and archived_at is null) as sample_id`,
      [tenantId, slug, source],
    ),
  );
  return rows[0] as FirstSteps;
}
