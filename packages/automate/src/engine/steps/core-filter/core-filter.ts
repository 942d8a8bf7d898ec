import { z } from 'zod';
import { compileRule } from '../../rules/rules.ts';
import { validateRule } from '../../rules/validate.ts';
import { AnyJson } from '../../schemas.ts';
import { issuesAt } from '../issues.ts';
import { defineStep } from '../step-type.ts';
import { valuesOf, variablesOf } from '../variables.ts';

/** Lets the execution go on here only when a rule holds; what comes behind is skipped otherwise. */
export const coreFilter = defineStep({
  type: 'core.filter',
  description: 'Goes on only when a condition holds.',
  config: z.strictObject({ condition: AnyJson.describe('JSONLogic') }),
  ruleFields: ['condition'],
  compile({ condition }) {
    issuesAt('/condition', validateRule(condition));
    const rule = compileRule(condition);
    const paths = variablesOf(condition);
    return {
      input: (scope) => ({ condition, values: valuesOf(paths, scope) }),
      run(_input, { scope }) {
        const isPassed = rule.matches(scope);
        return { output: { passed: isPassed }, isStop: !isPassed };
      },
    };
  },
});
