import { isDeepStrictEqual } from 'node:util';
import { attempt, type Queryable } from '../../db/index.ts';
import { AppError } from '../../kernel/index.ts';
import type { Actor } from '../actor.ts';
import { requireErrorWorkflow } from './error-workflow-check.ts';
import { requireWorkflow } from './found-workflow.ts';
import { storeUpdate, storeWorkflow } from './store-workflow.ts';
import { findBySlug, portableWorkflows } from './workflow.store.ts';
import type { ImportedWorkflow, WorkflowInput, WorkflowServiceOptions } from './workflow-types.ts';

/** Ends a transaction whose work was done to see what comes of it. */
const TAKEN_BACK = Symbol('taken back');

export interface ImportOptions extends Pick<WorkflowServiceOptions, 'db' | 'policies' | 'registry'> {
  /** Whether to store nothing. */
  readonly isDry: boolean;
  /** What can be said of a workflow before it is stored. @throws AppError for what is wrong with it */
  check(input: WorkflowInput): Promise<void>;
  /** Called when a new version of a workflow was stored. @throws AppError for what keeps it from being published */
  onUpdated(transaction: Queryable, id: string, input: WorkflowInput): Promise<void>;
}

/**
 * Creates workflows and, where the slug is known, stores new versions, all in one transaction; a workflow that already is as given
 * stays. What is wrong with one is told, and then nothing is stored.
 */
export async function importWorkflows(
  options: ImportOptions,
  actor: Actor,
  inputs: readonly WorkflowInput[],
): Promise<ImportedWorkflow[]> {
  const outcomes: ImportedWorkflow[] = [];
  const wrong = new Map<WorkflowInput, AppError>();
  for (const input of inputs) await options.check(input).catch((error: unknown) => wrong.set(input, requireFault(error)));
  const storeAll = async (transaction: Queryable): Promise<void> => {
    for (const input of inputs) {
      try {
        const error = wrong.get(input);
        if (error) throw error;
        outcomes.push(await attempt(transaction, () => importOne(options, transaction, actor, input)));
      } catch (error) {
        outcomes.push({ status: 'failed', id: null, error: requireFault(error) });
      }
    }
    await checkImported(transaction, inputs, outcomes);
    if (options.isDry || outcomes.some(({ status }) => status === 'failed')) throw TAKEN_BACK;
  };
  await options.db.asTenant(actor.tenantId, storeAll).catch((error: unknown) => {
    if (error !== TAKEN_BACK) throw error;
  });
  return outcomes;
}

async function importOne(
  options: ImportOptions,
  transaction: Queryable,
  actor: Actor,
  input: WorkflowInput,
): Promise<ImportedWorkflow> {
  const known = input.slug === undefined ? undefined : await findBySlug(transaction, input.slug);
  if (!known) return { status: 'created', id: (await storeWorkflow(options, transaction, actor, { input, isImport: true })).id };
  const [before] = await portableWorkflows(transaction, [known.id]);
  const wanted = { ...before, ...input };
  if (isDeepStrictEqual(wanted, before)) return { status: 'unchanged', id: known.id };
  await storeUpdate(options, transaction, actor, { id: known.id, input, isImport: true });
  await options.onUpdated(transaction, known.id, input);
  return { status: 'updated', id: known.id };
}

/** Workflows of one import may name each other, in any order. */
async function checkImported(
  transaction: Queryable,
  inputs: readonly WorkflowInput[],
  outcomes: ImportedWorkflow[],
): Promise<void> {
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status !== 'created' && outcome.status !== 'updated') continue;
    const { slug } = await requireWorkflow(transaction, outcome.id, 'read');
    await requireErrorWorkflow(transaction, inputs[index] as WorkflowInput, slug).catch((error: unknown) => {
      outcomes[index] = { status: 'failed', id: null, error: requireFault(error) };
    });
  }
}

/** What is wrong with what was given; anything else is thrown on. */
function requireFault(error: unknown): AppError {
  if (!AppError.is(error) || error.status >= 500) throw error;
  return error;
}
