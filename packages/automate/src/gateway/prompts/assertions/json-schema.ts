import { z } from 'zod';
import { AnyObject, dataSchemaIssues, valueIssues } from '../../../engine/index.ts';
import { cutText, isJson, type Json, type JsonObject, parseJson } from '../../../kernel/index.ts';
import { declare } from './assertion-type.ts';

/** Whether the answer is JSON that a schema accepts. */
export const jsonSchema = declare({
  type: 'json_schema',
  description: 'The answer is JSON, and of a JSON Schema',
  config: z.strictObject({ schema: AnyObject.describe('JSON Schema; `{}` accepts any JSON') }),
  check: ({ schema }) => dataSchemaIssues(schema).map((issue) => ({ ...issue, pointer: `/schema${issue.pointer}` })),
  evaluate({ schema }, { output }) {
    const text = output.trim();
    if (!isJson(text)) return { passed: false, reason: `is not JSON: ${JSON.stringify(cutText(text, 100))}` };
    const issues = valueIssues(schema as JsonObject, parseJson(text) as Json);
    const [first] = issues;
    if (!first) return { passed: true, reason: 'is of the schema' };
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
    return { passed: false, reason: `${first.pointer || 'the answer'} ${first.message}${more}` };
  },
});
