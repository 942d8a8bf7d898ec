import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { TextVisitor } from './text-visitor.ts';
import { visitEach, visitValue } from './text-visitor.ts';
import { visitMessage } from './visit-prompt.ts';

/** A call with its texts visited: those of the prompt, of the tools, of the schema of the answer, and the options for the provider. */
export async function visitCall(visitor: TextVisitor, options: LanguageModelV4CallOptions): Promise<LanguageModelV4CallOptions> {
  const { tools, responseFormat, providerOptions, stopSequences } = options;
  return {
    ...options,
    prompt: await visitEach(options.prompt, (message, index) => visitMessage(visitor, message, `/prompt/${index}`)),
    ...(tools && { tools: await visitEach(tools, (tool, index) => visitTool(visitor, tool, `/tools/${index}`)) }),
    ...(responseFormat && { responseFormat: await visitFormat(visitor, responseFormat) }),
    ...(providerOptions && { providerOptions: await visitValue(visitor, providerOptions, '/providerOptions') }),
    ...(stopSequences && {
      stopSequences: await visitEach(stopSequences, (text, index) => visitor.text(text, `/stopSequences/${index}`)),
    }),
  };
}

type Tool = NonNullable<LanguageModelV4CallOptions['tools']>[number];

async function visitTool(visitor: TextVisitor, tool: Tool, place: string): Promise<Tool> {
  if (tool.type === 'provider') return { ...tool, args: await visitValue(visitor, tool.args, `${place}/args`) };
  const { description, inputExamples } = tool;
  return {
    ...tool,
    ...(description !== undefined && { description: await visitor.text(description, `${place}/description`) }),
    inputSchema: await visitSchema(visitor, tool.inputSchema, `${place}/inputSchema`),
    ...(inputExamples && { inputExamples: await visitValue(visitor, inputExamples, `${place}/inputExamples`) }),
  };
}

type Format = NonNullable<LanguageModelV4CallOptions['responseFormat']>;

async function visitFormat(visitor: TextVisitor, format: Format): Promise<Format> {
  if (format.type !== 'json') return format;
  const { schema, description } = format;
  return {
    ...format,
    ...(description !== undefined && { description: await visitor.text(description, '/responseFormat/description') }),
    ...(schema && { schema: await visitSchema(visitor, schema, '/responseFormat/schema') }),
  };
}

/** What people write into a schema; its other words belong to its language. */
const WRITTEN = new Set(['title', 'description', '$comment', 'default', 'const', 'enum', 'examples']);

/** A schema with what people wrote into it visited. A field that is called like such a word has a schema under it, which is visited in whole. */
async function visitSchema<Schema>(visitor: TextVisitor, schema: Schema, place: string): Promise<Schema> {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema))
    return (await visitEach(schema, (item, index) => visitSchema(visitor, item, `${place}/${index}`))) as Schema;
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(schema)) {
    const visit = WRITTEN.has(key) && !isSchemaOfField(key, value) ? visitValue : visitSchema;
    entries.push([key, await visit(visitor, value, place)]);
  }
  return Object.fromEntries(entries) as Schema;
}

function isSchemaOfField(key: string, value: unknown): boolean {
  return (key === 'title' || key === 'description' || key === '$comment') && typeof value === 'object';
}
