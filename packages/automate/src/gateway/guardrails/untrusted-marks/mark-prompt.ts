import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultOutput,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import { toPointer } from '../../../kernel/index.ts';
import { documentText } from '../call/document-text.ts';

export const untrustedParts = ['tool_results', 'documents', 'flagged'] as const;
export type UntrustedPart = (typeof untrustedParts)[number];

/** What stands before and behind a part. */
export interface Mark {
  readonly open: string;
  readonly close: string;
}

interface Marking {
  readonly parts: readonly UntrustedPart[];
  readonly mark: Mark;
  onMarked(place: string): void;
}

/** A prompt with marks around what others wrote. */
export function markPrompt(prompt: LanguageModelV4Prompt, marking: Marking): LanguageModelV4Prompt {
  return prompt.map((message, index) => markMessage(message, index, marking));
}

function markMessage(message: LanguageModelV4Message, index: number, marking: Marking): LanguageModelV4Message {
  if (message.role === 'system') return message;
  const isFlagged = hasFlag(message.providerOptions);
  const content = message.content.map((part, place) => {
    const marked = markPart(part, isFlagged, marking);
    if (marked !== part) marking.onMarked(toPointer(['prompt', index, 'content', place]));
    return marked;
  });
  return { ...message, content } as LanguageModelV4Message;
}

type Part = Exclude<LanguageModelV4Message['content'], string>[number];

function markPart(part: Part, isFlagged: boolean, { parts, mark }: Marking): Part {
  const isUntrusted =
    parts.includes('flagged') &&
    (isFlagged || hasFlag(part.type === 'tool-approval-response' ? undefined : part.providerOptions));
  if (part.type === 'tool-result')
    return isUntrusted || parts.includes('tool_results') ? { ...part, output: markOutput(part.output, mark) } : part;
  if (part.type === 'file') return isUntrusted || parts.includes('documents') ? markFile(part, mark) : part;
  return part.type === 'text' && isUntrusted ? { ...part, text: between(mark, part.text) } : part;
}

function markFile<Part extends Pick<LanguageModelV4FilePart, 'data' | 'mediaType'>>(
  part: Part,
  mark: Mark,
): Part | LanguageModelV4TextPart {
  const text = documentText(part);
  return text === undefined ? part : { ...part, data: { type: 'text', text: between(mark, text) } };
}

function markOutput(output: LanguageModelV4ToolResultOutput, mark: Mark): LanguageModelV4ToolResultOutput {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return { ...output, value: between(mark, output.value) };
    case 'json':
      return { ...output, type: 'text', value: between(mark, JSON.stringify(output.value)) };
    case 'error-json':
      return { ...output, type: 'error-text', value: between(mark, JSON.stringify(output.value)) };
    case 'content':
      return { ...output, value: output.value.map((item) => markItem(item, mark)) };
    default:
      return output;
  }
}

type Item = Extract<LanguageModelV4ToolResultOutput, { type: 'content' }>['value'][number];

function markItem(item: Item, mark: Mark): Item {
  if (item.type === 'text') return { ...item, text: between(mark, item.text) };
  return item.type === 'file' ? (markFile(item, mark) as Item) : item;
}

function between({ open, close }: Mark, text: string): string {
  return `${open}\n${text}\n${close}`;
}

function hasFlag(options: SharedV4ProviderOptions | undefined): boolean {
  return options?.automate?.untrusted === true;
}
