import type { LanguageModelV4 } from '@ai-sdk/provider';
import { AppError, errorMessage } from '../../kernel/index.ts';
import type { Task } from '../tasks.ts';
import type { ProviderClients } from './clients.ts';
import type { KindRegistry } from './kinds-registry.ts';
import { type ProbeCause, probeAdvice, probeCauseOf } from './probe-cause.ts';
import type { StoredProvider } from './provider.store.ts';
import type { ModelFacts, ProviderClient } from './provider-kind.ts';

export interface ProviderCheck {
  readonly name: 'state' | 'key' | 'models' | 'call';
  readonly ok: boolean;
  readonly latency_ms: number;
  readonly detail: string;
  readonly code: string | null;
  /** What is in the way, and what to do about it. */
  readonly cause: ProbeCause | null;
  readonly advice: string | null;
}

export interface ProviderReport {
  readonly ok: boolean;
  readonly latency_ms: number;
  /** Until a model of a chat began to answer. */
  readonly first_byte_ms: number | null;
  readonly checks: readonly ProviderCheck[];
  readonly models: readonly { readonly id: string; readonly task: Task | null }[];
  readonly limits: Readonly<Record<string, string>>;
  readonly output: string | null;
}

export interface ProviderProbe {
  readonly tenantId: string;
  readonly provider: StoredProvider;
  readonly model?: string | undefined;
  readonly task?: Task | undefined;
  readonly signal: AbortSignal;
  /** Of a provider that is not kept, in place of its secret. */
  readonly draft?: { readonly key: string | undefined } | undefined;
}

const TIME_MS = 30_000;
const MOST_MODELS = 500;
const LONGEST_ANSWER = 500;
const LIMIT_HEADERS = /^(x-ratelimit-|anthropic-ratelimit-|ratelimit)/;

/** Really asks a provider, and says what came of each step. @param explain turns what a model throws into code and sentence */
export function createProviderTest(parts: {
  readonly kinds: KindRegistry;
  readonly clients: ProviderClients;
  readonly explain: (error: unknown) => { readonly code: string; readonly detail: string };
}): (probe: ProviderProbe) => Promise<ProviderReport> {
  const { kinds, clients, explain } = parts;
  return async ({ tenantId, provider, model, task = 'llm.chat', signal: asked, draft }) => {
    const signal = AbortSignal.any([asked, AbortSignal.timeout(TIME_MS)]);
    const checks: ProviderCheck[] = [];
    const step = async <T>(name: ProviderCheck['name'], work: () => Promise<readonly [T, string]>): Promise<T | undefined> => {
      const start = performance.now();
      const took = () => Math.round(performance.now() - start);
      try {
        const [value, detail] = await work();
        checks.push({ name, ok: true, latency_ms: took(), detail, code: null, cause: null, advice: null });
        return value;
      } catch (error) {
        const { code, detail } = AppError.is(error) ? { code: error.code, detail: errorMessage(error) } : explain(error);
        const cause = name === 'key' && code === 'provider_missing' ? 'key_missing' : probeCauseOf(error, name === 'call');
        checks.push({ name, ok: false, latency_ms: took(), detail, code, cause, advice: probeAdvice[cause] });
        return undefined;
      }
    };
    const missing = await kinds.look(provider.kind);
    if (missing !== null) {
      const lacking = { code: 'provider_missing', cause: 'missing', advice: probeAdvice.missing } as const;
      checks.push({ name: 'state', ok: false, latency_ms: 0, detail: missing, ...lacking });
    }
    const open = () => (draft ? clients.open(tenantId, provider, draft.key) : clients.get(tenantId, provider));
    const client = missing === null ? await step('key', async () => [await open(), 'the key can be used']) : undefined;
    let models: readonly ModelFacts[] = [];
    let output: Answer | undefined;
    if (client?.listModels) {
      const list = client.listModels.bind(client);
      models = (await step('models', async () => counted(await list(signal)))) ?? [];
    }
    if (client && model !== undefined) output = await step('call', () => call(client, { model, task, signal }));
    if (draft) await client?.close?.();
    return {
      ok: checks.every(({ ok }) => ok),
      latency_ms: Math.max(0, ...checks.map(({ latency_ms: latency }) => latency)),
      first_byte_ms: output?.firstByteMs ?? null,
      checks,
      models: models.slice(0, MOST_MODELS).map(({ id, task: of }) => ({ id, task: of ?? null })),
      limits: limitsOf(output?.headers),
      output: output?.text ?? null,
    };
  };
}

interface Answer {
  readonly text: string;
  readonly headers: Readonly<Record<string, string | undefined>> | undefined;
  readonly firstByteMs?: number | undefined;
}

function counted(models: readonly ModelFacts[]): readonly [readonly ModelFacts[], string] {
  return [models, `${models.length} models`];
}

/** A call as small as the task allows. @throws what the provider throws */
async function call(
  client: ProviderClient,
  { model, task, signal }: { readonly model: string; readonly task: Task; readonly signal: AbortSignal },
): Promise<readonly [Answer, string]> {
  switch (task) {
    case 'llm.chat': {
      if (!client.chat) break;
      return chat(client.chat(model), signal);
    }
    case 'llm.embed': {
      if (!client.embedding) break;
      const { embeddings, response } = await client.embedding(model).doEmbed({ values: ['ready'], abortSignal: signal });
      return [{ text: `${embeddings[0]?.length ?? 0} dimensions`, headers: response?.headers }, 'answered'];
    }
    case 'audio.tts': {
      if (!client.speech) break;
      const { audio, response } = await client.speech(model).doGenerate({ text: 'Ready.', abortSignal: signal });
      return [{ text: `${audio.length} bytes of sound`, headers: response?.headers }, 'answered'];
    }
    default:
      return [{ text: '', headers: undefined }, `a test of ${task} wants a file: try an endpoint`];
  }
  throw new TypeError(`The provider cannot be asked for ${task}.`);
}

/** As a stream, so that the time to its first piece is known. */
async function chat(model: LanguageModelV4, signal: AbortSignal): Promise<readonly [Answer, string]> {
  const start = performance.now();
  const { stream, response } = await model.doStream({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'Say "ready" and nothing else.' }] }],
    maxOutputTokens: 64,
    abortSignal: signal,
  });
  let text = '';
  let firstByteMs: number | undefined;
  let tokens: number | undefined;
  for await (const part of stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'finish') tokens = part.usage.outputTokens.total;
    if (part.type !== 'text-delta' && part.type !== 'reasoning-delta') continue;
    firstByteMs ??= Math.round(performance.now() - start);
    if (part.type === 'text-delta' && text.length < LONGEST_ANSWER) text += part.delta;
  }
  return [{ text: text.slice(0, LONGEST_ANSWER), headers: response?.headers, firstByteMs }, `answered, ${tokens ?? '?'} tokens`];
}

function limitsOf(headers: Readonly<Record<string, string | undefined>> | undefined): Record<string, string> {
  const found = Object.entries(headers ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && LIMIT_HEADERS.test(entry[0]),
  );
  return Object.fromEntries(found.slice(0, 20).map(([name, value]) => [name, value.slice(0, 100)]));
}
