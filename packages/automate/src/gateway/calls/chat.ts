import { Readable } from 'node:stream';
import { invalidInput } from '../../kernel/index.ts';
import type { CachedAnswer } from '../cache/answer-cache.ts';
import type { CallOptions } from '../protocols/options.ts';
import type { Outcome } from '../protocols/outcome.ts';
import { fromModel } from '../usage/from-model.ts';
import { type CacheState, keepAnswer } from './cached-answers.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import type { ChatFront, ReplyNames } from './chat-front.ts';
import { withParams } from './chat-params.ts';
import { type GuardedChat, guardChat } from './guarded-chat.ts';
import { nativeGenerate, nativeStream } from './native-chat.ts';
import { openCall, roughTokens, USUAL_OUTPUT_TOKENS } from './open-call.ts';
import type { Patience } from './patience.ts';
import { lookUp } from './similar-answers.ts';
import { beginStream, chatModel, encodeStream, generate } from './translated-chat.ts';
import { type ReadyTarget, tryTargets } from './try-targets.ts';

export interface ChatAsked<Request> {
  readonly caller: Caller;
  readonly model: string;
  readonly request: Request;
  /** Of the body. */
  readonly bytes: number;
  readonly prompt?: { readonly id: string; readonly version: number } | undefined;
  /** The header `cache-control`. */
  readonly cacheControl?: string | undefined;
  /** Fires when whoever asked has gone. */
  readonly signal: AbortSignal;
}

export interface ChatAnswer {
  readonly call: Call;
  /** Undefined where the endpoint keeps nothing. */
  readonly cache?: CacheState | undefined;
  /** JSON, or events. */
  readonly body: string | Buffer | Readable;
  readonly isStreamed: boolean;
}

/**
 * Answers a chat in the protocol of its client: by passing bytes through where a provider speaks it too, else by translation.
 * @throws AppError with what the client has to change, or what the last provider failed with
 */
export async function chat<Request>(
  services: CallServices,
  front: ChatFront<Request>,
  asked: ChatAsked<Request>,
): Promise<ChatAnswer> {
  const { caller, model, request, bytes, prompt, signal } = asked;
  const isStreamed = front.isStreamed(request);
  const facts = { caller, task: 'llm.chat' as const, model, protocol: front.protocol, isStreamed, prompt, request };
  const most = front.maximumTokens(request);
  const opened = openCall(services, facts, { inputTokens: roughTokens(bytes), outputTokens: most ?? USUAL_OUTPUT_TOKENS });
  const call = opened instanceof Promise ? await opened : opened;
  try {
    requireLimits(call, { most, bytes });
    const variant = `${front.protocol}${isStreamed ? ' stream' : ''}`;
    const sought = { variant, request: request as object, control: asked.cacheControl, signal };
    // Where the client can go on from an answer, it is stored as one of its own.
    const looked = front.keep || front.isBeyondBytes ? undefined : await lookUp(services, call, sought);
    if (looked?.answer) return cachedAnswer(call, looked.answer, isStreamed);
    const names = { id: call.id, model, created: Math.floor(Date.now() / 1_000) };
    const compiled = services.guards.of(call.resolved.endpoint);
    const optionsOf = () => withParams(front.toOptions(request), call.resolved.endpoint);
    const guarded = compiled && (await guardChat(compiled, { call, options: optionsOf(), signal }));
    const body = await tryTargets<ChatAnswer['body']>(services, call, signal, (target, patience) => {
      const lane = target.client.native;
      // Bytes that pass through go past guardrails.
      if (!guarded && front.native && lane?.protocol === front.native.protocol) {
        const native = { services, call, front: front.native, request, lane, model: target.model, patience };
        return isStreamed ? nativeStream(native) : nativeGenerate(native);
      }
      const options = guarded?.options ?? optionsOf();
      return translate({ call, front, request, options, guarded, target, patience, names, isStreamed, signal });
    });
    return looked
      ? { call, body: keepAnswer(looked, call, body), isStreamed, cache: { state: 'miss' } }
      : { call, body, isStreamed };
  } catch (error) {
    call.fail(error);
    throw error;
  }
}

function cachedAnswer(call: Call, answer: CachedAnswer, isStreamed: boolean): ChatAnswer {
  const { body, ageSeconds, similarity } = answer;
  const state = similarity === undefined ? ('hit' as const) : ('similar' as const);
  const threshold = call.resolved.endpoint?.cache.semantic?.threshold;
  const compared = similarity === undefined || threshold === undefined ? {} : { similarity, threshold };
  return { call, body: isStreamed ? Readable.from([body]) : body, isStreamed, cache: { state, ageSeconds, ...compared } };
}

interface Translation<Request> {
  readonly call: Call;
  readonly front: ChatFront<Request>;
  readonly request: Request;
  readonly options: CallOptions;
  readonly guarded: GuardedChat | undefined;
  readonly target: ReadyTarget;
  readonly patience: Patience;
  readonly names: ReplyNames;
  readonly isStreamed: boolean;
  readonly signal: AbortSignal;
}

async function translate<Request>(translation: Translation<Request>): Promise<string | Readable> {
  const { call, front, request, options, guarded, target, patience, names, isStreamed, signal } = translation;
  const model = chatModel(target.client, target.model, target.provider.slug);
  if (guarded) guarded.ask = (again) => model.doGenerate({ ...again, abortSignal: patience.signal });
  if (isStreamed) {
    const begun = await beginStream(model, options, patience);
    const response = ({ text = '', finishReason }: Outcome) => ({ text, finish_reason: finishReason ?? null });
    const encoder = front.encoder(request, names);
    return encodeStream({ call, begun, encoder, patience, signal, response, filter: guarded?.run.stream, keep: front.keep });
  }
  const result = await generate(model, options, patience, guarded?.run.output);
  call.usage = fromModel(result.usage);
  call.noteFirstByte();
  const reply = front.toReply(result, names);
  await front.keep?.();
  call.succeed(reply);
  return JSON.stringify(reply);
}

/** @throws AppError `invalid_input` for what an endpoint does not take */
export function requireLimits(call: Call, { most, bytes }: { readonly most: number | undefined; readonly bytes: number }): void {
  const limits = call.resolved.endpoint?.limits ?? {};
  if (limits.max_output_tokens !== undefined && most !== undefined && most > limits.max_output_tokens)
    throw invalidInput([
      { pointer: '/max_tokens', code: 'too_big', message: `must be at most ${limits.max_output_tokens} for this endpoint` },
    ]);
  if (limits.max_input_bytes !== undefined && bytes > limits.max_input_bytes)
    throw invalidInput([
      {
        pointer: '',
        code: 'too_big',
        message: `the request may have ${limits.max_input_bytes} bytes for this endpoint, and has ${bytes}`,
      },
    ]);
}
