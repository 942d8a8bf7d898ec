import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { toOpenaiChatUsage } from '../../usage/to-openai.ts';
import { noUsage } from '../../usage/usage.ts';
import type { StreamEncoder } from '../encoder.ts';
import { type Failure, failedUpstream, truncated } from '../failure.ts';
import { isBroken, watchParts } from '../outcome.ts';
import { dataEvent } from '../sse.ts';
import { createToolInputs } from '../tool-inputs.ts';
import { type CompletionContext, toImage } from './completion.ts';
import { toOpenaiError } from './errors.ts';
import { toChatFinishReason } from './finish-reasons.ts';

interface ChatStreamContext extends CompletionContext {
  /** Whether the client asked for a last chunk with the usage. */
  readonly hasUsage?: boolean;
  /** Most characters of text to keep for the outcome. */
  readonly textLimit?: number;
}

/** Writes a model's stream as `chat.completion.chunk` events. */
export function createChatEncoder({ id, model, created, hasUsage = false, textLimit = 0 }: ChatStreamContext): StreamEncoder {
  const watcher = watchParts(textLimit);
  const tools = createToolInputs();
  // All chunks begin the same way, which is written once.
  const head = JSON.stringify({ id, object: 'chat.completion.chunk', created, model }).slice(0, -1);
  let hasBegun = false;
  let hasEnded = false;

  const chunk = (delta: object, reason: string | null = null) =>
    dataEvent(
      `${head},"choices":[{"index":0,"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(reason)}}]}`,
    );

  /** What came, with the role in front when it is the first. */
  const say = (...deltas: object[]): string[] => {
    const chunks = deltas.map((delta) => chunk(delta));
    if (!hasBegun && chunks.length > 0) chunks.unshift(chunk({ role: 'assistant', content: '' }));
    hasBegun ||= chunks.length > 0;
    return chunks;
  };

  const fail = (failure: Failure): string[] => {
    if (hasEnded) return [];
    hasEnded = true;
    return [dataEvent(JSON.stringify(toOpenaiError(failure)))];
  };

  const deltasOf = (part: LanguageModelV4StreamPart): object[] => {
    if (part.type === 'text-delta') return part.delta === '' ? [] : [{ content: part.delta }];
    if (part.type === 'reasoning-delta') return part.delta === '' ? [] : [{ reasoning_content: part.delta }];
    if (part.type === 'file') return part.mediaType.startsWith('image') ? [{ images: [toImage(part)] }] : [];
    return tools.read(part).flatMap((event) => {
      if (event.type === 'end') return [];
      const named = event.type === 'start' && { id: event.id, type: 'function' };
      const { name, text } = event.type === 'start' ? { name: event.name, text: '' } : { name: undefined, text: event.text };
      return [{ tool_calls: [{ index: event.index, ...named, function: { ...(name && { name }), arguments: text } }] }];
    });
  };

  const end = (): string[] => {
    if (hasEnded) return [];
    const { finishReason, usage } = watcher.outcome();
    if (finishReason === undefined) return fail(truncated);
    const chunks = hasBegun ? [] : say({});
    hasEnded = true;
    chunks.push(chunk({}, toChatFinishReason(finishReason, tools.count > 0)));
    if (hasUsage) chunks.push(dataEvent(`${head},"choices":[],"usage":${JSON.stringify(toOpenaiChatUsage(usage ?? noUsage))}}`));
    return [...chunks, dataEvent('[DONE]')];
  };

  return {
    push(part) {
      if (hasEnded) return [];
      watcher.watch(part);
      if (part.type === 'error') return fail(failedUpstream);
      if (part.type !== 'finish') return say(...deltasOf(part));
      if (part.finishReason.unified === 'interrupted') return fail(truncated);
      return isBroken(part.finishReason.unified) ? fail(failedUpstream) : [];
    },
    end,
    fail,
    outcome: () => watcher.outcome(),
  };
}
