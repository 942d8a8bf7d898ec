import type { Json } from '../../kernel/index.ts';
import { compileRule } from '../rules/rules.ts';
import { validateRule } from '../rules/validate.ts';
import { renderValue, validateTemplates } from '../templates/templates.ts';
import { issuesAt } from './issues.ts';
import type { StepScope } from './step-scope.ts';

/**
 * A value that a configuration gives as a Liquid text or as JSONLogic, compiled once.
 * @throws AppError `invalid_input` with pointers below `pointer`
 * @example
 * compileValue('{{ event.payload.lines }}', '/items')(scope); // the list itself
 */
export function compileValue(given: Json, pointer: string): (scope: StepScope) => Json {
  if (typeof given === 'string') {
    issuesAt(pointer, validateTemplates(given));
    return (scope) => renderValue(given, scope);
  }
  issuesAt(pointer, validateRule(given));
  const rule = compileRule(given);
  return (scope) => rule.evaluate(scope);
}
