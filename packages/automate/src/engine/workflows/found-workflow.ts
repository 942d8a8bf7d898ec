import type { Queryable } from '../../db/index.ts';
import { commonErrors, isUnchanged } from '../../kernel/index.ts';
import { engineErrors } from '../errors.ts';
import { findVersion, findWorkflow, type VersionRow, type WorkflowRow } from './workflow.store.ts';
import type { Seen, WorkflowDetail } from './workflow-types.ts';

/** @throws AppError `workflow_not_found` */
export async function requireWorkflow(transaction: Queryable, id: string, lock: 'lock' | 'read'): Promise<WorkflowRow> {
  const workflow = await findWorkflow(transaction, id, lock);
  if (!workflow) throw engineErrors.workflow_not_found('There is no workflow with this id.');
  return workflow;
}

/** Locked, and still open to changes. @throws AppError `workflow_not_found`, `workflow_archived`, `precondition_failed` */
export async function lockOpen(transaction: Queryable, id: string, seen?: Seen): Promise<WorkflowRow> {
  const workflow = await requireWorkflow(transaction, id, 'lock');
  requireUnchanged(workflow, seen);
  if (workflow.archived_at) throw engineErrors.workflow_archived('An archived workflow cannot be changed.');
  return workflow;
}

/** @throws AppError `workflow_version_not_found` */
export async function requireVersion(transaction: Queryable, workflowId: string, version: number): Promise<VersionRow> {
  const found = await findVersion(transaction, workflowId, version);
  if (!found) throw engineErrors.workflow_version_not_found(`The workflow has no version ${version}.`);
  return found;
}

/** A workflow with its published version. */
export async function detailOf(transaction: Queryable, id: string): Promise<WorkflowDetail> {
  const { tenant_id: _, ...workflow } = await requireWorkflow(transaction, id, 'read');
  const { graph, triggers, settings } = await requireVersion(transaction, id, workflow.workflow_version);
  return { ...workflow, graph, triggers, settings };
}

/** @throws AppError `precondition_failed` when it has changed since the caller saw it */
export function requireUnchanged(workflow: WorkflowRow, seen: Seen): void {
  if (seen && !isUnchanged(seen, { ...workflow })) {
    throw commonErrors.precondition_failed('The workflow has been changed meanwhile: get it again.');
  }
}
