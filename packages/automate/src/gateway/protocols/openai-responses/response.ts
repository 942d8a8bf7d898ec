import type { LanguageModelV4Content, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { fromModel } from '../../usage/from-model.ts';
import { toOpenaiResponsesUsage } from '../../usage/to-openai.ts';
import type { Usage } from '../../usage/usage.ts';
import { toolInputText } from '../tool-input.ts';
import { itemId, type OutputItem, outputText } from './output-items.ts';
import type { ResponsesRequest } from './schemas.ts';
import { sealOf } from './seal.ts';
import { toResponseStatus } from './statuses.ts';

/** What an answer is called. */
export interface ResponseContext {
  /** `resp_…` */
  readonly id: string;
  /** As the client named it. */
  readonly model: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly request: ResponsesRequest;
}

interface ResponseState {
  readonly status: 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';
  readonly output?: readonly OutputItem[];
  readonly usage?: Usage | undefined;
  readonly error?: { readonly code: string; readonly message: string } | null;
  readonly incomplete_details?: { readonly reason: string } | null;
}

/** A response in a state of its life, with what was asked for in it. */
export function responseObject({ id, model, createdAt, request }: ResponseContext, state: ResponseState) {
  return {
    id,
    object: 'response' as const,
    created_at: createdAt,
    status: state.status,
    background: request.background ?? false,
    error: state.error ?? null,
    incomplete_details: state.incomplete_details ?? null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    model,
    output: state.output ?? [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    store: request.store ?? true,
    temperature: request.temperature ?? null,
    text: { ...request.text, format: request.text?.format ?? { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_p: request.top_p ?? null,
    truncation: request.truncation ?? 'disabled',
    usage: state.usage ? toOpenaiResponsesUsage(state.usage) : null,
    user: request.user ?? null,
    metadata: request.metadata ?? {},
  };
}

/** The answer of a model as a response. Tools that the provider ran itself are not calls for the client. */
export function toResponse(result: LanguageModelV4GenerateResult, context: ResponseContext) {
  const output: OutputItem[] = [];
  for (const part of result.content) {
    const item = itemOf(part, (kind) => itemId(kind, context.id, output.length));
    if (item) output.push(item);
  }
  return responseObject(context, {
    ...toResponseStatus(result.finishReason.unified),
    output,
    usage: fromModel(result.usage),
  });
}

function itemOf(part: LanguageModelV4Content, idOf: (kind: 'msg' | 'fc' | 'rs') => string): OutputItem | undefined {
  const status = 'completed' as const;
  if (part.type === 'text') {
    if (part.text === '') return undefined;
    return { type: 'message', id: idOf('msg'), status, role: 'assistant', content: [outputText(part.text)] };
  }
  if (part.type === 'reasoning') {
    const seal = sealOf(part.providerMetadata);
    if (part.text === '' && seal === undefined) return undefined;
    const summary = part.text === '' ? [] : [{ type: 'summary_text' as const, text: part.text }];
    return { type: 'reasoning', id: idOf('rs'), status, summary, ...(seal !== undefined && { encrypted_content: seal }) };
  }
  if (part.type !== 'tool-call' || part.providerExecuted) return undefined;
  const { toolCallId, toolName, input } = part;
  return { type: 'function_call', id: idOf('fc'), status, call_id: toolCallId, name: toolName, arguments: toolInputText(input) };
}
