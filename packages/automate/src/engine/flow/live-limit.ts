import type { Queryable } from '../../db/index.ts';
import { changeCapacity } from '../../jobs/index.ts';
import type { WorkflowSettings } from '../schemas.ts';
import { slotMembers } from './concurrency.store.ts';

/**
 * Makes the limit of a version that is published hold for the executions that are there too: a higher one lets those go that wait, none
 * lets all go. A lower one ends nothing that runs.
 */
export async function applyLimit(
  transaction: Queryable,
  { tenantId, workflowId, settings }: { tenantId: string; workflowId: string; settings: WorkflowSettings },
): Promise<void> {
  await changeCapacity(transaction, await slotMembers(transaction, { tenantId, workflowId }), settings.concurrency?.limit);
}
