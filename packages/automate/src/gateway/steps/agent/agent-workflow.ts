import { z } from 'zod';
import { defineStep, endOfChild } from '../../../engine/index.ts';
import type { JsonObject } from '../../../kernel/index.ts';

/** Runs a workflow with the arguments of a call, as `workflow.run` does: once, whatever dies meanwhile. */
export const agentWorkflow = defineStep({
  type: 'agent.workflow',
  description: 'Runs the workflow that a tool is.',
  isInternal: true,
  config: z.strictObject({ workflow: z.string(), version: z.int().optional() }),
  effects: 'none',
  input: ({ workflow, version }, scope) => ({
    workflow,
    ...(version !== undefined && { version }),
    input: scope.arguments as JsonObject,
  }),
  run: ({ workflow, version, input }) => ({ output: null, starts: { workflow, version, input, isAwaited: true } }),
  resume: ({ workflow }, data) => endOfChild(workflow, data),
});
