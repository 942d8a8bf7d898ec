import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import { fromModel } from '../../usage/from-model.ts';
import { toAnthropicUsage } from '../../usage/to-anthropic.ts';
import { toolInputObject } from '../tool-input.ts';
import { toStopReason } from './stop-reasons.ts';

/** What an answer is called. */
export interface MessageContext {
  /** `msg_…` */
  readonly id: string;
  /** As the client named it. */
  readonly model: string;
}

/** The answer of a model as a message. Tools that the provider ran itself are not calls for the client. */
export function toMessage(result: LanguageModelV4GenerateResult, { id, model }: MessageContext) {
  const content = result.content.flatMap(blockOf);
  const hasToolCalls = content.some((block) => block.type === 'tool_use');
  return {
    id,
    type: 'message' as const,
    role: 'assistant' as const,
    model,
    content,
    ...stopOf(result.finishReason, { hasToolCalls, metadata: result.providerMetadata }),
    usage: toAnthropicUsage(fromModel(result.usage)),
  };
}

/** Why a message stopped, and at which of the sequences that were asked for. */
export function stopOf(
  reason: LanguageModelV4FinishReason,
  { hasToolCalls, metadata }: { hasToolCalls: boolean; metadata: SharedV4ProviderMetadata | undefined },
) {
  const sequence = metadata?.anthropic?.stopSequence;
  return {
    stop_reason: toStopReason(reason, hasToolCalls),
    stop_sequence: typeof sequence === 'string' ? sequence : null,
  };
}

/** What a signature or sealed thinking looks like in the metadata of reasoning. */
export function thinkingSeal(metadata: SharedV4ProviderMetadata | undefined): { signature?: string; redacted?: string } {
  const { signature, redactedData } = metadata?.anthropic ?? {};
  return {
    ...(typeof signature === 'string' && { signature }),
    ...(typeof redactedData === 'string' && { redacted: redactedData }),
  };
}

type Block =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> };

function blockOf(part: LanguageModelV4Content): Block[] {
  if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }];
  if (part.type === 'reasoning') {
    const { signature = '', redacted } = thinkingSeal(part.providerMetadata);
    if (redacted !== undefined) return [{ type: 'redacted_thinking', data: redacted }];
    return [{ type: 'thinking', thinking: part.text, signature }];
  }
  if (part.type !== 'tool-call' || part.providerExecuted) return [];
  return [{ type: 'tool_use', id: part.toolCallId, name: part.toolName, input: toolInputObject(part.input) }];
}
