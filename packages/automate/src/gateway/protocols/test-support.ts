import type { LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { createParser } from 'eventsource-parser';
import type { StreamEncoder } from './encoder.ts';

type Part = LanguageModelV4StreamPart;

const usage = {
  inputTokens: { total: 130, noCache: 100, cacheRead: 20, cacheWrite: 10 },
  outputTokens: { total: 50, text: 45, reasoning: 5 },
};

export const finish = (
  unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'interrupted' | 'other' = 'stop',
): Part => ({
  type: 'finish',
  finishReason: { unified, raw: undefined },
  usage,
});

export const text = (id: string, ...deltas: string[]): Part[] => [
  { type: 'text-start', id },
  ...deltas.map((delta) => ({ type: 'text-delta' as const, id, delta })),
  { type: 'text-end', id },
];

const call = (id: string, city: string) => ({
  start: { type: 'tool-input-start', id, toolName: 'weather' } as Part,
  deltas: [
    { type: 'tool-input-delta', id, delta: '{"city":' },
    { type: 'tool-input-delta', id, delta: `"${city}"}` },
  ] as Part[],
  end: { type: 'tool-input-end', id } as Part,
  call: { type: 'tool-call', toolCallId: id, toolName: 'weather', input: `{"city":"${city}"}` } as const,
});

/** Two calls whose arguments come in turns, after thinking and a text. */
export function conversationParts(): Part[] {
  const [one, two] = [call('call_1', 'Köln'), call('call_2', 'Oslo')];
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id: 'x', modelId: 'real-model' },
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-delta', id: 'r', delta: 'Two ' },
    { type: 'reasoning-delta', id: 'r', delta: 'cities.' },
    { type: 'reasoning-delta', id: 'r', delta: '', providerMetadata: { anthropic: { signature: 'sig' } } },
    { type: 'reasoning-end', id: 'r' },
    ...text('t', 'I will ', 'look.'),
    one.start,
    two.start,
    ...[0, 1].flatMap((index) => [one.deltas[index] as Part, two.deltas[index] as Part]),
    one.end,
    one.call,
    two.end,
    two.call,
    finish('tool-calls'),
  ];
}

/** The same answer as a whole. */
export function conversationResult(): LanguageModelV4GenerateResult {
  return {
    content: [
      { type: 'reasoning', text: 'Two cities.', providerMetadata: { anthropic: { signature: 'sig' } } },
      { type: 'text', text: 'I will look.' },
      call('call_1', 'Köln').call,
      call('call_2', 'Oslo').call,
    ],
    finishReason: { unified: 'tool-calls', raw: undefined },
    usage,
    warnings: [],
  };
}

export function textResult(text: string): LanguageModelV4GenerateResult {
  return { content: [{ type: 'text', text }], finishReason: { unified: 'stop', raw: undefined }, usage, warnings: [] };
}

/** All that an encoder writes. */
export function encode(encoder: StreamEncoder, parts: readonly Part[]): string {
  return [...parts.flatMap((part) => encoder.push(part)), ...encoder.end()].join('');
}

/** The events of a stream, as a client reads them. */
// biome-ignore lint/suspicious/noExplicitAny: what is read from a stream is looked at field by field.
export function eventsOf(stream: string): { name: string | undefined; data: any }[] {
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  const events: { name: string | undefined; data: any }[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ name: event, data: data === '[DONE]' ? data : JSON.parse(data) }),
  });
  parser.feed(stream);
  return events;
}
