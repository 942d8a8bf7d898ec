import type { LanguageModelV4FilePart, LanguageModelV4TextPart } from '@ai-sdk/provider';
import { defined } from '../defined.ts';
import { fileOfData, fileOfReference, fileOfUrl } from '../files.ts';
import { type PromptBuilder, toolOutput } from '../prompt.ts';
import { notTranslatable, wrongInput } from '../refusals.ts';
import { parseToolInput } from '../tool-input.ts';
import type { InputPart, ResponseItem } from './schemas.ts';
import { optionsOfSeal } from './seal.ts';

type UserPart = LanguageModelV4TextPart | LanguageModelV4FilePart;

/** Adds an item to a conversation of any model. What the assistant thought, said and called are items here, and one message there. */
export function addItem(builder: PromptBuilder, item: ResponseItem, pointer: string): void {
  switch (item.type) {
    case undefined:
    case null:
    case 'message':
      addMessage(builder, item as Extract<ResponseItem, { role: string }>, `${pointer}/content`);
      break;
    case 'function_call': {
      const input = parseToolInput(item.arguments);
      builder.assistant([{ type: 'tool-call', toolCallId: item.call_id, toolName: item.name, input }], true);
      break;
    }
    case 'function_call_output': {
      const output = toolOutput(partsOf(item.output, `${pointer}/output`));
      builder.toolResult({ callId: item.call_id, output, pointer: `${pointer}/call_id` });
      break;
    }
    case 'reasoning': {
      const text = item.summary.map((part) => part.text).join('\n\n');
      const options = optionsOfSeal(item.encrypted_content, item.id);
      if (text === '' && !options) break;
      builder.assistant([{ type: 'reasoning', text, ...(options && { providerOptions: options }) }], true);
      break;
    }
    case 'item_reference':
      throw wrongInput(`${pointer}/id`, 'must be the id of an item of an earlier response');
    default:
      throw notTranslatable(
        `${pointer}/type`,
        'must be message, function_call, function_call_output, reasoning or item_reference for this model',
      );
  }
}

function addMessage(builder: PromptBuilder, { role, content }: Extract<ResponseItem, { role: string }>, pointer: string): void {
  const parts = partsOf(content, pointer);
  if (role === 'user') {
    builder.user(parts);
    return;
  }
  const texts = parts.map((part, index) => {
    if (part.type !== 'text') throw notTranslatable(`${pointer}/${index}/type`, `must be a text in what the ${role} says`);
    return part;
  });
  if (role === 'assistant') {
    const said = texts.filter((part) => part.text !== '');
    builder.assistant(said, true);
    return;
  }
  for (const part of texts) builder.system(part.text);
}

function partsOf(content: string | readonly InputPart[], pointer: string): UserPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, index) => partOf(part, `${pointer}/${index}`));
}

function partOf(part: InputPart, pointer: string): UserPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: part.text };
    case 'refusal':
      return { type: 'text', text: part.refusal };
    case 'input_image': {
      const options = part.detail ? { providerOptions: { openai: { imageDetail: part.detail } } } : {};
      if (part.file_id) return { ...fileOfReference(part.file_id, { provider: 'openai', type: 'image' }), ...options };
      if (!part.image_url) throw wrongInput(pointer, 'must have image_url or file_id');
      return { ...fileOfUrl(part.image_url, { type: 'image', pointer: `${pointer}/image_url` }), ...options };
    }
    case 'input_audio': {
      const { data, format } = part.input_audio;
      return fileOfData(data, format === 'mp3' ? 'audio/mpeg' : `audio/${format}`);
    }
    case 'input_file':
      return { ...attachedFile(part, pointer), ...defined({ filename: part.filename }) };
    default:
      throw notTranslatable(
        `${pointer}/type`,
        'must be input_text, input_image, input_file, input_audio or output_text for this model',
      );
  }
}

function attachedFile(part: Extract<InputPart, { type: 'input_file' }>, pointer: string): LanguageModelV4FilePart {
  const type = 'application/pdf';
  if (part.file_id) return fileOfReference(part.file_id, { provider: 'openai', type });
  if (part.file_url) return fileOfUrl(part.file_url, { type, pointer: `${pointer}/file_url` });
  if (!part.file_data) throw wrongInput(pointer, 'must have file_data, file_url or file_id');
  if (!part.file_data.startsWith('data:')) return fileOfData(part.file_data, type);
  return fileOfUrl(part.file_data, { type, pointer: `${pointer}/file_data` });
}
