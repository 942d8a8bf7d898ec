import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { toAnthropicUsage } from '../../usage/to-anthropic.ts';
import { noUsage } from '../../usage/usage.ts';
import type { StreamEncoder } from '../encoder.ts';
import { type Failure, failedUpstream, truncated } from '../failure.ts';
import { isBroken, watchParts } from '../outcome.ts';
import { typedEvent } from '../sse.ts';
import { createToolInputs, type ToolInputEvent } from '../tool-inputs.ts';
import { createBlocks } from './blocks.ts';
import { toAnthropicError } from './errors.ts';
import { type MessageContext, stopOf, thinkingSeal } from './message.ts';

interface MessageStreamContext extends MessageContext {
  readonly requestId?: string;
  /** Most characters of text to keep for the outcome. */
  readonly textLimit?: number;
}

type Part<Type extends LanguageModelV4StreamPart['type']> = Extract<LanguageModelV4StreamPart, { type: Type }>;

/** Writes a model's stream as the events of a message. */
export function createMessagesEncoder({ id, model, requestId, textLimit = 0 }: MessageStreamContext): StreamEncoder {
  const watcher = watchParts(textLimit);
  const content = createContent();
  let finish: Part<'finish'> | undefined;
  let hasBegun = false;
  let hasEnded = false;

  const begin = (): string[] => {
    if (hasBegun) return [];
    hasBegun = true;
    return [typedEvent(startOf({ id, model })), typedEvent({ type: 'ping' })];
  };

  const fail = (failure: Failure): string[] => {
    if (hasEnded) return [];
    hasEnded = true;
    return [typedEvent(toAnthropicError(failure, requestId))];
  };

  return {
    push(part) {
      if (hasEnded) return [];
      watcher.watch(part);
      if (part.type === 'error') return fail(failedUpstream);
      if (part.type === 'ping') return hasBegun ? [typedEvent({ type: 'ping' })] : [];
      if (part.type === 'finish') {
        finish = part;
        const { unified } = part.finishReason;
        return isBroken(unified) ? fail(unified === 'error' ? failedUpstream : truncated) : [];
      }
      const events = content.read(part);
      return events.length > 0 ? [...begin(), ...events] : [];
    },
    end() {
      if (hasEnded) return [];
      if (!finish) return fail(truncated);
      hasEnded = true;
      const delta = stopOf(finish.finishReason, { hasToolCalls: content.hasToolCalls(), metadata: finish.providerMetadata });
      const usage = toAnthropicUsage(watcher.outcome().usage ?? noUsage);
      const last = { type: 'message_delta', delta, usage };
      return [...begin(), ...content.close(), typedEvent(last), typedEvent({ type: 'message_stop' })];
    },
    fail,
    outcome: () => watcher.outcome(),
  };
}

/** Models tell what went in when they are done, so that the start knows of nothing; clients add up what they are told later. */
function startOf({ id, model }: MessageContext) {
  const usage = toAnthropicUsage(noUsage);
  const message = { id, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, usage };
  return { type: 'message_start', message };
}

function createContent() {
  const blocks = createBlocks();
  const tools = createToolInputs();
  const signatures = new Map<string, string>();

  const reasoning = (part: Part<'reasoning-start' | 'reasoning-delta'>): string[] => {
    const key = `thinking:${part.id}`;
    const { signature, redacted } = thinkingSeal(part.providerMetadata);
    if (redacted !== undefined) return blocks.begin(`sealed:${part.id}`, { type: 'redacted_thinking', data: redacted });
    if (signature !== undefined) signatures.set(key, signature);
    const thinking = part.type === 'reasoning-delta' ? part.delta : '';
    if (thinking === '') return [];
    const start = blocks.begin(key, { type: 'thinking', thinking: '', signature: '' });
    return [...start, ...blocks.delta(key, { type: 'thinking_delta', thinking })];
  };

  const reasoningEnd = (part: Part<'reasoning-end'>): string[] => {
    const key = `thinking:${part.id}`;
    const signature = thinkingSeal(part.providerMetadata).signature ?? signatures.get(key);
    // A signature stands even where the thinking itself is left out.
    const start = signature === undefined ? [] : blocks.begin(key, { type: 'thinking', thinking: '', signature: '' });
    const signed = signature === undefined ? [] : blocks.delta(key, { type: 'signature_delta', signature });
    return [...start, ...signed, ...blocks.finish(key), ...blocks.finish(`sealed:${part.id}`)];
  };

  const toolEvent = (event: ToolInputEvent): string[] => {
    const key = `tool:${event.id}`;
    if (event.type === 'start') return blocks.begin(key, { type: 'tool_use', id: event.id, name: event.name, input: {} });
    if (event.type === 'end') return blocks.finish(key);
    return blocks.delta(key, { type: 'input_json_delta', partial_json: event.text });
  };

  return {
    read(part: LanguageModelV4StreamPart): string[] {
      if (part.type === 'text-delta') {
        if (part.delta === '') return [];
        const key = `text:${part.id}`;
        return [...blocks.begin(key, { type: 'text', text: '' }), ...blocks.delta(key, { type: 'text_delta', text: part.delta })];
      }
      if (part.type === 'text-end') return blocks.finish(`text:${part.id}`);
      if (part.type === 'reasoning-start' || part.type === 'reasoning-delta') return reasoning(part);
      if (part.type === 'reasoning-end') return reasoningEnd(part);
      return tools.read(part).flatMap(toolEvent);
    },
    close: () => blocks.finishAll(),
    hasToolCalls: () => tools.count > 0,
  };
}
