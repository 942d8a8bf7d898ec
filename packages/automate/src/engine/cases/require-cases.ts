import type { Queryable } from '../../db/index.ts';
import type { Audit, AuditActor } from '../../governance/index.ts';
import { type AppError, toPointer } from '../../kernel/index.ts';
import { engineErrors } from '../errors.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { CaseRow } from './case.store.ts';
import { type Judged, judgeCases, type Outcome } from './judge.ts';

export interface FailedCase extends CaseRow {
  readonly outcome: Outcome;
}

/** Cases of which the version says something else than they do. */
export async function failedCases(
  cases: readonly CaseRow[],
  version: Judged,
  registry: StepRegistry,
): Promise<readonly FailedCase[]> {
  const outcomes = await judgeCases(cases, version, registry);
  return cases.flatMap((one, index) => {
    const outcome = outcomes[index] as Outcome;
    return outcome.passed ? [] : [{ ...one, outcome }];
  });
}

/** How a version is published although cases fail. */
export interface Override {
  readonly isIgnored: boolean;
  /** Who is recorded to have done so. */
  readonly by?: AuditActor | undefined;
}

/** @throws AppError `cases_failed` naming them, unless they are ignored */
export function requirePassed(failed: readonly FailedCase[], { isIgnored }: Override): void {
  if (failed.length > 0 && !isIgnored) throw casesFailed(failed);
}

/** Records that a version was published although cases fail. */
export async function recordIgnored(
  audit: Pick<Audit, 'record'>,
  transaction: Queryable,
  { by }: Override,
  { workflowId, version, failed }: { workflowId: string; version: number; failed: readonly FailedCase[] },
): Promise<void> {
  if (failed.length === 0 || !by) return;
  const diff = { version, failed: failed.map(({ name }) => name) };
  await audit.record(transaction, { ...by, action: 'workflow.ignore_cases', target: { type: 'workflow', id: workflowId }, diff });
}

function casesFailed(failed: readonly FailedCase[]): AppError {
  const errors = failed.map((one) => ({ pointer: toPointer(['cases', one.name]), code: 'case_failed', message: wordsOf(one) }));
  const detail = `${failed.length === 1 ? 'A case fails' : `${failed.length} cases fail`}: change the version or the cases, or publish with "ignore_cases".`;
  return engineErrors.cases_failed(detail, { errors });
}

function wordsOf({ name, step, matches, outcome }: FailedCase): string {
  if (outcome.error !== null) return `"${name}" could not be decided: ${outcome.error}`;
  if (step !== null) return `"${name}": the condition of "${step}" was to be ${matches}, and is ${outcome.matched}`;
  return `"${name}" was to start ${matches ? 'an execution, and starts none' : 'nothing, and starts an execution'}`;
}
