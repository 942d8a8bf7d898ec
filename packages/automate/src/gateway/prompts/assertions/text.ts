import { z } from 'zod';
import { cutText } from '../../../kernel/index.ts';
import { type AssertionType, declare } from './assertion-type.ts';

const Text = z.string().min(1).max(20_000);
const config = z.strictObject({
  value: Text.describe('The text'),
  ignore_case: z.boolean().default(false).describe('Whether capital letters are as good as small ones'),
});

const folded = (text: string, isFolded: boolean) => (isFolded ? text.toLowerCase() : text);
const quoted = (text: string) => JSON.stringify(cutText(text, 100));

/** Whether a text stands in the answer. */
export const contains = declare({
  type: 'contains',
  description: 'The answer holds a text',
  config,
  evaluate({ value, ignore_case: isFolded }, { output }) {
    const passed = folded(output, isFolded).includes(folded(value, isFolded));
    return { passed, reason: passed ? `holds ${quoted(value)}` : `does not hold ${quoted(value)}` };
  },
});

export const notContains = declare({
  type: 'not_contains',
  description: 'The answer does not hold a text',
  config,
  evaluate({ value, ignore_case: isFolded }, { output }) {
    const isThere = folded(output, isFolded).includes(folded(value, isFolded));
    return { passed: !isThere, reason: isThere ? `holds ${quoted(value)}` : `does not hold ${quoted(value)}` };
  },
});

export const equals = declare({
  type: 'equals',
  description: 'The answer is a text, white space around it aside',
  config: z.strictObject({ ...config.shape, value: z.string().max(100_000).describe('The text') }),
  evaluate({ value, ignore_case: isFolded }, { output }) {
    const passed = folded(output.trim(), isFolded) === folded(value.trim(), isFolded);
    return { passed, reason: passed ? 'is the text' : `is ${quoted(output.trim())}, not ${quoted(value.trim())}` };
  },
});

export const textAssertions: readonly AssertionType[] = [contains, notContains, equals];
