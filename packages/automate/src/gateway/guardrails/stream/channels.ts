import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { CallFilters } from '../call-filters.ts';
import type { TextFilter } from '../text/text-filter.ts';

type Delta = Extract<LanguageModelV4StreamPart, { type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta' }>;
type End = Extract<LanguageModelV4StreamPart, { type: 'text-end' | 'reasoning-end' | 'tool-input-end' }>;

interface Channel {
  readonly type: Delta['type'];
  readonly id: string;
  readonly filter: TextFilter;
}

/** The texts of an answer that have begun and not ended. */
export interface Channels {
  push(part: Delta): Promise<string>;
  /** What was held back, as a part of its own. */
  end(part: End): Promise<Delta | undefined>;
  endTool(id: string): AsyncGenerator<Delta>;
  endAll(): AsyncGenerator<Delta>;
  /** The arguments of a tool, which have been filtered if they came in pieces before. */
  toolInput(id: string, input: string): Promise<string>;
}

export function createChannels(filters: CallFilters): Channels {
  const open = new Map<string, Channel>();
  /** What became of the arguments that came in pieces. */
  const inputs = new Map<string, { readonly input: string; readonly filtered: string }>();

  async function close(key: string): Promise<Delta | undefined> {
    const channel = open.get(key);
    open.delete(key);
    const delta = (await channel?.filter.end()) ?? '';
    return channel && delta !== '' ? { type: channel.type, id: channel.id, delta } : undefined;
  }

  async function* closeAll(keys: readonly string[]): AsyncGenerator<Delta> {
    for (const key of keys) {
      const rest = await close(key);
      if (rest) yield rest;
    }
  }

  return {
    async push({ type, id, delta }) {
      const key = `${type} ${id}`;
      let channel = open.get(key);
      if (!channel) {
        const filter = type === 'tool-input-delta' ? beginTool(id) : filters.beginOutput('/content');
        channel = { type, id, filter };
        open.set(key, channel);
      }
      return channel.filter.push(delta);
    },
    end: ({ type, id }) => close(`${type.replace('-end', '-delta')} ${id}`),
    endTool: (id) => closeAll([`tool-input-delta ${id}`]),
    endAll: () => closeAll([...open.keys()]),
    async toolInput(id, input) {
      const known = inputs.get(id);
      inputs.delete(id);
      return known?.input === input ? known.filtered : filters.output.json(input, '/content/input');
    },
  };

  /** JSON is filtered when all of it is there: its texts can be escaped, and a number that is masked gets quotes. */
  function beginTool(id: string): TextFilter {
    let input = '';
    return {
      push(piece) {
        filters.hold(piece.length);
        input += piece;
        return '';
      },
      async end() {
        const filtered = await filters.output.json(input, '/content/input');
        inputs.set(id, { input, filtered });
        return filtered;
      },
    };
  }
}
