import type { LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider';

/** An answer as the parts of a stream. */
export function* partsOf({
  content,
  usage,
  finishReason,
  providerMetadata,
}: LanguageModelV4GenerateResult): Generator<LanguageModelV4StreamPart> {
  for (const [index, part] of content.entries()) {
    const id = String(index);
    if (part.type === 'text') {
      const { type: _type, text, ...rest } = part;
      yield { type: 'text-start', id };
      yield { type: 'text-delta', id, delta: text };
      yield { type: 'text-end', id, ...rest };
    } else if (part.type === 'reasoning') {
      const { type: _type, text, ...rest } = part;
      yield { type: 'reasoning-start', id };
      yield { type: 'reasoning-delta', id, delta: text };
      yield { type: 'reasoning-end', id, ...rest };
    } else if (part.type === 'tool-call') {
      const { toolCallId, toolName, input } = part;
      yield { type: 'tool-input-start', id: toolCallId, toolName };
      yield { type: 'tool-input-delta', id: toolCallId, delta: input };
      yield { type: 'tool-input-end', id: toolCallId };
      yield part;
    } else yield part;
  }
  yield { type: 'finish', usage, finishReason, ...(providerMetadata && { providerMetadata }) };
}
