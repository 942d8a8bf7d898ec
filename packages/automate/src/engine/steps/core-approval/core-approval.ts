import { z } from 'zod';
import { cutText, type Json } from '../../../kernel/index.ts';
import { DataSchema, dataSchemaIssues } from '../../data-schema/data-schema.ts';
import { defineStep } from '../define-step.ts';
import { issuesBelow } from '../issues.ts';
import { approvalSignal, stepKeyOf, TIMEOUT_ROUTE, timeoutAt } from '../waiting.ts';

const NOT_DECIDED = { decision: TIMEOUT_ROUTE, data: null, decided_by: null, comment: null, decided_at: null };

/** Goes on when a person has decided, days later, once. Nothing waits in memory. */
export const coreApproval = defineStep({
  type: 'core.approval',
  description: 'Waits for the decision of a person.',
  config: z.strictObject({
    title: z.string().min(1).max(500).describe('What is to be decided; a Liquid text'),
    description: z.string().max(20_000).optional().describe('What one has to know to decide; a Liquid text'),
    schema: DataSchema.optional().describe('JSON Schema of an object: the data that comes with an approval'),
    timeout_seconds: z.number().positive().max(31_622_400).optional().describe('Leaves by `"timeout"` then'),
  }),
  fields: { title: 'text', description: 'text' },
  effects: 'none',
  inputKind: 'rendered',
  isApproval: true,
  routes: () => ['approved', 'rejected', TIMEOUT_ROUTE],
  // Who does not look at the decision must not go on as if it were a yes.
  exclusiveRoutes: ['rejected', TIMEOUT_ROUTE],
  check: async ({ schema }) => issuesBelow('/schema', schema ? schemaIssues(schema) : []),
  input: ({ title, description, schema }) => ({
    title: cutText(title, 1_000),
    description: description === undefined ? null : cutText(description, 20_000),
    schema: (schema as Json | undefined) ?? null,
  }),
  run: (_input, context, { timeout_seconds }) => ({
    output: null,
    waitsFor: approvalSignal(stepKeyOf(context)),
    ...timeoutAt(timeout_seconds, context),
  }),
  resume: (_input, data) =>
    data === undefined
      ? { output: NOT_DECIDED, route: TIMEOUT_ROUTE }
      : { output: data, route: (data as { decision: string }).decision },
});

function schemaIssues(schema: DataSchema) {
  if (schema.type !== 'object')
    return [{ pointer: '/type', code: 'invalid_schema', message: 'must be "object": the form has a field for each property' }];
  return dataSchemaIssues(schema);
}
