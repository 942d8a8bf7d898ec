import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { visitContent, withoutTokens } from '../call/visit-result.ts';
import type { CallFilters } from '../call-filters.ts';
import { isContent } from './build-result.ts';
import { createChannels } from './channels.ts';

/** Filters the texts of an answer as they come. What is held back of a text comes when it ends. */
export async function* filterParts(
  parts: AsyncIterable<LanguageModelV4StreamPart>,
  filters: CallFilters,
): AsyncGenerator<LanguageModelV4StreamPart> {
  const channels = createChannels(filters);
  for await (const part of parts) {
    switch (part.type) {
      case 'raw':
        break;
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-input-delta': {
        const delta = await channels.push(part);
        if (delta !== '' || part.providerMetadata) yield { ...part, delta };
        break;
      }
      case 'text-end':
      case 'reasoning-end':
      case 'tool-input-end': {
        const rest = await channels.end(part);
        if (rest) yield rest;
        if (part.type === 'text-end' && part.citations) {
          const { citations } = part;
          const visited = await visitContent(filters.output, { type: 'text', text: '', citations }, '/content');
          yield { ...part, ...(visited.type === 'text' && visited.citations && { citations: visited.citations }) };
        } else yield part;
        break;
      }
      case 'finish':
      case 'error':
        yield* channels.endAll();
        yield part.type === 'finish' && part.providerMetadata
          ? { ...part, providerMetadata: withoutTokens(part.providerMetadata) }
          : part;
        break;
      case 'tool-call':
        yield* channels.endTool(part.toolCallId);
        yield { ...part, input: await channels.toolInput(part.toolCallId, part.input) };
        break;
      default:
        yield isContent(part) ? ((await visitContent(filters.output, part, '/content')) as LanguageModelV4StreamPart) : part;
    }
  }
  yield* channels.endAll();
}
