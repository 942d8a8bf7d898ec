import type { Json } from '../../kernel/index.ts';
import { type CompiledRule, compileRule } from '../rules/rules.ts';
import { valuesOf, variablesOf } from '../rules/variables.ts';
import type { StepScope } from './step-scope.ts';

/** A rule in the configuration of a step, and what is shown of it: the rule with the values it reads. */
export interface StepRule {
  readonly rule: CompiledRule;
  input(scope: StepScope): { [field: string]: Json };
}

/** Compiles the JSONLogic that a step has under a field, which was checked before. */
export function compileStepRule(field: string, logic: Json): StepRule {
  const paths = variablesOf(logic);
  return { rule: compileRule(logic), input: (scope) => ({ [field]: logic, values: valuesOf(paths, scope) }) };
}
