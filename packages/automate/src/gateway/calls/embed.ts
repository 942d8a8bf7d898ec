import { gatewayErrors } from '../errors.ts';
import { noUsage, type Usage } from '../usage/usage.ts';
import { type CacheState, cacheEntryOf, readCache } from './cached-answers.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { guardTexts } from './guarded-texts.ts';
import { idempotencyHeaders } from './idempotency.ts';
import { openCall, roughTokens } from './open-call.ts';
import type { Patience } from './patience.ts';
import { type ReadyTarget, tryTargets } from './try-targets.ts';

export interface EmbedRequest {
  readonly model: string;
  readonly texts: readonly string[];
  readonly dimensions?: number | undefined;
  readonly cacheControl?: string | undefined;
  readonly signal: AbortSignal;
  readonly protocol: string;
  /** The same when a request is made again. */
  readonly idempotencyKey?: string | undefined;
}

export interface Embedded {
  readonly call: Call;
  readonly embeddings: readonly (readonly number[])[];
  readonly usage: Usage;
  readonly cache: CacheState | undefined;
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
  const asked = { texts: request.texts, dimensions: request.dimensions ?? null };
  try {
    const entry = cacheEntryOf(services, call, { variant: 'embeddings', request: asked, control: request.cacheControl });
    const hit = entry && (await readCache(entry, call));
    if (hit)
      return {
        call,
        embeddings: JSON.parse(hit.body) as number[][],
        usage: hit.usage,
        cache: { state: 'hit', ageSeconds: hit.ageSeconds },
      };
    const { texts } = await guardTexts(services, call, request.texts, request.signal);
    const { embeddings, tokens } = await tryTargets(services, call, request.signal, (target, patience) =>
      embedAll(target, { ...request, texts }, patience),
    );
    call.usage = { ...noUsage, input: tokens };
    call.noteFirstByte();
    call.succeed({ vectors: embeddings.length, dimensions: embeddings[0]?.length ?? 0 });
    entry?.write(JSON.stringify(embeddings), call.usage);
    return { call, embeddings, usage: call.usage, cache: entry && { state: 'miss' } };
  } catch (error) {
    call.fail(error);
    throw error;
  }
}

async function embedAll(
  { client, model: name, provider }: ReadyTarget,
  { texts, dimensions, idempotencyKey }: Pick<EmbedRequest, 'texts' | 'dimensions' | 'idempotencyKey'>,
  patience: Patience,
): Promise<{ embeddings: number[][]; tokens: number }> {
  const model = client.embedding?.(name);
  if (!model) throw gatewayErrors.task_not_allowed(`The provider "${provider.slug}" has no models for llm.embed.`);
  const most = Math.max(1, (await model.maxEmbeddingsPerCall) ?? texts.length);
  const sized = dimensions === undefined ? undefined : { dimensions };
  const providerOptions = sized && { openai: sized, 'openai-compatible': sized, openaiCompatible: sized };
  const embeddings: number[][] = [];
  let tokens = 0;
  for (let start = 0; start < texts.length; start += most) {
    const values = texts.slice(start, start + most);
    const again = idempotencyHeaders(idempotencyKey, provider.kind, `${name} ${start}`);
    const reply = await model.doEmbed({
      values,
      abortSignal: patience.signal,
      ...again,
      ...(providerOptions && { providerOptions }),
    });
    patience.progress();
    embeddings.push(...reply.embeddings);
    tokens += reply.usage?.tokens ?? values.reduce((sum, text) => sum + roughTokens(text.length), 0);
  }
  patience.stop();
  return { embeddings, tokens };
}
