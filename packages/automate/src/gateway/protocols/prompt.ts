import type {
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import { wrongInput } from './refusals.ts';

type Content<Role extends string> = Extract<LanguageModelV4Message, { role: Role }>['content'];
type UserPart = Content<'user'>[number];
export type AssistantPart = Content<'assistant'>[number];

interface ToolResult {
  readonly callId: string;
  readonly output: LanguageModelV4ToolResultOutput;
  readonly options?: SharedV4ProviderOptions | undefined;
  /** Where the result stands in the request. */
  readonly pointer: string;
}

/** A conversation being written, in the one form that all protocols are read into. */
export interface PromptBuilder {
  system(content: string, options?: SharedV4ProviderOptions): void;
  user(content: UserPart[]): void;
  /** @param joins whether it goes on with what the assistant said just before. */
  assistant(content: AssistantPart[], joins?: boolean): void;
  /** Results that follow each other are one message, and know the name of the tool that was called. */
  toolResult(result: ToolResult): void;
  readonly prompt: LanguageModelV4Prompt;
}

export function createPrompt(): PromptBuilder {
  const prompt: LanguageModelV4Prompt = [];
  const toolNames = new Map<string, string>();
  return {
    prompt,
    system: (content, options) => prompt.push({ role: 'system', content, ...(options && { providerOptions: options }) }),
    user: (content) => content.length > 0 && prompt.push({ role: 'user', content }),
    assistant(content, joins = false) {
      for (const part of content) if (part.type === 'tool-call') toolNames.set(part.toolCallId, part.toolName);
      const last = prompt.at(-1);
      if (joins && last?.role === 'assistant') last.content.push(...content);
      else if (content.length > 0) prompt.push({ role: 'assistant', content });
    },
    toolResult({ callId, output, options, pointer }) {
      const toolName = toolNames.get(callId);
      if (toolName === undefined) throw wrongInput(pointer, 'must be the id of a tool call that stands before its result');
      const part = {
        type: 'tool-result' as const,
        toolCallId: callId,
        toolName,
        output,
        ...(options && { providerOptions: options }),
      };
      const last = prompt.at(-1);
      if (last?.role === 'tool') last.content.push(part);
      else prompt.push({ role: 'tool', content: [part] });
    },
  };
}

/** What a tool gave: texts alone are one text. */
export function toolOutput(parts: readonly UserPart[]): LanguageModelV4ToolResultOutput {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (texts.length === parts.length) return { type: 'text', value: texts.join('\n') };
  return { type: 'content', value: [...parts] };
}
