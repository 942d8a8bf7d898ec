import { type Db, retryTransient } from '../../db/index.ts';
import { usageOf } from '../../jobs/index.ts';
import { createBatcher, newId } from '../../kernel/index.ts';
import { slotOf } from '../flow/candidate.ts';
import { skippedBecause } from '../flow/concurrency.ts';
import { findDeadlock } from '../flow/deadlock.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { LoadedExecution } from '../records/execution.ts';
import { StepError } from '../steps/step-error.ts';
import type { ChildRequest } from '../steps/step-result.ts';
import { findRunnable } from '../workflows/workflow.store.ts';
import { MAXIMUM_DEPTH } from './depth.ts';
import { createInFlight } from './in-flight.ts';
import { prepareStart, type StartedExecution } from './start.ts';
import { type Claim, claimDescendants } from './tree.store.ts';

/** Finds what a step wants to run. */
export interface Children {
  /**
   * Everything that can keep an execution from starting is found out here, so that it fails the step that asks for it.
   * @throws AppError when there is no such workflow, executions would start each other without end, its settings cannot be applied to
   * the input, it would wait for its parent's place, or the policy does not let it start
   */
  prepare(parent: LoadedExecution, wanted: ChildRequest, key: string): Promise<StartedExecution>;
  /** Called once they can be counted by everybody. */
  stored(children: readonly StartedExecution[]): void;
}

/** Name of the signal by which the end of an execution reaches the step that waits for it. */
export function childSignal(key: string): string {
  return `${CHILD}${key}`;
}

/** The step that waits for the end of an execution when it waits for this signal. */
export function childStepOf(signal: string | null): string | undefined {
  return signal?.startsWith(CHILD) ? signal.slice(CHILD.length) : undefined;
}

const CHILD = 'child:';

export function createChildren({ db, policies }: { db: Db; policies: ExecutionPolicy }): Children {
  const inFlight = createInFlight();
  const claim = createBatcher<Claim, boolean>({ flush: (claims) => retryTransient(() => claimDescendants(db, claims), 2) });
  return {
    async prepare(parent, wanted, key) {
      const { tenantId, rootId } = parent;
      const child = await prepareChild(db, parent, wanted, key);
      await requirePlace(db, child);
      await inFlight.admit(child, (others) => policies.requireChild(tenantId, { input: wanted.input, others }));
      try {
        if (await claim({ tenantId, rootId, ceiling: await policies.maximumDescendants(tenantId) })) return child;
        return await policies.refuseDescendant(tenantId);
      } catch (error) {
        inFlight.remove(child);
        throw error;
      }
    },
    stored(children) {
      for (const child of children) inFlight.remove(child);
    },
  };
}

/** The execution that a step asks for, of the version that runs now. */
async function prepareChild(
  db: Db,
  parent: LoadedExecution,
  { workflow, version, input, isAwaited, onParentEnd = isAwaited ? 'cancel' : 'abandon' }: ChildRequest,
  key: string,
): Promise<StartedExecution> {
  if (parent.depth >= MAXIMUM_DEPTH) {
    throw refused('too_deep', `Executions that start each other may stand ${MAXIMUM_DEPTH} deep: something starts itself.`);
  }
  const { tenantId, rootId } = parent;
  const found = await findRunnable(db, { tenantId, slug: workflow, version });
  if (!found) {
    const which = version === undefined ? '' : ` with a version ${version}`;
    throw refused('workflow_not_found', `There is no workflow "${workflow}"${which}, or it is archived.`);
  }
  const id = newId();
  return prepareStart({
    id,
    tenantId,
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
    hops: parent.hops + 1,
    rootId,
    eventType: 'workflow.run',
    source: 'workflow',
    payload: input,
    settings: found.settings,
  });
}

/** One that would be skipped is not started, and none waits for the place of who waits for it. */
async function requirePlace(db: Db, child: StartedExecution): Promise<void> {
  const slot = slotOf({ execution: child, admission: child.admission });
  if (!slot) return;
  const { members, capacity } = (await usageOf(db, [slot.name])).get(slot.name) ?? { members: 0, capacity: slot.capacity };
  if (members < Math.min(capacity, slot.capacity)) return;
  if (child.admission.concurrency?.onConflict === 'skip')
    throw refused('execution_skipped', skippedBecause({ admission: child.admission }));
  const isAwaited = child.parentExecutionId && child.parentStep;
  if (!isAwaited || child.admission.concurrency?.onConflict === 'cancel_running') return;
  const deadlock = await findDeadlock(db, { slot: slot.name, parentId: child.parentExecutionId as string });
  if (deadlock) throw refused('concurrency_deadlock', deadlock);
}

function refused(code: string, detail: string): StepError {
  return new StepError({ code, detail, isRetryable: false });
}
