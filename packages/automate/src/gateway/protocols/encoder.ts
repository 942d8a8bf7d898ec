import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { Failure } from './failure.ts';
import type { Outcome } from './outcome.ts';

/** Writes the stream of a model in a protocol, as pieces of `text/event-stream`. */
export interface StreamEncoder {
  /** Nothing is written before the model says something, so that another may still be asked. */
  push(part: LanguageModelV4StreamPart): string[];
  /** The end of the stream; of one that was cut, an error in the words of the protocol. */
  end(): string[];
  /** Ends the stream with an error. After it, nothing more is written. */
  fail(failure: Failure): string[];
  outcome(): Outcome;
}
