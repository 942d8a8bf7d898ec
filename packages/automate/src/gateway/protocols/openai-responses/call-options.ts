import { defined } from '../defined.ts';
import { type CallOptions, toolOptions, vendorOptions } from '../options.ts';
import { createPrompt } from '../prompt.ts';
import { reasoningOf } from '../reasoning.ts';
import { notTranslatable, wrongInput } from '../refusals.ts';
import { addItem } from './items.ts';
import type { ResponseItem, ResponsesRequest } from './schemas.ts';

/**
 * A request for a response, for a model that speaks another protocol.
 * @param earlierItems what went in and came out before, oldest first, where the request goes on from an earlier response
 * @throws a 400 that points at what cannot be said to such a model
 */
export function toCallOptions(request: ResponsesRequest, earlierItems: readonly ResponseItem[] = []): CallOptions {
  const builder = createPrompt();
  // Instructions are those of this request alone: those of earlier ones do not go on.
  if (request.instructions) builder.system(request.instructions);
  for (const item of earlierItems) addItem(builder, item, '/previous_response_id');
  for (const [index, item] of inputItems(request).entries()) {
    addItem(builder, resolve(item, earlierItems), `/input/${index}`);
  }
  const format = request.text?.format;
  const isLoose = format?.type === 'json_schema' && format.strict === false;
  return {
    prompt: builder.prompt,
    ...defined({
      maxOutputTokens: request.max_output_tokens,
      temperature: request.temperature,
      topP: request.top_p,
      responseFormat: responseFormat(format),
      reasoning: reasoningOf(request.reasoning?.effort, '/reasoning/effort'),
    }),
    ...chosenTools(request),
    ...vendorOptions({
      user: request.user,
      isParallel: request.parallel_tool_calls,
      openai: {
        strictJsonSchema: isLoose ? false : undefined,
        textVerbosity: request.text?.verbosity,
        reasoningSummary: request.reasoning?.summary,
      },
    }),
  };
}

/** What came in with a request, as items: the form in which it is kept for a later one. */
export function inputItems({ input }: Pick<ResponsesRequest, 'input'>): ResponseItem[] {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
}

function resolve(item: ResponseItem, earlierItems: readonly ResponseItem[]): ResponseItem {
  if (item.type !== 'item_reference') return item;
  return earlierItems.find((earlier) => earlier.type !== 'item_reference' && earlier.id === item.id) ?? item;
}

function responseFormat(format: NonNullable<ResponsesRequest['text']>['format']): CallOptions['responseFormat'] {
  if (format?.type === 'json_object') return { type: 'json' };
  if (format?.type !== 'json_schema') return undefined;
  const { name, description, schema } = format;
  return { type: 'json', ...defined({ schema, name, description }) };
}

function chosenTools({ tools, tool_choice: choice }: ResponsesRequest): Pick<CallOptions, 'tools' | 'toolChoice'> {
  const known = (tools ?? []).map((tool, index) => {
    if (tool.type !== 'function') throw notTranslatable(`/tools/${index}/type`, 'must be function for this model');
    const { name, description, parameters, strict } = tool;
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
    const allowed = choice.tools.map(({ name }) => name);
    return toolOptions(
      known.filter(({ name }) => allowed.includes(name)),
      { type: choice.mode },
    );
  }
  if (choice.type !== 'function') throw notTranslatable('/tool_choice/type', 'must be function or allowed_tools for this model');
  if (!known.some(({ name }) => name === choice.name))
    throw wrongInput('/tool_choice/name', 'must be the name of one of the tools');
  return toolOptions(known, { type: 'tool', toolName: choice.name });
}
