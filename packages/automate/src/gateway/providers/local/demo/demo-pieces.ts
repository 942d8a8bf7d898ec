import type { LanguageModelV4CallOptions, LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider';
import type { DemoAnswer } from './demo-answer.ts';
import { countTokens, piecesOf } from './words.ts';

/** An answer within the limits of its call, in the pieces in which it is streamed. */
export interface DemoPieces {
  readonly reasoning: readonly string[];
  /** Of the text, or of the input of the tool. */
  readonly content: readonly string[];
  readonly finishReason: LanguageModelV4FinishReason;
  readonly usage: LanguageModelV4Usage;
}

export function inPieces({ reasoning, said, inputTokens }: DemoAnswer, options: LanguageModelV4CallOptions): DemoPieces {
  const most = options.maxOutputTokens ?? Infinity;
  const thought = take(piecesOf(reasoning), most);
  // The input of a tool is whole, or it would be none.
  const [text, limit] = said.type === 'tool' ? [said.input, Infinity] : [stopped(said.text, options.stopSequences), most];
  const content = take(piecesOf(text), limit - thought.tokens);
  const isCut = thought.isCut || content.isCut;
  return {
    reasoning: thought.pieces,
    content: content.pieces,
    finishReason: reasonOf(said.type === 'tool', isCut),
    usage: {
      inputTokens: { total: inputTokens, noCache: inputTokens, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: thought.tokens + content.tokens, text: content.tokens, reasoning: thought.tokens },
    },
  };
}

function take(pieces: readonly string[], most: number): { pieces: string[]; tokens: number; isCut: boolean } {
  const taken: string[] = [];
  let tokens = 0;
  for (const piece of pieces) {
    const cost = countTokens(piece);
    if (tokens + cost > most) return { pieces: taken, tokens, isCut: true };
    tokens += cost;
    taken.push(piece);
  }
  return { pieces: taken, tokens, isCut: false };
}

function stopped(text: string, sequences: readonly string[] = []): string {
  const places = sequences.map((each) => (each === '' ? -1 : text.indexOf(each))).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...places));
}

function reasonOf(isCall: boolean, isCut: boolean): LanguageModelV4FinishReason {
  if (isCall) return { unified: 'tool-calls', raw: 'tool_calls' };
  return isCut ? { unified: 'length', raw: 'length' } : { unified: 'stop', raw: 'stop' };
}
