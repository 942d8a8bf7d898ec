import type { LanguageModelV4Content, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { z } from 'zod';
import { dataSchemaIssues, valueIssues } from '../../../engine/index.ts';
import type { InputIssue, JsonObject } from '../../../kernel/index.ts';
import type { GuardrailCall, GuardrailSettings, GuardrailType } from '../guardrail-type.ts';
import { readJson, textOf } from './json-text.ts';
import { repairOptions } from './repair-options.ts';

const Config = z.strictObject({
  schema: z.record(z.string(), z.unknown()).describe('JSON Schema (draft 2020-12) of the answer.'),
  repair: z.boolean().default(false).describe('Whether the model is told what is wrong and asked once more.'),
});
type Config = z.output<typeof Config>;

/** Sees to it that the answer is JSON that fits a schema. An answer without text, as one that calls tools, is not looked at. */
export const jsonSchema: GuardrailType<Config> = {
  type: 'json_schema',
  description: 'The answer must be JSON that fits a schema.',
  config: Config,
  on: ['output'],
  actions: ['block', 'flag'],
  issues: ({ schema }) =>
    dataSchemaIssues(schema as JsonObject).map((issue) => ({ ...issue, pointer: `/schema${issue.pointer}` })),
  compile({ action, config }: GuardrailSettings<Config>) {
    return (call: GuardrailCall) => ({
      whole: {
        isHolding: action === 'block' || config.repair,
        check: (result) => check(config.schema as JsonObject, result),
        ...(config.repair && { repair: (failed) => repairOptions(failed, (text) => call.vault.hide(text)) }),
        refuse: ([issue]) => call.report({ side: 'output', kind: issue?.code ?? 'invalid', place: '/content' }),
        repaired: () => call.note({ side: 'output', kind: 'repaired', place: '/content' }),
      },
    });
  },
};

function check(schema: JsonObject, result: LanguageModelV4GenerateResult): LanguageModelV4GenerateResult | readonly InputIssue[] {
  const given = textOf(result);
  if (given === '' && result.content.some(({ type }) => type === 'tool-call')) return result;
  const answer = readJson(given);
  if ('issues' in answer) return answer.issues;
  const issues = valueIssues(schema, answer.value);
  if (issues.length > 0) return issues;
  return answer.text === given ? result : { ...result, content: withText(result.content, answer.text) };
}

/** The same with one text, at the place of the first. */
function withText(content: readonly LanguageModelV4Content[], text: string): LanguageModelV4Content[] {
  const first = content.findIndex(({ type }) => type === 'text');
  const parts = content.map((part, index) => (part.type === 'text' && index === first ? { ...part, text } : part));
  return parts.filter(({ type }, index) => type !== 'text' || index === first);
}
