import type { LanguageModelV4Content, LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider';

type Finish = Extract<LanguageModelV4StreamPart, { type: 'finish' }>;

/** Puts an answer together from its parts. */
export interface ResultBuilder {
  add(part: LanguageModelV4StreamPart): void;
  result(finish: Finish): LanguageModelV4GenerateResult;
}

export function createResultBuilder(): ResultBuilder {
  const content: LanguageModelV4Content[] = [];
  /** Texts that have begun, each with its place among the content. */
  const open = new Map<string, { readonly place: number; readonly type: 'text' | 'reasoning'; readonly pieces: string[] }>();

  function begin(type: 'text' | 'reasoning', id: string): void {
    open.set(`${type} ${id}`, { place: content.length, type, pieces: [] });
    content.push({ type, text: '' });
  }

  function append(type: 'text' | 'reasoning', id: string, delta: string): void {
    if (!open.has(`${type} ${id}`)) begin(type, id);
    open.get(`${type} ${id}`)?.pieces.push(delta);
  }

  function end(type: 'text' | 'reasoning', id: string, rest: object): void {
    const ended = open.get(`${type} ${id}`);
    if (ended) content[ended.place] = { ...rest, type, text: ended.pieces.join('') };
    open.delete(`${type} ${id}`);
  }

  function endAll(): void {
    for (const { place, type, pieces } of open.values()) content[place] = { type, text: pieces.join('') };
    open.clear();
  }

  return {
    add(part) {
      if (part.type === 'text-start') begin('text', part.id);
      else if (part.type === 'reasoning-start') begin('reasoning', part.id);
      else if (part.type === 'text-delta') append('text', part.id, part.delta);
      else if (part.type === 'reasoning-delta') append('reasoning', part.id, part.delta);
      else if (part.type === 'text-end' || part.type === 'reasoning-end') {
        const { type, id, ...rest } = part;
        end(type === 'text-end' ? 'text' : 'reasoning', id, rest);
      } else if (isContent(part)) content.push(part);
    },
    result({ usage, finishReason, providerMetadata }) {
      endAll();
      return { content: [...content], usage, finishReason, warnings: [], ...(providerMetadata && { providerMetadata }) };
    },
  };
}

const CONTENT = new Set(['tool-approval-request', 'tool-call', 'tool-result', 'custom', 'file', 'reasoning-file', 'source']);

/** Whether a part of a stream is a part of an answer as it is. */
export function isContent(part: LanguageModelV4StreamPart): part is Extract<LanguageModelV4StreamPart, LanguageModelV4Content> {
  return CONTENT.has(part.type);
}
