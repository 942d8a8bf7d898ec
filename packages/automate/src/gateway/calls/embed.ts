import { gatewayErrors } from '../errors.ts';
import { runGuardrails } from '../guardrails/run-guardrails.ts';
import { noUsage, type Usage } from '../usage/usage.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { idempotencyHeaders } from './idempotency.ts';
import { openCall, roughTokens } from './open-call.ts';
import { tryTargets } from './try-targets.ts';

export interface EmbedRequest {
  readonly model: string;
  readonly texts: readonly string[];
  readonly dimensions?: number | undefined;
  readonly signal: AbortSignal;
  readonly protocol: string;
  /** The same when a request is made again. */
  readonly idempotencyKey?: string | undefined;
}

export interface Embedded {
  readonly call: Call;
  readonly embeddings: readonly (readonly number[])[];
  readonly usage: Usage;
}

/** Texts as vectors, by whichever target answers; a target takes them in pieces as large as it likes. */
export async function embed(services: CallServices, caller: Caller, request: EmbedRequest): Promise<Embedded> {
  const characters = request.texts.reduce((sum, text) => sum + text.length, 0);
  const facts = {
    caller,
    task: 'llm.embed' as const,
    model: request.model,
    protocol: request.protocol,
    isStreamed: false,
    request: { texts: request.texts.length, characters, dimensions: request.dimensions ?? null },
  };
  const call = await openCall(services, facts, { inputTokens: roughTokens(characters), outputTokens: 0 });
  try {
    const texts = await guardTexts(services, call, request);
    const { embeddings, tokens } = await tryTargets(services, call, request.signal, async (target, patience) => {
      const model = target.client.embedding?.(target.model);
      if (!model) throw gatewayErrors.task_not_allowed(`The provider "${target.provider.slug}" has no models for llm.embed.`);
      const most = (await model.maxEmbeddingsPerCall) ?? texts.length;
      const all: number[][] = [];
      let used = 0;
      for (let start = 0; start < texts.length; start += Math.max(1, most)) {
        const values = texts.slice(start, start + Math.max(1, most));
        const reply = await model.doEmbed({
          values,
          abortSignal: patience.signal,
          ...idempotencyHeaders(request.idempotencyKey, target.provider.kind, `${target.model} ${start}`),
          ...(request.dimensions !== undefined && {
            providerOptions: {
              openai: { dimensions: request.dimensions },
              'openai-compatible': { dimensions: request.dimensions },
              openaiCompatible: { dimensions: request.dimensions },
            },
          }),
        });
        patience.progress();
        all.push(...reply.embeddings);
        used += reply.usage?.tokens ?? values.reduce((sum, text) => sum + roughTokens(text.length), 0);
      }
      patience.stop();
      return { embeddings: all, tokens: used };
    });
    call.usage = { ...noUsage, input: tokens };
    call.noteFirstByte();
    call.succeed({ vectors: embeddings.length, dimensions: embeddings[0]?.length ?? 0 });
    return { call, embeddings, usage: call.usage };
  } catch (error) {
    call.fail(error);
    throw error;
  }
}

async function guardTexts({ guards }: CallServices, call: Call, { texts, signal }: EmbedRequest): Promise<readonly string[]> {
  const compiled = guards.of(call.resolved.endpoint);
  if (!compiled) return texts;
  const run = runGuardrails(compiled, { signal });
  call.guardedBy(() => run.findings());
  return run.inputTexts(texts);
}
