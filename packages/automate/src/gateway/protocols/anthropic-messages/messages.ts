import type { LanguageModelV4FilePart, LanguageModelV4TextPart, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider';
import { defined } from '../defined.ts';
import { fileOfData, fileOfReference, fileOfUrl } from '../files.ts';
import { cacheOptions } from '../options.ts';
import { type AssistantPart, type PromptBuilder, toolOutput } from '../prompt.ts';
import { notTranslatable } from '../refusals.ts';
import type { AnthropicMessage, AssistantBlock, UserBlock } from './schemas.ts';

type UserPart = LanguageModelV4TextPart | LanguageModelV4FilePart;
type ToolResult = Extract<UserBlock, { type: 'tool_result' }>;

/** Adds a message to a conversation of any model. Results of tools come from the user here, and are messages of their own there. */
export function addMessage(builder: PromptBuilder, message: AnthropicMessage, pointer: string): void {
  const { content } = message;
  const blocks = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  const at = (index: number) => `${pointer}/content/${index}`;
  if (message.role === 'system') {
    for (const block of blocks) if (block.type === 'text') builder.system(block.text, cacheOptions(block.cache_control));
  } else if (message.role === 'assistant') {
    builder.assistant(blocks.map((block, index) => assistantPart(block as AssistantBlock, at(index))));
  } else {
    let said: UserPart[] = [];
    for (const [index, block] of (blocks as UserBlock[]).entries()) {
      if (block.type !== 'tool_result') {
        said.push(userPart(block, at(index)));
        continue;
      }
      builder.user(said);
      said = [];
      builder.toolResult({
        callId: block.tool_use_id,
        output: outputOf(block, at(index)),
        options: cacheOptions(block.cache_control),
        pointer: `${at(index)}/tool_use_id`,
      });
    }
    builder.user(said);
  }
}

function userPart(block: Exclude<UserBlock, ToolResult>, pointer: string): UserPart {
  const options = cacheOptions(block.cache_control);
  return { ...bareUserPart(block, pointer), ...(options && { providerOptions: options }) };
}

function bareUserPart(block: Exclude<UserBlock, ToolResult>, pointer: string): UserPart {
  if (block.type === 'text') return { type: 'text', text: block.text };
  if (block.type !== 'image' && block.type !== 'document') {
    throw notTranslatable(`${pointer}/type`, 'must be text, image, document or tool_result for this model');
  }
  const type = block.type === 'image' ? 'image' : 'application/pdf';
  const name = block.type === 'document' ? defined({ filename: block.title }) : {};
  return { ...fileOf(block.source, { type, pointer: `${pointer}/source` }), ...name };
}

function fileOf(
  source: Extract<UserBlock, { type: 'document' }>['source'],
  { type, pointer }: { type: string; pointer: string },
): LanguageModelV4FilePart {
  switch (source.type) {
    case 'base64':
      return fileOfData(source.data, source.media_type);
    case 'url':
      return fileOfUrl(source.url, { type, pointer: `${pointer}/url` });
    case 'file':
      return fileOfReference(source.file_id, { provider: 'anthropic', type });
    case 'text':
      return { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: source.data } };
    default:
      throw notTranslatable(`${pointer}/type`, 'must be base64, url, text or file for this model');
  }
}

function outputOf({ content, is_error: isError }: ToolResult, pointer: string): LanguageModelV4ToolResultOutput {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  const output = toolOutput(parts.map((part, index) => userPart(part, `${pointer}/content/${index}`)));
  return isError && output.type === 'text' ? { ...output, type: 'error-text' } : output;
}

function assistantPart(block: AssistantBlock, pointer: string): AssistantPart {
  const options = cacheOptions(block.cache_control);
  const cached = options && { providerOptions: options };
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text, ...cached };
    case 'thinking': {
      const signature = block.signature && { providerOptions: { anthropic: { signature: block.signature } } };
      return { type: 'reasoning', text: block.thinking, ...signature };
    }
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', providerOptions: { anthropic: { redactedData: block.data } } };
    case 'tool_use':
      return { type: 'tool-call', toolCallId: block.id, toolName: block.name, input: block.input, ...cached };
    default:
      throw notTranslatable(`${pointer}/type`, 'must be text, thinking, redacted_thinking or tool_use for this model');
  }
}
