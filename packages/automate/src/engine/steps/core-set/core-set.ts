import { z } from 'zod';
import type { Json } from '../../../kernel/index.ts';
import { compileRule } from '../../rules/rules.ts';
import { validateRule } from '../../rules/validate.ts';
import { AnyObject } from '../../schemas.ts';
import { renderValue, validateTemplates } from '../../templates/templates.ts';
import { defineCompiledStep } from '../define-step.ts';
import { issuesAt } from '../issues.ts';
import { makePieces } from '../pieces.ts';
import type { StepScope } from '../step-scope.ts';

/** Names values: each is Liquid, JSON with Liquid in it, or JSONLogic where it says so. */
export const coreSet = defineCompiledStep({
  type: 'core.set',
  description: 'Gives names to values.',
  config: z.strictObject({
    values: AnyObject.describe('By name: a Liquid text, JSON with Liquid texts, or `{"$logic": <JSONLogic>}`'),
  }),
  compile({ values }) {
    const compiled = Object.entries(values).map(([name, value]) => [name, compile(value, `/values/${name}`)] as const);
    return {
      isPure: true,
      input: () => ({ values }),
      run: (_input, { scope }) => makePieces(compiled.map(([name, make]) => [name, () => make(scope)])),
    };
  },
});

function compile(value: Json, pointer: string): (scope: StepScope) => Json {
  if (!isLogic(value)) {
    issuesAt(pointer, validateTemplates(value));
    return (scope) => renderValue(value, scope);
  }
  issuesAt(`${pointer}/$logic`, validateRule(value.$logic));
  const rule = compileRule(value.$logic);
  return (scope) => rule.evaluate(scope);
}

function isLogic(value: Json): value is { $logic: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).join() === '$logic';
}
