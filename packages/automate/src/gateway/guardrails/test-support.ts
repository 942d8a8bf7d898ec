import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { compileGuardrails } from './compile-guardrails.ts';
import type { GuardrailType } from './guardrail-type.ts';
import { createGuardrailTypes } from './guardrail-types.ts';
import { type GuardrailRun, type GuardrailRunOptions, runGuardrails } from './run-guardrails.ts';

/** Begins a call with some guardrails. */
export function run(
  list: readonly object[],
  options: GuardrailRunOptions = {},
  own: readonly GuardrailType[] = [],
): GuardrailRun {
  return runGuardrails(compileGuardrails(list, createGuardrailTypes(own)), options);
}

/** A call with one question. */
export function ask(text: string): LanguageModelV4CallOptions {
  return { prompt: [{ role: 'user', content: [{ type: 'text', text }] }] };
}

/** What the model is sent for a question. */
export async function sent(guardrails: GuardrailRun, text: string): Promise<string> {
  const { prompt } = await guardrails.input(ask(text));
  const [message] = prompt;
  const [part] = message?.role === 'user' ? message.content : [];
  return part?.type === 'text' ? part.text : '';
}

export function usage(total: number): LanguageModelV4Usage {
  return {
    inputTokens: { total, noCache: total, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total, text: total, reasoning: undefined },
  };
}

export function answer(content: string | LanguageModelV4Content[]): LanguageModelV4GenerateResult {
  return {
    content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: usage(1),
    warnings: [],
  };
}

/** What the caller gets of an answer. */
export async function answered(guardrails: GuardrailRun, text: string): Promise<string> {
  return textOfContent((await guardrails.output(answer(text))).content);
}

function textOfContent(content: readonly LanguageModelV4Content[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** A text as a stream that is cut into pieces. */
export async function* pieces(texts: readonly string[]): AsyncGenerator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] };
  yield { type: 'text-start', id: '1' };
  for (const delta of texts) yield { type: 'text-delta', id: '1', delta };
  yield { type: 'text-end', id: '1' };
  yield { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: usage(1) };
}

export async function partsOf(parts: AsyncIterable<LanguageModelV4StreamPart>): Promise<LanguageModelV4StreamPart[]> {
  const all: LanguageModelV4StreamPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

/** The text that the caller gets of a stream. */
export async function streamed(guardrails: GuardrailRun, texts: readonly string[]): Promise<string> {
  const parts = await partsOf(guardrails.stream(pieces(texts)));
  return parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('');
}

/** A text cut into two at each place, and into single units. */
export function* cuts(text: string): Generator<string[]> {
  for (let at = 0; at <= text.length; at += 1) yield [text.slice(0, at), text.slice(at)];
  yield text.split('');
}
