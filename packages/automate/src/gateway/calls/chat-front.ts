import type { LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import type { JsonObject } from '../../kernel/index.ts';
import type { StreamEncoder } from '../protocols/encoder.ts';
import type { CallOptions } from '../protocols/options.ts';
import type { Outcome } from '../protocols/outcome.ts';
import type { Relayed } from './relay-stream.ts';

/** A protocol in which clients ask for chats. */
export interface ChatFront<Request> {
  /** As the log names it. @example 'openai.chat' */
  readonly protocol: string;
  isStreamed(request: Request): boolean;
  /** Most tokens that the request asks for. */
  maximumTokens(request: Request): number | undefined;
  /** For a model of another protocol. @throws AppError a 400 that points at what cannot be said to it */
  toOptions(request: Request): CallOptions;
  toReply(result: LanguageModelV4GenerateResult, names: ReplyNames): object;
  encoder(request: Request, names: ReplyNames): StreamEncoder;
  /** Stores the answer, before the client knows that it is complete. */
  keep?(): Promise<void>;
  /** Whether its bytes alone are not the whole answer, so that a cache cannot give it again. */
  readonly isBeyondBytes?: boolean;
  /** For providers that speak the protocol themselves. */
  readonly native?: NativeFront<Request>;
}

/** What an answer of ours is called. */
export interface ReplyNames {
  /** Of the call. */
  readonly id: string;
  /** As the client named it. */
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
}

export interface NativeFront<Request> {
  readonly protocol: 'openai' | 'anthropic';
  /** Below the base URL of the provider. */
  readonly path: string;
  /** @param params defaults of the endpoint, below what the request says */
  body(request: Request, params: JsonObject, model: string): object;
  /** What an answer tells. @param reply as it was parsed */
  outcomeOf(reply: unknown): Outcome;
  /** Whether it is an answer at all. */
  isReply(reply: unknown): boolean;
  relay(request: Request): Relayed;
}
