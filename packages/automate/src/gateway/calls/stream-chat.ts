import type { Readable } from 'node:stream';
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { AppError } from '../../kernel/index.ts';
import { gatewayErrors } from '../errors.ts';
import type { StreamEncoder } from '../protocols/encoder.ts';
import { type Failure, failedUpstream, truncated } from '../protocols/failure.ts';
import type { CallOptions } from '../protocols/options.ts';
import { watchParts } from '../protocols/outcome.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { chat } from './chat.ts';
import type { ChatFront } from './chat-front.ts';

export interface StreamedChat {
  readonly model: string;
  readonly options: CallOptions;
  readonly prompt?: { readonly id: string; readonly version: number } | undefined;
  readonly signal: AbortSignal;
  /** Gets the text as it comes; what comes waits until it is done. */
  onText(text: string): void | Promise<void>;
}

export type ToolCallPart = Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>;

/** What a chat came to whose text has been handed over already. */
export interface StreamEnd {
  readonly call: Call;
  readonly text: string;
  readonly finishReason: string;
  readonly toolCalls: readonly ToolCallPart[];
}

/**
 * Asks a model and hands over its words as they come.
 * @throws AppError as for clients; `call_aborted` once the signal has fired
 */
export async function streamChat(services: CallServices, caller: Caller, asked: StreamedChat): Promise<StreamEnd> {
  const { model, options, prompt, signal, onText } = asked;
  const words = createWords();
  const front: ChatFront<CallOptions> = {
    protocol: 'internal',
    isStreamed: () => true,
    maximumTokens: ({ maxOutputTokens }) => maxOutputTokens,
    toOptions: (request) => request,
    toReply: (result) => result,
    encoder: () => words.encoder,
    // Tool calls and the end are told beside the words.
    isBeyondBytes: true,
  };
  const bytes = Buffer.byteLength(JSON.stringify(options.prompt));
  const { call, body } = await chat(services, front, { caller, model, request: options, bytes, prompt, signal });
  let text = '';
  const source = (body as Readable).setEncoding('utf8');
  for await (const piece of source as AsyncIterable<string>) {
    text += piece;
    await onText(piece);
  }
  if (signal.aborted) throw gatewayErrors.call_aborted('Whoever asked has gone.');
  const failure = words.failure();
  if (failure) throw errorOf(failure);
  return { call, text, finishReason: words.encoder.outcome().finishReason ?? 'other', toolCalls: words.toolCalls };
}

/** A protocol of text alone. */
function createWords(): {
  readonly encoder: StreamEncoder;
  readonly toolCalls: readonly ToolCallPart[];
  failure(): Failure | undefined;
} {
  const watcher = watchParts(65_536);
  const toolCalls: ToolCallPart[] = [];
  let failure: Failure | undefined;
  const encoder: StreamEncoder = {
    push(part) {
      watcher.watch(part);
      if (part.type === 'tool-call') toolCalls.push(part);
      return part.type === 'text-delta' && part.delta !== '' ? [part.delta] : [];
    },
    end() {
      const { isComplete, error } = watcher.outcome();
      if (!isComplete)
        failure ??= error ? { ...failedUpstream, code: 'provider_failed' } : { ...truncated, code: 'provider_truncated' };
      return [];
    },
    fail(told) {
      failure ??= told;
      return [];
    },
    outcome: () => watcher.outcome(),
  };
  return { encoder, toolCalls, failure: () => failure };
}

function errorOf({ code, status, message }: Failure): AppError {
  const known = (gatewayErrors as Readonly<Record<string, (detail: string) => AppError>>)[code];
  return known ? known(message) : new AppError({ status, code, title: message, detail: message });
}
