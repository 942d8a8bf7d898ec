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

/** The step types a workflow may use, by name. */
export interface StepRegistry extends ReadonlyMap<string, StepType> {
  /** What can be known of a URL before a step calls it. @throws AppError `outbound_refused` */
  checkUrl(url: string): void;
}

export interface StepRegistryOptions {
  readonly outbound: Pick<Outbound, 'checkText'>;
  /** What runs code; undefined where the operator has not allowed it. */
  readonly codePool: CodePool | undefined;
  /** Those that features declare, the built-in ones among them. */
  readonly steps: readonly StepType[];
}

/** @throws TypeError for what `defineStep` has not made */
export function createStepRegistry({ outbound, codePool, steps }: StepRegistryOptions): StepRegistry {
  for (const step of steps) {
    if (typeof step?.compile === 'function' && typeof step.fields === 'object') continue;
    throw new TypeError(`The step type "${step?.type}" was not made by defineStep.`);
  }
  // The one that runs code is declared before it is known what runs it.
  const able = steps.map((step) => (step === coreCodeOff && codePool ? coreCode(codePool) : step));
  const byName = new Map(able.map((step) => [step.type, step]));
  return Object.assign(byName, { checkUrl: (url: string) => outbound.checkText(url) });
}

const coreCodeOff = coreCode(undefined);

export const builtInSteps: readonly StepType[] = [
  coreLog,
  coreTransform,
  coreSet,
  coreFilter,
  coreCodeOff,
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
  httpRequest,
];
