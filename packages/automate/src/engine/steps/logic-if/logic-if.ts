import { z } from 'zod';
import { compileRule } from '../../rules/rules.ts';
import { validateRule } from '../../rules/validate.ts';
import { AnyJson } from '../../schemas.ts';
import { issuesAt } from '../issues.ts';
import { defineStep } from '../step-type.ts';
import { valuesOf, variablesOf } from '../variables.ts';

/** Leaves by the edges whose condition is `"true"` or `"false"`. */
export const logicIf = defineStep({
  type: 'logic.if',
  description: 'Takes one of two ways.',
  config: z.strictObject({ condition: AnyJson.describe('JSONLogic') }),
  ruleFields: ['condition'],
  routes: () => ['true', 'false'],
  compile({ condition }) {
    issuesAt('/condition', validateRule(condition));
    const rule = compileRule(condition);
    const paths = variablesOf(condition);
    return {
      input: (scope) => ({ condition, values: valuesOf(paths, scope) }),
      run(_input, { scope }) {
        const result = rule.matches(scope);
        return { output: { result }, route: String(result) };
      },
    };
  },
});
