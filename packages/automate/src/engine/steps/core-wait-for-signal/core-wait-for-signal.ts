import { z } from 'zod';
import type { JsonObject } from '../../../kernel/index.ts';
import { DataSchema, dataSchemaIssues } from '../../data-schema/data-schema.ts';
import { renderValue, validateTemplates } from '../../templates/templates.ts';
import { issuesAt, issuesBelow } from '../issues.ts';
import { defineStep } from '../step-type.ts';
import { invalidSignalName, isReservedSignal, SIGNAL_NAME, TIMEOUT_ROUTE, timeoutAt, waitedInVain } from '../waiting.ts';

/** Goes on when a signal of this name has come, days later, once. Nothing waits in memory. */
export const coreWaitForSignal = defineStep({
  type: 'core.wait_for_signal',
  description: 'Waits for a signal from outside.',
  inputKind: 'rendered',
  config: z.strictObject({
    name: z.string().min(1).max(200).describe('What `POST /executions/{id}/signal/` names; a Liquid text'),
    timeout_seconds: z.number().positive().max(31_622_400).optional().describe('Leaves by `"timeout"` then'),
    schema: DataSchema.optional().describe('JSON Schema that the data of the signal has to meet'),
  }),
  routes: () => [TIMEOUT_ROUTE],
  check: async ({ schema }) => issuesBelow('/schema', schema ? dataSchemaIssues(schema) : []),
  compile(config) {
    issuesAt('/name', validateTemplates(config.name));
    const { name: _, ...shown } = config as JsonObject;
    return {
      input: (scope) => ({ ...shown, name: renderValue(config.name, scope) }),
      run(input, context) {
        const { name } = input as { name: unknown };
        if (typeof name !== 'string' || !SIGNAL_NAME.test(name) || isReservedSignal(name)) throw invalidSignalName(name);
        return { output: null, waitsFor: name, ...timeoutAt(config.timeout_seconds, context) };
      },
      exclusiveRoutes: [TIMEOUT_ROUTE],
      resume: (_input, data) => (data === undefined ? waitedInVain() : { output: data }),
    };
  },
});
