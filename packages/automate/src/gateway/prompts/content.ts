import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { JsonObject } from '../../kernel/index.ts';
import type { PromptContent, PromptMessage } from './schemas.ts';

/** What a version says, as it is stored. */
export interface Content {
  readonly messages: readonly PromptMessage[];
  readonly variables: JsonObject;
  readonly model: string | null;
  readonly params: PromptContent['params'];
  readonly response_format: NonNullable<PromptContent['response_format']> | null;
  readonly tools: PromptContent['tools'];
}

/**
 * A rendered version as a model is asked. Each message is a message of its own, whatever its text looks like.
 * @example optionsOf(version, render(version, { name: 'Ada' }).messages)
 */
export function optionsOf(content: Content, messages: readonly PromptMessage[]): LanguageModelV4CallOptions {
  const { params, response_format: format, tools } = content;
  const choice = params.tool_choice;
  const options = {
    prompt: messages.map(({ role, content: text }) =>
      role === 'system' ? { role, content: text } : { role, content: [{ type: 'text' as const, text }] },
    ),
    maxOutputTokens: params.max_output_tokens,
    temperature: params.temperature,
    topP: params.top_p,
    topK: params.top_k,
    presencePenalty: params.presence_penalty,
    frequencyPenalty: params.frequency_penalty,
    stopSequences: params.stop_sequences,
    seed: params.seed,
    reasoning: params.reasoning,
    providerOptions: params.provider_options,
    responseFormat: format ?? undefined,
    tools:
      tools.length === 0
        ? undefined
        : tools.map(({ name, description, input_schema: inputSchema }) => ({
            type: 'function' as const,
            name,
            description,
            inputSchema,
          })),
    toolChoice:
      choice === undefined ? undefined : typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.tool },
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as LanguageModelV4CallOptions;
}
