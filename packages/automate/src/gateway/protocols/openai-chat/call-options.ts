import { defined } from '../defined.ts';
import { type CallOptions, toolOptions, vendorOptions } from '../options.ts';
import { reasoningOf } from '../reasoning.ts';
import { notTranslatable, wrongInput } from '../refusals.ts';
import { toPrompt } from './messages.ts';
import type { ChatCompletionRequest } from './schemas.ts';

/**
 * A chat request for a model that speaks another protocol.
 * @throws a 400 that points at what cannot be said to such a model
 */
export function toCallOptions(request: ChatCompletionRequest): CallOptions {
  refuseUntranslatable(request);
  const { stop, response_format: format } = request;
  const isLoose = format?.type === 'json_schema' && format.json_schema.strict === false;
  return {
    prompt: toPrompt(request.messages),
    ...defined({
      maxOutputTokens: request.max_completion_tokens ?? request.max_tokens,
      temperature: request.temperature,
      topP: request.top_p,
      topK: request.top_k,
      presencePenalty: request.presence_penalty,
      frequencyPenalty: request.frequency_penalty,
      seed: request.seed,
      stopSequences: typeof stop === 'string' ? [stop] : stop,
      responseFormat: responseFormat(format),
      reasoning: reasoningOf(request.reasoning_effort, '/reasoning_effort'),
    }),
    ...chosenTools(request),
    ...vendorOptions({
      user: request.user,
      isParallel: request.parallel_tool_calls,
      openai: { strictJsonSchema: isLoose ? false : undefined },
    }),
  };
}

function refuseUntranslatable({ n, modalities, functions }: ChatCompletionRequest): void {
  if ((n ?? 1) > 1) throw notTranslatable('/n', 'must be 1 for this model');
  if (modalities?.some((modality) => modality !== 'text'))
    throw notTranslatable('/modalities', 'must be ["text"] for this model');
  if (Array.isArray(functions) && functions.length > 0) throw notTranslatable('/functions', 'is obsolete: use tools');
}

function responseFormat(format: ChatCompletionRequest['response_format']): CallOptions['responseFormat'] {
  if (format?.type === 'json_object') return { type: 'json' };
  if (format?.type !== 'json_schema') return undefined;
  const { name, description, schema } = format.json_schema;
  return { type: 'json', ...defined({ schema, name, description }) };
}

function chosenTools({ tools, tool_choice: choice }: ChatCompletionRequest): Pick<CallOptions, 'tools' | 'toolChoice'> {
  const known = (tools ?? []).map((tool, index) => {
    if (tool.type !== 'function') throw notTranslatable(`/tools/${index}/type`, 'must be function for this model');
    const { name, description, parameters, strict } = tool.function;
    return {
      type: 'function' as const,
      name,
      inputSchema: parameters ?? { type: 'object' as const, properties: {} },
      ...defined({ description, strict }),
    };
  });
  if (choice === undefined || choice === null) return toolOptions(known, undefined);
  if (typeof choice === 'string') return toolOptions(known, { type: choice });
  if (choice.type === 'allowed_tools') {
    const allowed = choice.allowed_tools.tools.map((tool) => tool.function.name);
    return toolOptions(
      known.filter(({ name }) => allowed.includes(name)),
      { type: choice.allowed_tools.mode },
    );
  }
  if (choice.type !== 'function') throw notTranslatable('/tool_choice/type', 'must be function or allowed_tools for this model');
  const { name } = choice.function;
  if (!known.some((tool) => tool.name === name))
    throw wrongInput('/tool_choice/function/name', 'must be the name of one of the tools');
  return toolOptions(known, { type: 'tool', toolName: name });
}
