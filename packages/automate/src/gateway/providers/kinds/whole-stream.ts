import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { TruncatedStreamError } from './transport-fault.ts';

/**
 * A model whose streams end in one of two ways: with a `finish`, or with one `error` and nothing behind it.
 * When the caller's signal is aborted, reading throws, as ever.
 */
export function wholeStreams(model: LanguageModelV4): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    doGenerate: (options) => model.doGenerate(options),
    async doStream(options) {
      const result = await model.doStream(options);
      return { ...result, stream: whole(result.stream, options.abortSignal) };
    },
  };
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
