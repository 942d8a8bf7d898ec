import { z } from 'zod';
import { defineStep } from '../../../engine/index.ts';
import { cutText, type Json, type JsonObject } from '../../../kernel/index.ts';
import { nodeIdsOf } from './make-body.ts';
import type { ToolCall } from './turn.ts';

/** What is seen of the steps of a call. */
type Steps = Readonly<Record<string, { readonly output: Json; readonly error?: JsonObject } | undefined>>;

/** Makes of what a tool gave out, or why it was not run, what the model is told. */
export const agentResult = defineStep({
  type: 'agent.result',
  description: 'Makes what the model is told of a call.',
  isInternal: true,
  config: z.strictObject({ tool_output_characters: z.int() }),
  effects: 'none',
  isPure: true,
  inputKind: 'computed',
  input(_config, scope) {
    const { id, name } = scope.call as ToolCall;
    return { id, name };
  },
  run({ id, name }, { scope }, { tool_output_characters: most }) {
    const { text, isError } = told(scope.call as ToolCall, scope.steps as Steps);
    return { output: { id, name, text: bounded(text, most), is_error: isError } };
  },
});

function told({ name, problem }: ToolCall, steps: Steps): { text: string; isError: boolean } {
  if (problem !== null) return { text: `The call was not run: ${problem}.`, isError: true };
  const ids = nodeIdsOf(name);
  const tool = steps[ids.tool];
  if (tool?.error) return { text: `The tool failed: ${tool.error.message}`, isError: true };
  if (tool) return { text: typeof tool.output === 'string' ? tool.output : JSON.stringify(tool.output), isError: false };
  const { decision, comment } = (steps[ids.approval]?.output ?? {}) as { decision?: string; comment?: string | null };
  if (decision === 'timeout') return { text: 'The call was not run: nobody decided about it in time.', isError: true };
  return { text: `The call was not run: a person rejected it${comment ? `, saying: ${comment}` : ''}.`, isError: true };
}

function bounded(text: string, most: number): string {
  return text.length <= most ? text : `${cutText(text, most)}\n[cut: these are the first ${most} of ${text.length} characters]`;
}
