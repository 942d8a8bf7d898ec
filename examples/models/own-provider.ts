import { APICallError, defineProviderKind, type LanguageModelV4 } from 'automate/gateway';
import { z } from 'zod';

/** A model server of one's own house: it answers `POST /answer` with a text, and what it has read and written. */
export const acme = defineProviderKind({
  kind: 'acme',
  title: 'Acme',
  description: 'The model of our own house.',
  config: z.strictObject({ base_url: z.url().describe('Where `/answer` follows') }),
  key: 'required',
  tasks: ['llm.chat'],
  url: (config) => config.base_url,
  create: ({ config, key, fetch }) => ({
    chat: (model): LanguageModelV4 => ({
      specificationVersion: 'v4',
      provider: 'acme',
      modelId: model,
      supportedUrls: {},
      async doGenerate({ prompt, abortSignal }) {
        const url = `${config.base_url}/answer`;
        const requestBodyValues = { model, prompt };
        const init = { method: 'POST', headers: { 'x-acme-key': key ?? '' }, body: JSON.stringify(requestBodyValues) };
        const reply = await fetch(url, { ...init, signal: abortSignal ?? null });
        const [statusCode, responseHeaders] = [reply.status, Object.fromEntries(reply.headers)];
        // Its status says whether it is tried again, and whether another target is.
        if (!reply.ok)
          throw new APICallError({ message: await reply.text(), url, requestBodyValues, statusCode, responseHeaders });
        const { answer, read, written } = (await reply.json()) as { answer: string; read: number; written: number };
        const inputTokens = { total: read, noCache: read, cacheRead: undefined, cacheWrite: undefined };
        const outputTokens = { total: written, text: written, reasoning: undefined };
        const finishReason = { unified: 'stop' as const, raw: undefined };
        return { content: [{ type: 'text', text: answer }], finishReason, usage: { inputTokens, outputTokens }, warnings: [] };
      },
      doStream: () => Promise.reject(new Error('Acme answers in one piece.')),
    }),
  }),
});
