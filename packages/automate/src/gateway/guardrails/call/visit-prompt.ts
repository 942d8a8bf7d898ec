import type { LanguageModelV4FilePart, LanguageModelV4Message, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider';
import { documentText, withDocumentText } from './document-text.ts';
import { type TextVisitor, visitEach, visitValue } from './text-visitor.ts';

type Part = Exclude<LanguageModelV4Message['content'], string>[number];

/** A message with its texts visited. */
export async function visitMessage(
  visitor: TextVisitor,
  message: LanguageModelV4Message,
  place: string,
): Promise<LanguageModelV4Message> {
  const at = `${place}/content`;
  if (message.role === 'system') return { ...message, content: await visitor.text(message.content, at) };
  const content = await visitEach<Part>(message.content, (part, index) => visitPart(visitor, part, `${at}/${index}`));
  return { ...message, content } as LanguageModelV4Message;
}

async function visitPart(visitor: TextVisitor, part: Part, place: string): Promise<Part> {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { ...part, text: await visitor.text(part.text, place) };
    case 'file':
      return visitFile(visitor, part, place);
    case 'tool-call':
      return { ...part, input: await visitValue(visitor, part.input, `${place}/input`) };
    case 'tool-result':
      return { ...part, output: await visitOutput(visitor, part.output, `${place}/output`) };
    case 'tool-approval-response':
      return part.reason === undefined ? part : { ...part, reason: await visitor.text(part.reason, place) };
    default:
      return part;
  }
}

/** A file with its name, its text and its address visited. An image stays: nothing is read from it. */
async function visitFile<File extends Pick<LanguageModelV4FilePart, 'data' | 'mediaType' | 'filename'>>(
  visitor: TextVisitor,
  file: File,
  place: string,
): Promise<File> {
  const named =
    file.filename === undefined ? file : { ...file, filename: await visitor.text(file.filename, `${place}/filename`) };
  const text = documentText(named);
  if (text === undefined) return named;
  const visited = await visitor.text(text, `${place}/data`);
  return visited === text ? named : withDocumentText(named, visited);
}

async function visitOutput(
  visitor: TextVisitor,
  output: LanguageModelV4ToolResultOutput,
  place: string,
): Promise<LanguageModelV4ToolResultOutput> {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return { ...output, value: await visitor.text(output.value, place) };
    case 'json':
    case 'error-json':
      return { ...output, value: await visitValue(visitor, output.value, place) };
    case 'execution-denied':
      return output.reason === undefined ? output : { ...output, reason: await visitor.text(output.reason, place) };
    case 'content':
      return {
        ...output,
        value: await visitEach(output.value, async (item, index) => {
          const at = `${place}/value/${index}`;
          if (item.type === 'text') return { ...item, text: await visitor.text(item.text, at) };
          return item.type === 'file' ? visitFile(visitor, item, at) : item;
        }),
      };
    default:
      return output;
  }
}
