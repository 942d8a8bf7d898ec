import type { LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import type { CallOptions } from '../protocols/options.ts';
import { fromModel } from '../usage/from-model.ts';
import { cacheEntryOf, readCache } from './cached-answers.ts';
import type { Call } from './call.ts';
import { type CallFigures, figuresOf } from './call-figures.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { requireLimits } from './chat.ts';
import { withParams } from './chat-params.ts';
import { embed } from './embed.ts';
import { guardChat } from './guarded-chat.ts';
import { idempotencyHeaders } from './idempotency.ts';
import { createMediaCalls, type MediaCalls } from './media-calls.ts';
import { openCall, roughTokens, USUAL_OUTPUT_TOKENS } from './open-call.ts';
import { type StreamEnd, type StreamedChat, streamChat } from './stream-chat.ts';
import { chatModel, generate } from './translated-chat.ts';
import { tryTargets } from './try-targets.ts';

export type { CallFigures } from './call-figures.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** Models for the rest of the product: with the same limits, budgets and log as for clients. */
    readonly modelCalls: ModelCalls;
  }
}

export interface ModelChat {
  readonly model: string;
  readonly options: CallOptions;
  readonly prompt?: { readonly id: string; readonly version: number } | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The same when a request is made again; it goes to providers that tell repetitions by it. */
  readonly idempotencyKey?: string | undefined;
}

export interface ModelAnswer extends CallFigures {
  readonly result: LanguageModelV4GenerateResult;
  readonly text: string;
  readonly finishReason: string;
}

export interface ModelCalls extends MediaCalls {
  /** @throws AppError as for clients */
  chat(caller: Caller, request: ModelChat): Promise<ModelAnswer>;
  /** The same, with the words handed over as they come. */
  streamChat(caller: Caller, request: StreamedChat): Promise<CallFigures & Omit<StreamEnd, 'call'>>;
  embed(
    caller: Caller,
    request: {
      readonly model: string;
      readonly texts: readonly string[];
      readonly dimensions?: number;
      readonly signal?: AbortSignal;
      readonly idempotencyKey?: string | undefined;
    },
  ): Promise<CallFigures & { readonly embeddings: readonly (readonly number[])[] }>;
}

const NEVER = new AbortController().signal;

export function createModelCalls(services: CallServices): ModelCalls {
  return {
    async chat(caller, { model, options, prompt, signal = NEVER, idempotencyKey }) {
      const size = JSON.stringify(options.prompt).length;
      const request = { messages: options.prompt };
      const facts = { caller, task: 'llm.chat' as const, model, protocol: 'internal', isStreamed: false, prompt, request };
      const outputTokens = options.maxOutputTokens ?? USUAL_OUTPUT_TOKENS;
      const call = await openCall(services, facts, { inputTokens: roughTokens(size), outputTokens });
      try {
        requireLimits(call, { most: options.maxOutputTokens, bytes: size });
        const asked = withParams(options, call.resolved.endpoint);
        const entry = cacheEntryOf(services, call, { variant: 'internal', request: asked, control: undefined });
        const hit = entry && (await readCache(entry, call));
        if (hit) return answerOf(call, JSON.parse(hit.body) as LanguageModelV4GenerateResult);
        const compiled = services.guards.of(call.resolved.endpoint);
        const guarded = compiled && (await guardChat(compiled, { call, options: asked, signal }));
        const result = await tryTargets(services, call, signal, (target, patience) => {
          const chosen = chatModel(target.client, target.model, target.provider.slug);
          if (guarded) guarded.ask = (again) => chosen.doGenerate({ ...again, abortSignal: patience.signal });
          const headers = idempotencyHeaders(idempotencyKey, target.provider.kind, target.model);
          return generate(chosen, { ...(guarded?.options ?? asked), ...headers }, patience, guarded?.run.output);
        });
        call.usage = fromModel(result.usage);
        call.noteFirstByte();
        call.succeed({ text: textOf(result), finish_reason: result.finishReason.unified });
        // Files stand in an answer as bytes, which JSON does not know.
        if (!result.content.some(({ type }) => type === 'file')) entry?.write(JSON.stringify(cachable(result)), call.usage);
        return answerOf(call, result);
      } catch (error) {
        call.fail(error);
        throw error;
      }
    },
    async streamChat(caller, request) {
      const { call, ...end } = await streamChat(services, caller, request);
      return { ...figuresOf(call), ...end };
    },
    async embed(caller, { model, texts, dimensions, signal = NEVER, idempotencyKey }) {
      const request = { model, texts, dimensions, signal, protocol: 'internal', idempotencyKey };
      const { call, embeddings } = await embed(services, caller, request);
      return { ...figuresOf(call), embeddings };
    },
    ...createMediaCalls(services),
  };
}

function answerOf(call: Call, result: LanguageModelV4GenerateResult): ModelAnswer {
  return { ...figuresOf(call), result, text: textOf(result), finishReason: result.finishReason.unified };
}

/** Without what went over the wire. */
function cachable({ request: _request, response: _response, ...result }: LanguageModelV4GenerateResult): object {
  return result;
}

function textOf({ content }: LanguageModelV4GenerateResult): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
