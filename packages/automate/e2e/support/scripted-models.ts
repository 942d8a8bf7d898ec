import type { AppServices } from '../../src/api/index.ts';
import { gatewayErrors } from '../../src/gateway/errors.ts';
import type { ChatRequest, ModelCaller, PromptCaller } from '../../src/gateway/prompts/prompt-caller.ts';
import type { Prompts } from '../../src/gateway/prompts/prompts.ts';
import { defineFeature, type Feature } from '../../src/platform/index.ts';

/** Models that answer as they are told, and count what they were asked. */
export interface ScriptedModels {
  readonly feature: Feature;
  readonly asked: { readonly caller: ModelCaller; readonly request: ChatRequest; readonly text: string }[];
  /** Whose calls were ended by their signal. */
  aborted: number;
  /** The service of the server that has the feature. */
  prompts(): Prompts;
  /** Says what a model answers; what it throws, the call fails with. */
  answer: (text: string, request: ChatRequest) => string | Promise<string>;
}

const words = (text: string) => text.toLowerCase().match(/[a-z]+/g) ?? [];
const usage = { input: 10, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 0 };

/** Counts of letters: alike for texts that are. */
function embed(text: string): number[] {
  const counts = new Array<number>(26).fill(0);
  for (const letter of words(text).join('')) counts[letter.charCodeAt(0) - 97] = (counts[letter.charCodeAt(0) - 97] ?? 0) + 1;
  return counts;
}

export function scriptedModels(): ScriptedModels {
  const calls: PromptCaller = {
    async chat(caller, request) {
      const last = request.options.prompt.at(-1);
      const [part] = typeof last?.content === 'string' ? [{ text: last.content }] : (last?.content ?? []);
      const { text } = part as { text: string };
      models.asked.push({ caller, request, text });
      if (request.model === 'nowhere') throw gatewayErrors.provider_failed('The provider is not there.');
      const ended = new Promise<never>((_, reject) => {
        request.signal?.addEventListener('abort', () => {
          models.aborted += 1;
          reject(gatewayErrors.call_aborted('Ended by its caller.'));
        });
      });
      const said = await Promise.race([models.answer(text, request), ended]);
      const costNanos = request.model === 'unpriced' ? null : 1_500_000;
      return {
        text: said,
        usage,
        costNanos,
        latencyMs: 12,
        callId: '0190b5a0-0000-7000-8000-000000000001',
        finishReason: 'stop',
      };
    },
    async embed(_caller, { texts }) {
      return { embeddings: texts.map(embed), usage, costNanos: 1_000, callId: '0190b5a0-0000-7000-8000-000000000002' };
    },
  };
  let services: (() => AppServices) | undefined;
  const models: ScriptedModels = {
    prompts: () => (services as () => AppServices)().prompts,
    asked: [],
    aborted: 0,
    answer: (text) => `You said: ${text}`,
    feature: defineFeature({
      name: 'scripted-models',
      create({ allServices }) {
        services = allServices;
        return {
          // In place of what goes out; all before that is the product's.
          connect: ({ modelCalls }) => void Object.assign(modelCalls, calls),
        };
      },
    }),
  };
  return models;
}
