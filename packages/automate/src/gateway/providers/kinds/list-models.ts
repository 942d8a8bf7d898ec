import { APICallError } from '@ai-sdk/provider';
import type { Task } from '../../tasks.ts';
import type { ModelFacts } from '../provider-kind.ts';

export interface ModelListing {
  readonly fetch: typeof globalThis.fetch;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Where the list stands in the reply; default `data`, or the reply itself. */
  readonly field?: string | undefined;
  /** What is told of one of its items; undefined leaves it out. */
  readonly facts?: ((item: Readonly<Record<string, unknown>>) => ModelFacts | undefined) | undefined;
}

const MOST_MODELS = 5_000;
const LONGEST_REPLY = 8_388_608;

/** Asks a vendor which models there are. @throws APICallError when it refuses, or answers with something else */
export async function listModels({
  fetch,
  url,
  headers,
  signal,
  field = 'data',
  facts = byId,
}: ModelListing): Promise<readonly ModelFacts[]> {
  const reply = await fetch(url, { headers: { accept: 'application/json', ...headers }, signal });
  const responseBody = await reply.text();
  const told = {
    url,
    requestBodyValues: {},
    statusCode: reply.status,
    responseHeaders: Object.fromEntries(reply.headers),
    responseBody,
  };
  if (!reply.ok) throw new APICallError({ message: 'The models cannot be listed.', ...told });
  const items = itemsOf(responseBody, field);
  if (items === undefined) throw new APICallError({ message: 'The list of models is not what the vendor promises.', ...told });
  return items.slice(0, MOST_MODELS).flatMap((item) => {
    const fact = typeof item === 'object' && item !== null ? facts(item as Readonly<Record<string, unknown>>) : undefined;
    return fact === undefined ? [] : [fact];
  });
}

/** What a model is for, as far as its name tells. */
export function taskOfName(id: string): Task | undefined {
  if (/embed|(^|[-/])(bge|gte|e5)-|minilm/i.test(id)) return 'llm.embed';
  if (/whisper|transcribe|voxtral-mini-transcribe/i.test(id)) return 'audio.stt';
  if (/(^|[-/])tts(-|$)|kokoro/i.test(id)) return 'audio.tts';
  if (/dall-e|gpt-image|imagen|stable-diffusion|flux|sdxl/i.test(id)) return 'image.text2img';
  if (/sora|veo-/i.test(id)) return 'video.text2video';
  if (/rerank|moderation|realtime/i.test(id)) return undefined;
  return 'llm.chat';
}

function byId({ id }: Readonly<Record<string, unknown>>): ModelFacts | undefined {
  return typeof id === 'string' ? { id, task: taskOfName(id) } : undefined;
}

function itemsOf(body: string, field: string): readonly unknown[] | undefined {
  if (body.length > LONGEST_REPLY) return undefined;
  try {
    const parsed = JSON.parse(body) as Record<string, unknown> | null;
    const items = Array.isArray(parsed) ? parsed : parsed?.[field];
    return Array.isArray(items) ? items : undefined;
  } catch {
    return undefined;
  }
}
