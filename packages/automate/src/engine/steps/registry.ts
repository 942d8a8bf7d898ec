import type { Outbound } from '../../outbound/index.ts';
import { coreApproval } from './core-approval/core-approval.ts';
import type { CodePool } from './core-code/code-pool.ts';
import { coreCode } from './core-code/core-code.ts';
import { coreEmit } from './core-emit/core-emit.ts';
import { coreFilter } from './core-filter/core-filter.ts';
import { coreLog } from './core-log/core-log.ts';
import { coreSet } from './core-set/core-set.ts';
import { coreSleep } from './core-sleep/core-sleep.ts';
import { coreTransform } from './core-transform/core-transform.ts';
import { coreWaitForEvent } from './core-wait-for-event/core-wait-for-event.ts';
import { coreWaitForSignal } from './core-wait-for-signal/core-wait-for-signal.ts';
import { flowForeach } from './flow-foreach/flow-foreach.ts';
import { flowGroup } from './flow-group/flow-group.ts';
import { flowWhile } from './flow-while/flow-while.ts';
import { httpRequest } from './http-request/http-request.ts';
import { logicIf } from './logic-if/logic-if.ts';
import { logicSwitch } from './logic-switch/logic-switch.ts';
import type { StepType } from './step-type.ts';
import { workflowRun } from './workflow-run/workflow-run.ts';

export type StepRegistry = ReadonlyMap<string, StepType>;

/**
 * The step types a workflow may use: the built-in ones and the host's own, which may replace a built-in one of the same name.
 * @throws TypeError for one whose rules could read secrets
 */
export function createStepRegistry({ steps = [], ...own }: BuiltInOptions & { steps?: readonly StepType[] }): StepRegistry {
  for (const { type, secretFields = [], ruleFields = [] } of steps)
    if (secretFields.length > 0 && ruleFields.length > 0)
      throw new TypeError(`The step type "${type}" has rules and takes secrets: rules never see secrets, so make two of it.`);
  return new Map([...builtInSteps(own), ...steps].map((step) => [step.type, step]));
}

export interface BuiltInOptions {
  readonly outbound: Outbound;
  /** What runs code; undefined where the operator has not allowed it. */
  readonly codePool: CodePool | undefined;
}

export function builtInSteps({ outbound, codePool }: BuiltInOptions): readonly StepType[] {
  return [
    coreLog,
    coreTransform,
    coreSet,
    coreFilter,
    coreCode(codePool),
    coreSleep,
    coreWaitForSignal,
    coreWaitForEvent,
    coreEmit,
    coreApproval,
    logicIf,
    logicSwitch,
    flowForeach,
    flowWhile,
    flowGroup,
    workflowRun,
    httpRequest(outbound),
  ] as readonly StepType[];
}
