import type { LanguageModelV4FilePart, LanguageModelV4Prompt, LanguageModelV4TextPart } from '@ai-sdk/provider';
import { defined } from '../defined.ts';
import { fileOfData, fileOfReference, fileOfUrl } from '../files.ts';
import { cacheOptions } from '../options.ts';
import { type AssistantPart, createPrompt, toolOutput } from '../prompt.ts';
import { notTranslatable, wrongInput } from '../refusals.ts';
import { parseToolInput } from '../tool-input.ts';
import type { ChatMessage, ChatPart } from './schemas.ts';

type UserPart = LanguageModelV4TextPart | LanguageModelV4FilePart;

/** Messages of a chat as a conversation of any model. */
export function toPrompt(messages: readonly ChatMessage[]): LanguageModelV4Prompt {
  const builder = createPrompt();
  for (const [index, message] of messages.entries()) {
    const pointer = `/messages/${index}`;
    switch (message.role) {
      case 'system':
      case 'developer':
        for (const part of partsOf(message.content, `${pointer}/content`)) {
          if (part.type === 'text') builder.system(part.text, part.providerOptions);
        }
        break;
      case 'user':
        builder.user(partsOf(message.content, `${pointer}/content`));
        break;
      case 'assistant':
        builder.assistant(assistantParts(message, pointer));
        break;
      case 'tool':
        builder.toolResult({
          callId: message.tool_call_id,
          output: toolOutput(partsOf(message.content, `${pointer}/content`)),
          options: cacheOptions(message.cache_control),
          pointer: `${pointer}/tool_call_id`,
        });
        break;
      default:
        throw notTranslatable(`${pointer}/role`, 'must be system, developer, user, assistant or tool for this model');
    }
  }
  return builder.prompt;
}

function partsOf(content: string | readonly ChatPart[], pointer: string): UserPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, index) => {
    const options = cacheOptions(part.cache_control);
    return { ...partOf(part, `${pointer}/${index}`), ...(options && { providerOptions: options }) };
  });
}

function partOf(part: ChatPart, pointer: string): UserPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image_url': {
      const file = fileOfUrl(part.image_url.url, { type: 'image', pointer: `${pointer}/image_url/url` });
      const { detail } = part.image_url;
      return { ...file, ...(detail && { providerOptions: { openai: { imageDetail: detail } } }) };
    }
    case 'input_audio': {
      const { data, format } = part.input_audio;
      return fileOfData(data, format === 'mp3' ? 'audio/mpeg' : `audio/${format}`);
    }
    case 'file':
      return attachedFile(part.file, `${pointer}/file`);
    default:
      throw notTranslatable(`${pointer}/type`, 'must be text, image_url, input_audio or file for this model');
  }
}

function attachedFile(file: Extract<ChatPart, { type: 'file' }>['file'], pointer: string): UserPart {
  const type = 'application/pdf';
  const name = defined({ filename: file.filename });
  if (file.file_id) return { ...fileOfReference(file.file_id, { provider: 'openai', type }), ...name };
  if (!file.file_data) throw wrongInput(pointer, 'must have file_data or file_id');
  if (!file.file_data.startsWith('data:')) return { ...fileOfData(file.file_data, type), ...name };
  return { ...fileOfUrl(file.file_data, { type, pointer: `${pointer}/file_data` }), ...name };
}

function assistantParts(message: Extract<ChatMessage, { role: 'assistant' }>, pointer: string): AssistantPart[] {
  const parts: AssistantPart[] = [];
  if (message.reasoning_content) parts.push({ type: 'reasoning', text: message.reasoning_content });
  for (const text of assistantTexts(message.content)) if (text !== '') parts.push({ type: 'text', text });
  if (message.refusal) parts.push({ type: 'text', text: message.refusal });
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    if (!call.function) throw notTranslatable(`${pointer}/tool_calls/${index}/type`, 'must be function for this model');
    const input = parseToolInput(call.function.arguments);
    parts.push({ type: 'tool-call', toolCallId: call.id, toolName: call.function.name, input });
  }
  return parts;
}

function assistantTexts(content: Extract<ChatMessage, { role: 'assistant' }>['content']): string[] {
  if (typeof content === 'string') return [content];
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : (part.refusal ?? '')));
}
