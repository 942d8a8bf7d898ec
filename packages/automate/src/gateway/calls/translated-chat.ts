import { Readable } from 'node:stream';
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { AppError } from '../../kernel/index.ts';
import { gatewayErrors } from '../errors.ts';
import type { StreamEncoder } from '../protocols/encoder.ts';
import { type Failure, failureOf as failureToTell } from '../protocols/failure.ts';
import { isBroken, type Outcome } from '../protocols/outcome.ts';
import { failureOf } from '../providers/kinds/failure.ts';
import type { ProviderClient } from '../providers/provider-kind.ts';
import type { Call } from './call.ts';
import { ProviderFault, toCallError } from './failed-call.ts';
import type { Patience } from './patience.ts';

/** The model of a target. @throws AppError `task_not_allowed` */
export function chatModel(client: ProviderClient, model: string, provider: string): LanguageModelV4 {
  const made = client.chat?.(model);
  if (!made) throw gatewayErrors.task_not_allowed(`The provider "${provider}" has no models for llm.chat.`);
  return made;
}

/** The whole answer. @param filter guardrails, which may ask once more @throws what the model throws, and for an answer that broke off */
export async function generate(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  patience: Patience,
  filter?: (result: LanguageModelV4GenerateResult) => Promise<LanguageModelV4GenerateResult>,
): Promise<LanguageModelV4GenerateResult> {
  try {
    const result = await model.doGenerate({ ...options, abortSignal: patience.signal });
    if (isBroken(result.finishReason.unified)) throw broken('The answer broke off.');
    return filter ? await filter(result) : result;
  } finally {
    patience.stop();
  }
}

/** A stream of a model that has begun. */
export interface BegunStream {
  readonly first: readonly LanguageModelV4StreamPart[];
  readonly reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart>;
}

/** Waits until a model says something: until then another may be asked. @throws what the model throws */
export async function beginStream(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  patience: Patience,
): Promise<BegunStream> {
  const { stream } = await model.doStream({ ...options, abortSignal: patience.signal });
  const reader = stream.getReader();
  const first: LanguageModelV4StreamPart[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw broken('The stream ended before it began.');
    if (value.type === 'error') throw new ProviderFault(failureOf(value.error), value.error);
    if (value.type === 'finish' && isBroken(value.finishReason.unified)) throw broken('The answer broke off.');
    first.push(value);
    if (value.type !== 'stream-start' && value.type !== 'response-metadata' && value.type !== 'raw') {
      patience.progress();
      return { first, reader };
    }
  }
}

export interface EncodedStreamOptions {
  readonly call: Call;
  readonly begun: BegunStream;
  readonly encoder: StreamEncoder;
  readonly patience: Patience;
  /** Fires when whoever asked has gone. */
  readonly signal: AbortSignal;
  /** Guardrails. */
  readonly filter?: ((parts: AsyncIterable<LanguageModelV4StreamPart>) => AsyncIterable<LanguageModelV4StreamPart>) | undefined;
  /** Stores the answer, before the client knows that it is complete. */
  readonly keep?: (() => Promise<void>) | undefined;
  /** What the log keeps of the answer. */
  response(outcome: Outcome): unknown;
}

/** Writes the stream of a model in the client's protocol; ends the call when it ends. */
export function encodeStream(options: EncodedStreamOptions): Readable {
  return Readable.from(pieces(options), { objectMode: false, highWaterMark: 65_536 });
}

async function* pieces(options: EncodedStreamOptions): AsyncGenerator<string> {
  const { call, begun, encoder, patience, signal, response, filter, keep } = options;
  let failure: unknown;
  const settle = () => {
    patience.stop();
    const outcome = encoder.outcome();
    if (outcome.usage) call.usage = outcome.usage;
    return outcome;
  };
  try {
    const source = parts(begun, patience);
    for await (const part of filter ? filter(source) : source) {
      if (part.type === 'error') failure ??= part.error;
      const text = encoder.push(part).join('');
      if (text === '') continue;
      call.noteFirstByte();
      yield text;
    }
    const rest = encoder.end().join('');
    const outcome = settle();
    if (outcome.isComplete) {
      await keep?.();
      call.succeed(response(outcome));
    } else call.fail(errorOf(failure ?? brokenOff(outcome), call), response(outcome));
    if (rest !== '') yield rest;
  } catch (error) {
    const told = signal.aborted
      ? gatewayErrors.call_aborted('Whoever asked has gone.')
      : errorOf(patience.lateness() ?? error, call);
    const rest = encoder.fail(tellable(told)).join('');
    call.fail(told, response(settle()));
    if (!signal.aborted && rest !== '') yield rest;
  } finally {
    if (!call.isOver) call.fail(gatewayErrors.call_aborted('Whoever asked has gone.'), response(settle()));
    patience.abort();
    await begun.reader.cancel().catch(() => undefined);
  }
}

async function* parts({ first, reader }: BegunStream, patience: Patience): AsyncGenerator<LanguageModelV4StreamPart> {
  yield* first;
  for (;;) {
    const { done, value } = await reader.read();
    patience.progress();
    if (done) return;
    yield value;
  }
}

function brokenOff(outcome: Outcome): unknown {
  return broken(outcome.error?.message ?? 'The answer broke off before it was complete.');
}

function broken(message: string): ProviderFault {
  return new ProviderFault({ reason: 'truncated', status: 200, message, isRetryable: true, isFallbackable: true });
}

/** What a stream that had begun failed with. */
export function errorOf(error: unknown, call: Call): Error {
  const provider = call.target?.provider.slug ?? '';
  // What a guardrail refuses is nobody's failure.
  if (AppError.is(error) && !error.code.startsWith('outbound_')) return error;
  if (typeof error === 'string') return gatewayErrors.provider_timeout(`${provider}: ${error}`);
  try {
    return toCallError(error instanceof ProviderFault ? error : new ProviderFault(failureOf(error), error), provider);
  } catch {
    return gatewayErrors.provider_failed(`${provider}: It failed while it was answering.`, { cause: error });
  }
}

function tellable(error: Error): Failure {
  return failureToTell(error);
}
