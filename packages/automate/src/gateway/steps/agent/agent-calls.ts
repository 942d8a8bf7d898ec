import { z } from 'zod';
import { AnyObject, defineCompiledStep } from '../../../engine/index.ts';
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { limitError, reachedCeiling, requireKnownCost } from './ceilings.ts';
import { type OfferedTool, readCalls } from './read-calls.ts';
import { Ceilings } from './schemas.ts';
import { noTotals, withAnswer } from './totals.ts';
import type { AgentScope, Answer, ToolCall, ToolResult, Turn } from './turn.ts';

type Input = JsonObject & { readonly calls: readonly ToolCall[]; readonly turn: Turn };

/** Runs the calls of one answer, some at a time; what it gives out is the turn as a whole. */
export const agentCalls = defineCompiledStep({
  type: 'agent.calls',
  description: 'Runs the tools that a model has called.',
  isInternal: true,
  inputKind: 'computed',
  bodyField: 'body',
  config: z.strictObject({
    tools: z.array(z.strictObject({ name: z.string(), route: z.string(), parameters: AnyObject })),
    parallel_calls: z.int(),
    ceilings: Ceilings,
  }),
  compile({ tools, parallel_calls: concurrency, ceilings }) {
    return {
      input({ agent, steps }): Input {
        const { model, turn, turns, is_last: isLast } = agent as AgentScope;
        const answer = (steps as Readonly<Record<string, { readonly output: Json }>>).model?.output as Answer;
        const calls = isLast ? [] : readCalls(answer.content, tools as readonly OfferedTool[]);
        const invalid = calls.filter(({ problem }) => problem !== null).length;
        const counts = { tool_calls: calls.length, invalid_calls: invalid };
        const totals = withAnswer(turns.at(-1)?.totals ?? noTotals, answer, counts);
        requireKnownCost(ceilings, totals, model);
        // Nobody would read what the tools say: what they do is not done.
        const ceiling = calls.length > 0 ? reachedCeiling(ceilings, totals, turn + 1) : undefined;
        if (ceiling && ceilings.on_limit === 'fail') throw limitError(ceiling, ceilings, totals, turn + 1);
        const { content, text, finish_reason } = answer;
        return { calls, turn: { content, text, finish_reason, results: [], is_last: isLast, totals } };
      },
      run: () => ({ output: null }),
      loop: {
        concurrency,
        isStrict: true,
        keepsResults: true,
        hasNext: (input, index) => index < (input as Input).calls.length,
        variables(input, index) {
          const call = (input as Input).calls[index] ?? null;
          return { call, arguments: call?.arguments ?? null };
        },
        output(results, _count, input): Turn {
          const { calls, turn } = input as Input;
          const told = calls.map((call, index) => resultOf(call, results[index]));
          const failed = told.filter(({ is_error }, index) => is_error && calls[index]?.problem === null).length;
          return { ...turn, results: told, totals: { ...turn.totals, failed_calls: turn.totals.failed_calls + failed } };
        },
      },
    };
  },
});

/** A tool may stop its branch, and then nothing has come of the call. */
function resultOf({ id, name }: ToolCall, result: Json | undefined): ToolResult {
  const told = (result ?? {}) as Partial<ToolResult>;
  return { id, name, text: told.text ?? 'The tool stopped without a result.', is_error: told.is_error ?? false };
}
