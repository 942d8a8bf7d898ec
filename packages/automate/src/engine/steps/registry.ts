import type { Outbound } from '../../governance/index.ts';
import { coreLog } from './core-log/core-log.ts';
import { coreSleep } from './core-sleep/core-sleep.ts';
import { coreTransform } from './core-transform/core-transform.ts';
import { httpRequest } from './http-request/http-request.ts';
import { logicIf } from './logic-if/logic-if.ts';
import { logicSwitch } from './logic-switch/logic-switch.ts';
import type { StepType } from './step-type.ts';

export type StepRegistry = ReadonlyMap<string, StepType>;

/** The step types a workflow may use: the built-in ones and the host's own, which may replace a built-in one of the same name. */
export function createStepRegistry(options: { outbound: Outbound; steps?: readonly StepType[] }): StepRegistry {
  const builtIn = [coreLog, coreTransform, coreSleep, logicIf, logicSwitch, httpRequest(options.outbound)] as readonly StepType[];
  return new Map([...builtIn, ...(options.steps ?? [])].map((step) => [step.type, step]));
}
