import type { LanguageModelV4FinishReason, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { fromModel } from '../usage/from-model.ts';
import type { Usage } from '../usage/usage.ts';

export type FinishReason = LanguageModelV4FinishReason['unified'];

/** What is known of an answer when it is over. */
export interface Outcome {
  /** Undefined where the provider told of none, which is not the same as nothing used. */
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason | undefined;
  /** Whether the answer came to its end: a stream without its last event was cut. */
  readonly isComplete: boolean;
  /** An error inside the answer. The message is what the provider wrote: for logs, after redaction. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly model?: string;
  /** The beginning of the text, where it was asked for. */
  readonly text?: string;
}

/** Watches the parts of a model's stream. */
export interface PartWatcher {
  watch(part: LanguageModelV4StreamPart): void;
  outcome(): Outcome;
}

/** @param textLimit most characters of text to keep; none are kept without it */
export function watchParts(textLimit = 0): PartWatcher {
  let finish: Extract<LanguageModelV4StreamPart, { type: 'finish' }> | undefined;
  let error: Outcome['error'];
  let model: string | undefined;
  let text = '';
  return {
    watch(part) {
      if (part.type === 'finish') finish = part;
      else if (part.type === 'error') error ??= { code: 'upstream_error', message: messageOf(part.error) };
      else if (part.type === 'response-metadata') model = part.modelId ?? model;
      else if (part.type === 'text-delta' && text.length < textLimit) text += part.delta.slice(0, textLimit - text.length);
    },
    outcome() {
      const reason = finish?.finishReason.unified;
      return {
        usage: finish && hasCounts(finish.usage) ? fromModel(finish.usage) : undefined,
        finishReason: reason,
        isComplete: finish !== undefined && !isBroken(reason) && error === undefined,
        ...(error && { error }),
        ...(model !== undefined && { model }),
        ...(textLimit > 0 && { text }),
      };
    },
  };
}

/** Whether a model ended so that its answer is none. */
export function isBroken(reason: FinishReason | undefined): boolean {
  return reason === 'error' || reason === 'interrupted';
}

function hasCounts({ inputTokens, outputTokens }: Extract<LanguageModelV4StreamPart, { type: 'finish' }>['usage']): boolean {
  return [...Object.values(inputTokens), ...Object.values(outputTokens)].some((count) => count !== undefined);
}

function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(typeof message === 'string' ? message : 'An error without a message.').slice(0, 500);
}
