import { explainRule } from '../../engine/index.ts';
import type { Json, JsonObject } from '../../kernel/index.ts';
import { readJson } from '../read-json.ts';
import { renderExplanation } from '../render-trace.ts';

/** Evaluates a rule over an event and shows what each operator saw. Exits with 1 when it does not match. */
export function ruleTest(rule: string, event: string, options: { json?: boolean }): void {
  const { match, explain } = explainRule({
    rule: readJson(rule, 'The rule') as Json,
    event: readJson(event, 'The event') as JsonObject,
  });
  if (options.json) process.stdout.write(`${JSON.stringify({ match, explain })}\n`);
  else
    process.stdout.write(
      `${match ? 'match' : 'no match'}\n${renderExplanation(explain as Parameters<typeof renderExplanation>[0]).join('\n')}\n`,
    );
  if (!match) process.exitCode = 1;
}
