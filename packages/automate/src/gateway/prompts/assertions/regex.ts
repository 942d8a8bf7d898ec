import { RE2JS } from 're2js';
import { z } from 'zod';
import { errorMessage } from '../../../kernel/index.ts';
import { declare } from './assertion-type.ts';

/** Instructions of the compiled expression, times characters of the answer: a search takes some 30 ns for each at most. */
const MAXIMUM_WORK = 3_000_000;
/** Instructions of an expression. */
const MAXIMUM_PROGRAM = 1_000;

/**
 * A regular expression in the syntax of RE2, which searches in linear time: an expression of a user's can never keep the process busy,
 * as one of JavaScript's can. It has no references back and no look-around.
 */
export const regex = declare({
  type: 'regex',
  description: 'A regular expression matches in the answer (RE2: no references back, no look-around)',
  config: z.strictObject({
    pattern: z.string().min(1).max(1_000).describe('In the syntax of RE2'),
    ignore_case: z.boolean().default(false).describe('Whether capital letters are as good as small ones'),
    multiline: z.boolean().default(false).describe('Whether `^` and `$` match at each line'),
    negate: z.boolean().default(false).describe('Whether it must not match'),
  }),
  check(config) {
    try {
      compile(config);
      return [];
    } catch (error) {
      return [
        { pointer: '/pattern', code: 'invalid_pattern', message: `is no regular expression of RE2: ${errorMessage(error)}` },
      ];
    }
  },
  evaluate(config, { output }) {
    const expression = compile(config);
    if (expression.programSize() * output.length > MAXIMUM_WORK)
      return { passed: false, reason: 'the answer is too long for this expression' };
    const isFound = expression.matcher(output).find();
    return { passed: isFound !== config.negate, reason: isFound ? 'matches' : 'does not match' };
  },
});

function compile({
  pattern,
  ignore_case: isFolded,
  multiline,
}: {
  pattern: string;
  ignore_case: boolean;
  multiline: boolean;
}): RE2JS {
  const expression = RE2JS.compile(pattern, (isFolded ? RE2JS.CASE_INSENSITIVE : 0) | (multiline ? RE2JS.MULTILINE : 0));
  if (expression.programSize() > MAXIMUM_PROGRAM) throw new Error('it repeats too much');
  return expression;
}
