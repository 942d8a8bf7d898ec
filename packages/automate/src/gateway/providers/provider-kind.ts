import type {
  EmbeddingModelV4,
  ImageModelV4,
  LanguageModelV4,
  RerankingModelV4,
  SpeechModelV4,
  TranscriptionModelV4,
} from '@ai-sdk/provider';
import type { z } from 'zod';
import type { Task } from '../tasks.ts';

/**
 * A vendor of models, or a program of this machine that answers as one. Features bring their own in `providerKinds`.
 * @typeParam Config what is set of each provider of the kind
 */
export interface ProviderKind<Config extends z.ZodObject = z.ZodObject> {
  /** @example 'openai' */
  readonly kind: string;
  /** @example 'OpenAI' */
  readonly title: string;
  readonly description: string;
  /** What is set of a provider of the kind, without its key; each field described, for the form. */
  readonly config: Config;
  /** Whether a provider of the kind has a key. */
  readonly key: 'none' | 'optional' | 'required';
  readonly tasks: readonly Task[];
  /** The vendor whose prices hold, as `@pydantic/genai-prices` names it; `free` where nothing is paid; undefined where no price is known. */
  readonly priceBook?: string | undefined;
  /** The base URL of its calls: the key goes there and nowhere else. Undefined where nothing is called. */
  url?(config: z.output<Config>): string;
  /** What this machine lacks, with what to do about it; undefined when nothing. @example 'missing: flite (apt install flite)' */
  missing?(): Promise<string | undefined>;
  /** Makes the client of one provider; it is kept until provider or key change. */
  create(context: ProviderContext<z.output<Config>>): ProviderClient | Promise<ProviderClient>;
}

export interface ProviderContext<Config = Readonly<Record<string, unknown>>> {
  readonly config: Config;
  /** The value of its key. */
  readonly key: string | undefined;
  /** Goes out through the guard, to the hosts that are allowed; a reply is not compressed. */
  readonly fetch: typeof globalThis.fetch;
}

/** What a provider can be asked; what is not there it cannot do. Models throw `APICallError` of `@ai-sdk/provider`, or an AppError. */
export interface ProviderClient {
  chat?(model: string): LanguageModelV4;
  embedding?(model: string): EmbeddingModelV4;
  image?(model: string): ImageModelV4;
  speech?(model: string): SpeechModelV4;
  transcription?(model: string): TranscriptionModelV4;
  ranking?(model: string): RerankingModelV4;
  recognition?(model: string): RecognitionModel;
  /** The lane in which bytes are passed through. */
  readonly native?: NativeLane | undefined;
  /** The models that can be named, as the provider lists them. */
  listModels?(signal: AbortSignal): Promise<readonly ModelFacts[]>;
  close?(): Promise<void>;
}

/** A protocol that a provider speaks as we do. */
export interface NativeLane {
  readonly protocol: 'openai' | 'anthropic';
  /** Base URL, without a trailing slash: `/chat/completions`, `/embeddings`, `/messages` follow. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ModelFacts {
  readonly id: string;
  readonly task?: Task | undefined;
}

/** Reads the text of a picture. */
export interface RecognitionModel {
  doRecognize(options: { image: Uint8Array; language: string | undefined; abortSignal: AbortSignal | undefined }): Promise<{
    readonly text: string;
    /** Of 0 to 1. */
    readonly confidence: number;
    readonly lines: readonly {
      readonly text: string;
      readonly confidence: number;
      readonly box: readonly [number, number, number, number];
    }[];
  }>;
}

/** Declares a kind of provider. @example defineProviderKind({ kind: 'acme', title: 'Acme', … }) */
export function defineProviderKind<Config extends z.ZodObject>(kind: ProviderKind<Config>): ProviderKind {
  return Object.freeze(kind) as unknown as ProviderKind;
}

declare module '../../platform/index.ts' {
  interface FeatureParts {
    /** Kinds of providers of models. */
    readonly providerKinds?: readonly ProviderKind[];
  }
}
