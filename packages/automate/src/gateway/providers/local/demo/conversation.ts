import type { LanguageModelV4CallOptions, LanguageModelV4ToolResultPart } from '@ai-sdk/provider';
import { cutText } from '../../../../kernel/index.ts';

/** Rules and tools are looked for in so much of a text. */
const MAXIMUM_CHARACTERS = 100_000;

/** What the demo sees of a conversation. */
export interface Conversation {
  /** The latest text of the user. */
  readonly text: string;
  /** Of the tools that were called last, where nothing was said since. */
  readonly results: readonly { readonly tool: string; readonly text: string }[];
  /** Everything, for the count of tokens. */
  readonly whole: string;
}

export function readConversation({ prompt }: LanguageModelV4CallOptions): Conversation {
  const last = prompt.at(-1);
  const user = prompt.findLast(({ role }) => role === 'user');
  return {
    text: user ? cutText(textOf(user), MAXIMUM_CHARACTERS) : '',
    results: last?.role === 'tool' ? last.content.flatMap((part) => (part.type === 'tool-result' ? [resultOf(part)] : [])) : [],
    whole: prompt.map(textOf).join('\n'),
  };
}

function textOf(message: LanguageModelV4CallOptions['prompt'][number]): string {
  if (message.role === 'system') return message.content;
  const parts: readonly { readonly type: string }[] = message.content;
  return parts
    .map((part) => {
      if ('text' in part && typeof part.text === 'string') return part.text;
      if (part.type === 'tool-result') return resultOf(part as LanguageModelV4ToolResultPart).text;
      return part.type === 'tool-call' && 'input' in part ? JSON.stringify(part.input) : '';
    })
    .join('\n');
}

function resultOf({ toolName, output }: LanguageModelV4ToolResultPart) {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return { tool: toolName, text: output.value };
    case 'execution-denied':
      return { tool: toolName, text: output.reason ?? 'it was denied' };
    default:
      return { tool: toolName, text: JSON.stringify(output.value) };
  }
}
