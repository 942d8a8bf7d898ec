import { z } from 'zod';
import { defineStep } from '../../../engine/index.ts';
import type { ToolCall } from './turn.ts';

/** Leads a call to its tool, or one that is wrong straight back to the model. */
export const agentPick = defineStep({
  type: 'agent.pick',
  description: 'Leads a call to its tool.',
  isInternal: true,
  config: z.strictObject({ routes: z.array(z.string()) }),
  effects: 'none',
  isPure: true,
  routes: ({ routes }) => [...routes, 'invalid'],
  input(_config, scope) {
    const { id, name, arguments: given, route, problem } = scope.call as ToolCall;
    return { id, name, arguments: given, route, problem };
  },
  run: ({ route, problem }) => ({ output: { problem }, route }),
});
