import {
  InvalidResponseDataError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4GenerateResult,
  type LanguageModelV4StreamPart,
  type SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import { TruncatedStreamError } from './transport-fault.ts';

/**
 * A model whose answers are answers, and whose streams end in one of two ways: with a `finish`, or with one `error` and nothing behind it.
 * When the caller's signal is aborted, reading throws, as ever.
 * @param defaults options of the vendor, unless a call says otherwise
 */
export function wholeAnswers(model: LanguageModelV4, defaults?: SharedV4ProviderOptions): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    async doGenerate(options) {
      return answered(await model.doGenerate(withDefaults(options, defaults)));
    },
    async doStream(options) {
      const result = await model.doStream(withDefaults(options, defaults));
      return { ...result, stream: whole(result.stream, options.abortSignal) };
    },
  };
}

/** Where a reply of another kind has all that a lenient library asks for. */
function answered(result: LanguageModelV4GenerateResult): LanguageModelV4GenerateResult {
  const isNone = result.content.length === 0 && result.finishReason.raw === undefined;
  if (isNone)
    throw new InvalidResponseDataError({ data: undefined, message: 'The reply has neither content nor a reason why not.' });
  return result;
}

function whole(
  source: ReadableStream<LanguageModelV4StreamPart>,
  signal: AbortSignal | undefined,
): ReadableStream<LanguageModelV4StreamPart> {
  const reader = source.getReader();
  return new ReadableStream({
    async pull(controller) {
      const read = await reader.read().catch((error: unknown) => {
        if (signal?.aborted) throw error;
        return { done: false as const, value: { type: 'error' as const, error } };
      });
      const part = read.done ? { type: 'error' as const, error: new TruncatedStreamError() } : read.value;
      controller.enqueue(part);
      if (part.type !== 'error' && part.type !== 'finish') return;
      controller.close();
      await reader.cancel().catch(() => undefined);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function withDefaults(
  options: LanguageModelV4CallOptions,
  defaults: SharedV4ProviderOptions | undefined,
): LanguageModelV4CallOptions {
  if (defaults === undefined) return options;
  const providerOptions: SharedV4ProviderOptions = { ...options.providerOptions };
  for (const [vendor, values] of Object.entries(defaults)) providerOptions[vendor] = { ...values, ...providerOptions[vendor] };
  return { ...options, providerOptions };
}
