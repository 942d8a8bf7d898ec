import type { LanguageModelV4GenerateResult, LanguageModelV4Prompt } from '@ai-sdk/provider';
import { z } from 'zod';
import { AnyObject, defineStep, withServices } from '../../../engine/index.ts';
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { type CallOptions, vendorOptions } from '../../protocols/options.ts';
import { toWireUsage } from '../../usage/usage.ts';
import { stepCaller } from '../step-caller.ts';
import { orStepError } from '../step-failure.ts';
import { conversationOf } from './conversation.ts';
import { parseArguments } from './read-calls.ts';
import { noTotals, tokensOf } from './totals.ts';
import type { AgentScope, Answer } from './turn.ts';

const Config = z.strictObject({
  tools: z.array(z.strictObject({ name: z.string(), description: z.string(), parameters: AnyObject })),
  temperature: z.number().optional(),
  max_output_tokens: z.int().optional(),
  max_tokens: z.int().optional(),
});
type Config = z.output<typeof Config>;

/** Asks the model once. What it says is stored before anything else happens, so that no answer is paid twice. */
export const agentModel = withServices((services) =>
  defineStep({
    type: 'agent.model',
    description: 'Asks the model of an agent once.',
    isInternal: true,
    config: Config,
    effects: 'other',
    input(_config, scope) {
      const { model, turn, turns, is_last } = scope.agent as AgentScope;
      return { model, turn, is_last, tool_results: turns.at(-1)?.results.length ?? 0 };
    },
    async run({ model }, context, config) {
      const agent = context.scope.agent as AgentScope;
      const prompt = conversationOf(agent, context.executionId);
      const { signal, idempotencyKey } = context;
      const request = { model, options: optionsOf(config, agent, prompt), signal, idempotencyKey };
      const answer = await orStepError(services().modelCalls.chat(stepCaller(context), request));
      const output: Answer = {
        text: answer.text,
        finish_reason: answer.finishReason,
        content: partsOf(answer.result.content),
        usage: { ...toWireUsage(answer.usage) },
        cost_nanos: answer.costNanos,
        call_id: answer.callId,
        provider: answer.provider,
      };
      return { output };
    },
  }),
);

function optionsOf({ tools, temperature, ...config }: Config, agent: AgentScope, prompt: LanguageModelV4Prompt): CallOptions {
  const used = tokensOf(agent.turns.at(-1)?.totals ?? noTotals);
  const left = config.max_tokens === undefined ? undefined : Math.max(1, config.max_tokens - used);
  // The last answer has to fit, although the ceiling is reached.
  const most = agent.is_last ? config.max_output_tokens : least(config.max_output_tokens, left);
  return {
    prompt,
    ...(temperature !== undefined && { temperature }),
    ...(most !== undefined && { maxOutputTokens: most }),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: 'function' as const,
        name,
        description,
        inputSchema: parameters as never,
      })),
      toolChoice: { type: agent.is_last ? ('none' as const) : ('auto' as const) },
      ...vendorOptions({ isParallel: true }),
    }),
  };
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** The parts that the next turn shows the model again, with what its vendor wants to have back. */
function partsOf(content: LanguageModelV4GenerateResult['content']): JsonObject[] {
  return content.flatMap((part): JsonObject[] => {
    const options = 'providerMetadata' in part && part.providerMetadata ? { providerOptions: part.providerMetadata as Json } : {};
    if (part.type === 'text' || part.type === 'reasoning') return [{ type: part.type, text: part.text, ...options }];
    if (part.type !== 'tool-call') return [];
    const { toolCallId, toolName, input } = part;
    return [{ type: 'tool-call', toolCallId, toolName, input: parseArguments(input), ...options }];
  });
}
