/** A request in two: what was said last, in words alone, and the rest of it. */
export interface LastWords {
  readonly text: string;
  readonly rest: object;
}

/** Of a chat as OpenAI and Anthropic write it; undefined where the last message is not of a person, or holds more than text. */
export function lastWordsOf(request: object): LastWords | undefined {
  const { messages, ...others } = request as { messages?: unknown };
  if (!Array.isArray(messages)) return undefined;
  const last = messages.at(-1) as { role?: unknown; content?: unknown } | undefined;
  if (last?.role !== 'user') return undefined;
  const text = textOf(last.content);
  if (text === undefined || text.trim() === '') return undefined;
  return { text, rest: { ...others, messages: messages.slice(0, -1) } };
}

function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const parts = content as { type?: unknown; text?: unknown }[];
  return parts.every(({ type, text }) => type === 'text' && typeof text === 'string')
    ? parts.map(({ text }) => text).join('\n')
    : undefined;
}
