import type { Json, JsonObject } from '../../../kernel/index.ts';
import { invalidInput, toPointer } from '../../../kernel/index.ts';
import { toCallOptions } from '../../protocols/openai-chat/call-options.ts';
import { ChatCompletionRequest } from '../../protocols/openai-chat/schemas.ts';
import { type CallOptions, vendorOptions } from '../../protocols/options.ts';
import type { ChatConfig } from './schemas.ts';
import { isStrictSchema } from './strict-schema.ts';

/** The configuration of a step with its texts rendered. */
export type Asked = Omit<ChatConfig, 'messages'> & { readonly messages?: Json | undefined };

/** What a step asks a model. @throws AppError `invalid_input` that points at messages that are none */
export function chatOptions(asked: Asked): CallOptions {
  const options = toCallOptions(requestOf(asked));
  if (!asked.schema || isStrictSchema(asked.schema as JsonObject)) return options;
  const { providerOptions } = vendorOptions({ openai: { strictJsonSchema: false } });
  return { ...options, providerOptions: { ...options.providerOptions, ...providerOptions } };
}

function requestOf({
  model,
  prompt,
  system,
  messages,
  schema,
  tools,
  tool_choice: choice,
  ...more
}: Asked): ChatCompletionRequest {
  const { temperature, top_p, max_output_tokens, stop, seed, reasoning } = more;
  const parsed = ChatCompletionRequest.safeParse({
    model,
    messages: messages ?? [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: prompt },
    ],
    temperature,
    top_p,
    max_tokens: max_output_tokens,
    stop,
    seed,
    reasoning_effort: reasoning,
    tools: tools?.map((tool) => ({ type: 'function', function: tool })),
    tool_choice: typeof choice === 'object' ? { type: 'function', function: { name: choice.tool } } : choice,
    response_format: schema && { type: 'json_schema', json_schema: { name: 'answer', schema } },
  });
  if (parsed.success) return parsed.data;
  throw invalidInput(
    parsed.error.issues.map(({ path, code, message }) => ({ pointer: toPointer(path as (string | number)[]), code, message })),
  );
}
