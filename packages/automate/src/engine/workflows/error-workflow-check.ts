import type { Queryable } from '../../db/index.ts';
import { invalidInput } from '../../kernel/index.ts';
import type { WorkflowSettings } from '../schemas.ts';
import { findBySlug } from './workflow.store.ts';

/**
 * Whether the workflow that is to be started when this one fails is there, and another one.
 * @param slug of the workflow that is saved
 * @throws AppError `invalid_input` with a pointer to the setting
 */
export async function requireErrorWorkflow(
  transaction: Queryable,
  { settings }: { readonly settings?: WorkflowSettings | undefined },
  slug: string,
): Promise<void> {
  const wanted = settings?.error_workflow;
  if (wanted === undefined) return;
  if (wanted === slug) throw refused('own_workflow', 'is the workflow itself: name another one');
  if (!(await findBySlug(transaction, wanted)))
    throw refused('unknown_workflow', `names the workflow "${wanted}", which is not there or archived: make it first`);
}

function refused(code: string, message: string) {
  return invalidInput([{ pointer: '/settings/error_workflow', code, message }]);
}
