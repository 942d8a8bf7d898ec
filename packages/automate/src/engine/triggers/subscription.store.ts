import type { Db, Queryable } from '../../db/index.ts';
import { type JsonObject, newId } from '../../kernel/index.ts';
import type { Subscription } from './trigger-type.ts';

/** A subscription as it is stored. */
export interface StoredSubscription {
  readonly id: string;
  readonly tenant_id: string;
  readonly workflow_id: string;
  readonly type: string;
  readonly config: JsonObject;
  readonly state: JsonObject | null;
  readonly error: string | null;
  readonly activated_at: string | null;
  /** Whether a live version of its workflow has a trigger for it. */
  readonly is_wanted: boolean;
}

const WANTED = `exists (
    select from triggers join workflows on workflows.id = triggers.workflow_id
    where triggers.subscription_id = subscription.id and retired_at is null and is_active and is_live and archived_at is null
  )`;
const COLUMNS = `id, tenant_id, workflow_id, type, config, state, error, activated_at, ${WANTED} as is_wanted`;

/** Those of a workflow, the ones included that are to end. */
export async function subscriptionsOf(db: Queryable, workflowId: string): Promise<StoredSubscription[]> {
  const { rows } = await db.query<StoredSubscription>(
    `select ${COLUMNS} from trigger_subscriptions subscription where workflow_id = $1 order by id`,
    [workflowId],
  );
  return rows;
}

/** Those of the tenant whose workflows are live, of one type. */
export async function activeSubscriptions(transaction: Queryable, type: string): Promise<StoredSubscription[]> {
  const { rows } = await transaction.query<StoredSubscription>(
    `select ${COLUMNS} from trigger_subscriptions subscription where type = $1 and state is not null and ${WANTED} order by id`,
    [type],
  );
  return rows;
}

/** Whether any of its triggers gets, or has got, events by one. */
export async function hasSubscriptions(db: Queryable, workflowId: string): Promise<boolean> {
  const { rows } = await db.query('select from trigger_subscriptions where workflow_id = $1 limit 1', [workflowId]);
  return rows.length > 0;
}

/** Undefined for one that is gone. */
export async function findSubscription(db: Queryable, id: string): Promise<StoredSubscription | undefined> {
  const { rows } = await db.query<StoredSubscription>(`select ${COLUMNS} from trigger_subscriptions subscription where id = $1`, [
    id,
  ]);
  return rows[0];
}

/**
 * The subscriptions for triggers of a new version, in their order: one that says the same as before keeps its own.
 * @param wanted null for a trigger of a type that needs none
 */
export async function keepSubscriptions(
  transaction: Queryable,
  { tenantId, workflowId }: { tenantId: string; workflowId: string },
  wanted: readonly ({ readonly type: string; readonly config: JsonObject } | null)[],
): Promise<(string | null)[]> {
  if (wanted.every((one) => one === null)) return wanted.map(() => null);
  const places = wanted.flatMap((one, place) => (one ? { ...one, place } : []));
  // Two triggers that say the same have a subscription each.
  const { rows } = await transaction.query<{ id: string; place: number }>(
    `with wanted as (
       select *, row_number() over (partition by type, config order by place) as turn
       from jsonb_to_recordset($2::jsonb) as row(place int, type text, config jsonb)
     ), known as (
       select *, row_number() over (partition by type, config order by id) as turn from trigger_subscriptions where workflow_id = $1
     )
     select known.id, wanted.place from wanted join known using (type, config, turn)`,
    [workflowId, JSON.stringify(places)],
  );
  const kept = new Map(rows.map(({ id, place }) => [place, id]));
  const all = wanted.map((one, place) => one && { ...one, id: kept.get(place) ?? newId(), isNew: !kept.has(place) });
  await transaction.query(
    `insert into trigger_subscriptions (id, tenant_id, workflow_id, type, config)
     select id, $2, $3, type, config from jsonb_to_recordset($1::jsonb) as row(id uuid, type text, config jsonb)`,
    [JSON.stringify(all.filter((one) => one?.isNew)), tenantId, workflowId],
  );
  return all.map((one) => one?.id ?? null);
}

export async function noteActive(db: Db, id: string, state: JsonObject): Promise<void> {
  await db.query('update trigger_subscriptions set state = $2, error = null, activated_at = now() where id = $1', [
    id,
    JSON.stringify(state),
  ]);
}

/** It is asked for nowhere any more. One that no trigger of the published version names is removed. */
export async function noteInactive(db: Db, { id, workflow_id }: StoredSubscription): Promise<void> {
  await db.transaction(async (transaction) => {
    // Whoever publishes a version, which may take it up again, has locked the workflow too.
    await transaction.query('select from workflows where id = $1 for update', [workflow_id]);
    const isNamed = 'exists (select from triggers where subscription_id = $1 and retired_at is null)';
    await transaction.query(`delete from trigger_subscriptions where id = $1 and not ${isNamed}`, [id]);
    await transaction.query('update trigger_subscriptions set state = null, error = null, activated_at = null where id = $1', [
      id,
    ]);
  });
}

export async function noteError(db: Db, id: string, error: string): Promise<void> {
  await db.query('update trigger_subscriptions set error = $2 where id = $1', [id, error]);
}

/** As trigger types see it. */
export function toSubscription(stored: StoredSubscription): Subscription {
  return { id: stored.id, tenantId: stored.tenant_id, workflowId: stored.workflow_id, config: stored.config };
}
