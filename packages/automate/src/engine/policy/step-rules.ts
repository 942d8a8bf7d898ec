import { type EffectiveValue, type Layers, orChange, type Policies, refuseBy, setBy } from '../../governance/index.ts';
import type { AppError } from '../../kernel/index.ts';
import { executionPolicyErrors } from './errors.ts';
import { engineRules } from './rules.ts';
import { matchesStepType } from './step-patterns.ts';

/** Why a step of a type may not run in a workflow of a size; undefined when it may. */
export type RefuseStep = (type: string, stepsInWorkflow: number) => AppError | undefined;

const NONE = 'none';
/** Step types of a tenant of which it is remembered whether they may run. */
const MOST_REMEMBERED = 1_000;

/** Step types are few and each step asks, so what was found out is kept as long as the policy stays. */
export function stepRules(policies: Pick<Policies, 'limit'>, layers: Layers): RefuseStep {
  const size = policies.limit(engineRules.maxStepsPerWorkflow, layers);
  const most = size.value ?? Number.POSITIVE_INFINITY;
  const known = new Map<string, AppError | typeof NONE>();
  return (type, stepsInWorkflow) => {
    if (stepsInWorkflow > most) return tooLarge(stepsInWorkflow, size);
    let found = known.get(type);
    if (found === undefined) {
      found = refuseType(layers, type) ?? NONE;
      if (known.size < MOST_REMEMBERED) known.set(type, found);
    }
    return found === NONE ? undefined : found;
  };
}

function tooLarge(steps: number, { value, source }: EffectiveValue<number>): AppError {
  return executionPolicyErrors.policy_workflow_too_large(
    `The workflow has ${steps} steps and may have ${value}: ${setBy(engineRules.maxStepsPerWorkflow, source)}. Split it, ${orChange(source)}`,
  );
}

function refuseType(layers: Layers, type: string): AppError | undefined {
  const matches = (patterns: readonly string[]) => patterns.some((pattern) => matchesStepType(pattern, type));
  return refuseBy(layers, {
    allowed: [engineRules.allowedStepTypes, matches],
    denied: [engineRules.deniedStepTypes, matches],
    error: executionPolicyErrors.policy_step_type_denied,
    what: `Steps of the type "${type}" may not be used`,
    instead: 'Use another type',
  });
}
