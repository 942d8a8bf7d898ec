import type { LanguageModelV4Content, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { documentText, withDocumentText } from './document-text.ts';
import { type TextVisitor, visitEach, visitValue } from './text-visitor.ts';

/** A result with its texts visited, without what the provider sent and got, which has them all once more. */
export async function visitResult(
  visitor: TextVisitor,
  result: LanguageModelV4GenerateResult,
): Promise<LanguageModelV4GenerateResult> {
  const { request: _request, response, structuredOutputText, ...rest } = result;
  const { body: _body, ...kept } = response ?? {};
  return {
    ...rest,
    content: await visitEach(result.content, (part, index) => visitContent(visitor, part, `/content/${index}`)),
    ...(structuredOutputText !== undefined && {
      structuredOutputText: await visitor.text(structuredOutputText, '/structuredOutputText'),
    }),
    ...(response && { response: kept }),
    ...(rest.providerMetadata && { providerMetadata: withoutTokens(rest.providerMetadata) }),
  };
}

/** A part of an answer with its texts visited. */
export async function visitContent(
  visitor: TextVisitor,
  part: LanguageModelV4Content,
  place: string,
): Promise<LanguageModelV4Content> {
  switch (part.type) {
    case 'text': {
      const { citations } = part;
      const text = await visitor.text(part.text, place);
      return { ...part, text, ...(citations && { citations: await visitValue(visitor, citations, `${place}/citations`) }) };
    }
    case 'reasoning':
      return { ...part, text: await visitor.text(part.text, place) };
    case 'tool-call':
      return { ...part, input: await visitor.json(part.input, `${place}/input`) };
    case 'tool-result':
      return { ...part, result: await visitValue(visitor, part.result, `${place}/result`) };
    case 'source':
      return visitSource(visitor, part, place);
    case 'file': {
      const text = documentText(part);
      if (text === undefined) return part;
      const visited = await visitor.text(text, place);
      return visited === text ? part : withDocumentText(part, visited);
    }
    default:
      return part;
  }
}

type Source = Extract<LanguageModelV4Content, { type: 'source' }>;

async function visitSource(visitor: TextVisitor, source: Source, place: string): Promise<Source> {
  if (source.sourceType === 'url') {
    const { title, url } = source;
    const visited = title === undefined ? {} : { title: await visitor.text(title, `${place}/title`) };
    return { ...source, ...visited, url: await visitor.text(url, `${place}/url`) };
  }
  const { title, filename } = source;
  const visited = filename === undefined ? {} : { filename: await visitor.text(filename, `${place}/filename`) };
  return { ...source, ...visited, title: await visitor.text(title, `${place}/title`) };
}

/** What a provider says beside the answer, without the probabilities of tokens, which spell it. */
export function withoutTokens<Metadata extends Readonly<Record<string, object>>>(metadata: Metadata): Metadata {
  const entries = Object.entries(metadata).map(([name, { logprobs: _logprobs, ...rest }]: [string, { logprobs?: unknown }]) => [
    name,
    rest,
  ]);
  return Object.fromEntries(entries) as Metadata;
}
