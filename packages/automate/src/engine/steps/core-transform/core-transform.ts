import { z } from 'zod';
import { AnyJson, AnyObject } from '../../schemas.ts';
import { renderValue } from '../../templates/templates.ts';
import { defineCompiledStep } from '../define-step.ts';
import { makePieces } from '../pieces.ts';
import { compileStepRule } from '../rule.ts';
import type { StepRunner } from '../step-runner.ts';

const Config = z.union(
  [
    z.strictObject({ template: AnyObject.describe('Texts are Liquid; one that is a single `{{ expression }}` keeps its type') }),
    z.strictObject({ logic: AnyJson.describe('JSONLogic') }),
  ],
  'must be {"template": {…}} or {"logic": …}',
);

/** Makes a new value out of the event and earlier outputs. */
export const coreTransform = defineCompiledStep({
  type: 'core.transform',
  description: 'Builds a value with Liquid templates or JSONLogic.',
  config: Config,
  fields: { template: 'template', logic: 'rule' },
  compile(config): StepRunner {
    if ('template' in config) {
      const pieces = Object.entries(config.template);
      return {
        isPure: true,
        input: () => ({ template: config.template }),
        run: (_input, { scope }) => makePieces(pieces.map(([name, value]) => [name, () => renderValue(value, scope)])),
      };
    }
    const { rule, input } = compileStepRule('logic', config.logic);
    return { isPure: true, input, run: (_input, { scope }) => ({ output: rule.evaluate(scope) }) };
  },
});
