import type { Json } from '../../kernel/index.ts';
import { type CompiledRule, compileRule } from '../rules/rules.ts';
import { validateCondition, validateRule } from '../rules/validate.ts';
import { valuesOf, variablesOf } from '../rules/variables.ts';
import { issuesAt } from './issues.ts';
import type { StepScope } from './step-type.ts';

/** A rule in the configuration of a step, and what is shown of it: the rule with the values it reads. */
export interface StepRule {
  readonly rule: CompiledRule;
  input(scope: StepScope): { [field: string]: Json };
}

/**
 * Compiles the JSONLogic that a step has under a field.
 * @throws AppError `invalid_input` naming the field
 */
export function compileStepRule(field: string, logic: Json): StepRule {
  issuesAt(`/${field}`, validateRule(logic));
  const paths = variablesOf(logic);
  return { rule: compileRule(logic), input: (scope) => ({ [field]: logic, values: valuesOf(paths, scope) }) };
}

/** The same for a rule that decides by whether it is true. */
export function compileStepCondition(field: string, logic: Json): StepRule {
  issuesAt(`/${field}`, validateCondition(logic));
  return compileStepRule(field, logic);
}
