import type { Db } from '../../db/index.ts';
import { newId } from '../../kernel/index.ts';
import { type ChildRequest, StepError } from '../steps/step-type.ts';
import { findRunnable } from '../workflows/workflow.store.ts';
import type { LoadedExecution } from './execution.ts';
import type { StartedExecution } from './start.ts';

/** Finds what a step wants to run. */
export interface Children {
  /** @throws StepError when there is no such workflow, or executions would start each other without end */
  prepare(parent: LoadedExecution, wanted: ChildRequest, key: string): Promise<StartedExecution>;
}

/** Executions that stand above each other. */
const MAXIMUM_DEPTH = 20;

/** Name of the signal by which the end of an execution is told to the step that waits for it. */
export function childSignal(key: string): string {
  return `${CHILD}${key}`;
}

/** The step that waits for the end of an execution when it waits for this signal. */
export function childStepOf(signal: string | null): string | undefined {
  return signal?.startsWith(CHILD) ? signal.slice(CHILD.length) : undefined;
}

const CHILD = 'child:';

export function createChildren(db: Db): Children {
  return {
    async prepare(parent, { workflow, version, input, isAwaited, onParentEnd = isAwaited ? 'cancel' : 'abandon' }, key) {
      if (parent.depth >= MAXIMUM_DEPTH) {
        throw refused('too_deep', `Executions that start each other may stand ${MAXIMUM_DEPTH} deep: something starts itself.`);
      }
      const found = await findRunnable(db, { tenantId: parent.tenantId, slug: workflow, version });
      if (!found) {
        const which = version === undefined ? '' : ` with a version ${version}`;
        throw refused('workflow_not_found', `There is no workflow "${workflow}"${which}, or it is archived.`);
      }
      const id = newId();
      return {
        id,
        tenantId: parent.tenantId,
        workflowId: found.workflow_id,
        workflowVersion: found.version,
        versionId: found.id,
        eventId: newId(),
        triggerId: null,
        traceId: parent.traceId,
        parentExecutionId: isAwaited || onParentEnd === 'cancel' ? parent.id : null,
        // No two tries of a step wait for one and the same end.
        parentStep: isAwaited ? `${key}#${id}` : null,
        outlivesParent: onParentEnd === 'abandon',
        depth: parent.depth + 1,
        eventType: 'workflow.run',
        source: 'workflow',
        payload: input,
        settings: found.settings,
      };
    },
  };
}

function refused(code: string, detail: string): StepError {
  return new StepError({ code, detail, isRetryable: false });
}
