import { z } from 'zod';
import { DataSchema, dataSchemaIssues } from '../../data-schema/data-schema.ts';
import { defineStep } from '../define-step.ts';
import { issuesBelow } from '../issues.ts';
import { invalidSignalName, isReservedSignal, SIGNAL_NAME, TIMEOUT_ROUTE, timeoutAt, waitedInVain } from '../waiting.ts';

/** Goes on when a signal of this name has come, days later, once. Nothing waits in memory. */
export const coreWaitForSignal = defineStep({
  type: 'core.wait_for_signal',
  description: 'Waits for a signal from outside.',
  config: z.strictObject({
    name: z.string().min(1).max(200).describe('What `POST /executions/{id}/signal/` names; a Liquid text'),
    timeout_seconds: z.number().positive().max(31_622_400).optional().describe('Leaves by `"timeout"` then'),
    schema: DataSchema.optional().describe('JSON Schema that the data of the signal has to meet'),
  }),
  fields: { name: 'template' },
  effects: 'none',
  routes: () => [TIMEOUT_ROUTE],
  exclusiveRoutes: [TIMEOUT_ROUTE],
  check: async ({ schema }) => issuesBelow('/schema', schema ? dataSchemaIssues(schema) : []),
  run({ name }, context, { timeout_seconds }) {
    if (typeof name !== 'string' || !SIGNAL_NAME.test(name) || isReservedSignal(name)) throw invalidSignalName(name);
    return { output: null, waitsFor: name, ...timeoutAt(timeout_seconds, context) };
  },
  resume: (_input, data) => (data === undefined ? waitedInVain() : { output: data }),
});
