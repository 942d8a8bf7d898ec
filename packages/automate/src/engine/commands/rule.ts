import type { Json, JsonObject } from '../../kernel/index.ts';
import { type CommandInput, readJson } from '../../platform/index.ts';
import { explainRule } from '../rules/explain.ts';
import { type Explanation, renderExplanation } from './render-explanation.ts';

/** Evaluates a rule over an event and shows what each operator saw. Ends with 1 when it does not match. */
export function ruleTest({ arguments: [rule = '', event = ''], print, fail }: CommandInput): void {
  const { match, explain } = explainRule({
    rule: readJson(rule, 'The rule') as Json,
    event: readJson(event, 'The event') as JsonObject,
  });
  print({ match, explain }, `${match ? 'match' : 'no match'}\n${renderExplanation(explain as Explanation).join('\n')}`);
  if (!match) fail();
}
