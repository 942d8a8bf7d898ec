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
  return `child:${key}`;
}

export function createChildren(db: Db): Children {
  return {
    async prepare(parent, { workflow, version, input, isAwaited }, key) {
      if (parent.depth >= MAXIMUM_DEPTH) {
        throw refused('too_deep', `Executions that start each other may stand ${MAXIMUM_DEPTH} deep: something starts itself.`);
      }
      const found = await findRunnable(db, { tenantId: parent.tenantId, slug: workflow, version });
      if (!found) {
        const which = version === undefined ? '' : ` with a version ${version}`;
        throw refused('workflow_not_found', `There is no workflow "${workflow}"${which}, or it is archived.`);
      }
      return {
        id: newId(),
        tenantId: parent.tenantId,
        workflowId: found.workflow_id,
        workflowVersion: found.version,
        versionId: found.id,
        eventId: newId(),
        triggerId: null,
        traceId: parent.traceId,
        parentExecutionId: isAwaited ? parent.id : null,
        parentStep: isAwaited ? key : null,
        depth: parent.depth + 1,
        hops: parent.hops + 1,
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
