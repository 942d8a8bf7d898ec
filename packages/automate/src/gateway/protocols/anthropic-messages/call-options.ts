import { defined } from '../defined.ts';
import { type CallOptions, cacheOptions, type Reasoning, toolOptions, vendorOptions } from '../options.ts';
import { createPrompt } from '../prompt.ts';
import { reasoningOf, reasoningOfBudget } from '../reasoning.ts';
import { notTranslatable, wrongInput } from '../refusals.ts';
import { addMessage } from './messages.ts';
import type { MessagesRequest } from './schemas.ts';

/**
 * A request for a message, for a model that speaks another protocol.
 * @throws a 400 that points at what cannot be said to such a model
 */
export function toCallOptions(request: MessagesRequest): CallOptions {
  const builder = createPrompt();
  if (request.system) addMessage(builder, { role: 'system', content: request.system }, '');
  for (const [index, message] of request.messages.entries()) addMessage(builder, message, `/messages/${index}`);
  const format = request.output_config?.format ?? request.output_format;
  return {
    prompt: builder.prompt,
    ...defined({
      maxOutputTokens: request.max_tokens,
      temperature: request.temperature,
      topP: request.top_p,
      topK: request.top_k,
      stopSequences: request.stop_sequences,
      responseFormat: format ? { type: 'json' as const, schema: format.schema } : undefined,
      reasoning: reasoningIn(request),
    }),
    ...chosenTools(request),
    ...vendorOptions({
      user: request.metadata?.user_id,
      isParallel: isParallel(request.tool_choice),
      anthropic: { thinking: thinkingOption(request.thinking) },
    }),
  };
}

function reasoningIn({ thinking, output_config: config }: MessagesRequest): Reasoning | undefined {
  if (config?.effort) return reasoningOf(config.effort, '/output_config/effort');
  if (thinking?.type === 'enabled') return reasoningOfBudget(thinking.budget_tokens);
  return thinking?.type === 'disabled' ? 'none' : undefined;
}

/** The exact wish, for models of Anthropic that are reached by translation. */
function thinkingOption(thinking: MessagesRequest['thinking']): object | undefined {
  if (!thinking) return undefined;
  return thinking.type === 'enabled' ? { type: 'enabled', budgetTokens: thinking.budget_tokens } : { type: thinking.type };
}

function isParallel(choice: MessagesRequest['tool_choice']): boolean | undefined {
  if (!choice || choice.type === 'none') return undefined;
  return typeof choice.disable_parallel_tool_use === 'boolean' ? !choice.disable_parallel_tool_use : undefined;
}

function chosenTools({ tools, tool_choice: choice }: MessagesRequest): Pick<CallOptions, 'tools' | 'toolChoice'> {
  const known = (tools ?? []).map((tool, index) => {
    if ((tool.type ?? 'custom') !== 'custom') throw notTranslatable(`/tools/${index}/type`, 'must be custom for this model');
    const { name, description, strict } = tool;
    const options = cacheOptions(tool.cache_control);
    return {
      type: 'function' as const,
      name,
      inputSchema: tool.input_schema,
      ...defined({ description, strict }),
      ...(options && { providerOptions: options }),
    };
  });
  if (!choice) return toolOptions(known, undefined);
  if (choice.type !== 'tool') return toolOptions(known, { type: choice.type === 'any' ? 'required' : choice.type });
  if (!known.some(({ name }) => name === choice.name))
    throw wrongInput('/tool_choice/name', 'must be the name of one of the tools');
  return toolOptions(known, { type: 'tool', toolName: choice.name });
}
