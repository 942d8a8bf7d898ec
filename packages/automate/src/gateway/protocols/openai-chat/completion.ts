import type { LanguageModelV4Content, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { fromModel } from '../../usage/from-model.ts';
import { toOpenaiChatUsage } from '../../usage/to-openai.ts';
import { urlOfFile } from '../files.ts';
import { toolInputText } from '../tool-input.ts';
import { toChatFinishReason } from './finish-reasons.ts';

/** What an answer is called. */
export interface CompletionContext {
  /** `chatcmpl-…` */
  readonly id: string;
  /** As the client named it. */
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** The answer of a model as a `chat.completion`. Tools that the provider ran itself are not calls for the client. */
export function toCompletion(result: LanguageModelV4GenerateResult, { id, model, created }: CompletionContext) {
  const { content } = result;
  const toolCalls = content.flatMap((part) => (part.type === 'tool-call' && !part.providerExecuted ? [toolCallOf(part)] : []));
  const text = textsOf(content, 'text');
  const reasoning = textsOf(content, 'reasoning');
  const images = content.flatMap((part) => (part.type === 'file' && part.mediaType.startsWith('image') ? [toImage(part)] : []));
  const message = {
    role: 'assistant' as const,
    content: text === '' && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(images.length > 0 && { images }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  const finishReason = toChatFinishReason(result.finishReason.unified, toolCalls.length > 0);
  return {
    id,
    object: 'chat.completion' as const,
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    usage: toOpenaiChatUsage(fromModel(result.usage)),
  };
}

/** A picture that a model made, as OpenRouter was first to send it. */
export function toImage(file: Extract<LanguageModelV4Content, { type: 'file' }>) {
  return { type: 'image_url' as const, image_url: { url: urlOfFile(file) } };
}

function toolCallOf({ toolCallId, toolName, input }: Extract<LanguageModelV4Content, { type: 'tool-call' }>) {
  return { id: toolCallId, type: 'function' as const, function: { name: toolName, arguments: toolInputText(input) } };
}

function textsOf(content: readonly LanguageModelV4Content[], type: 'text' | 'reasoning'): string {
  return content.map((part) => (part.type === type ? part.text : '')).join('');
}
