import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from '@ai-sdk/provider';
import { wordsOf } from './words.ts';

/** The tool that is asked for by name, or whose name and description share most words with the text; undefined when none does. */
export function chooseTool({ tools = [], toolChoice }: LanguageModelV4CallOptions, text: string) {
  const offered = tools.filter((tool) => tool.type === 'function');
  if (toolChoice?.type === 'none') return undefined;
  if (toolChoice?.type === 'tool') return offered.find(({ name }) => name === toolChoice.toolName);
  const said = new Set(wordsOf(text));
  let best: { readonly tool: LanguageModelV4FunctionTool; readonly score: number } | undefined;
  for (const tool of offered) {
    const score = 2 * shared(said, tool.name) + shared(said, tool.description ?? '');
    if (score > (best?.score ?? 0)) best = { tool, score };
  }
  return best?.tool ?? (toolChoice?.type === 'required' ? offered[0] : undefined);
}

/** Names are taken apart at case and underscores. */
function shared(said: ReadonlySet<string>, text: string): number {
  const words = new Set(wordsOf(text.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ')));
  return [...words].filter((word) => said.has(word)).length;
}
