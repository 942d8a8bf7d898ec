import { createHash } from 'node:crypto';
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { cutText } from '../../../../kernel/index.ts';
import { chooseTool } from './choose-tool.ts';
import { type Conversation, readConversation } from './conversation.ts';
import { type DemoConfig, findRule } from './demo-rules.ts';
import { fitSchema } from './fit-schema.ts';
import { summarise } from './summarise.ts';
import { countTokens } from './words.ts';

/** What the demo says to a conversation: the same each time. */
export interface DemoAnswer {
  readonly reasoning: string;
  readonly said:
    | { readonly type: 'text' | 'json'; readonly text: string }
    | { readonly type: 'tool'; readonly id: string; readonly name: string; readonly input: string };
  readonly inputTokens: number;
}

/** Comes before each text, so that nobody takes it for a model's. */
const LABEL = '[demo] ';

export function answer(options: LanguageModelV4CallOptions, config: DemoConfig): DemoAnswer {
  const conversation = readConversation(options);
  const said = say(options, { conversation, config });
  const isAsked = !['none', 'provider-default', undefined].includes(options.reasoning);
  const count = countTokens(conversation.text);
  const kind = { text: 'I answer with a text', json: 'I answer with JSON', tool: 'I call a tool' }[said.type];
  return {
    reasoning: isAsked ? `${LABEL}The text of the user has about ${count} tokens. ${kind}.` : '',
    said,
    inputTokens: countTokens(conversation.whole) + countTokens(JSON.stringify(options.tools ?? '')),
  };
}

function say(options: LanguageModelV4CallOptions, given: { conversation: Conversation; config: DemoConfig }): DemoAnswer['said'] {
  const { text, results } = given.conversation;
  if (results.length > 0) {
    const told = results.map((each) => `${each.tool} says: ${each.text}`).join('\n');
    return answerWith(options, results.map((each) => each.text).join('\n'), told);
  }
  const rule = findRule(given.config.rules, text);
  if (rule?.reply !== undefined) return { type: 'text', text: LABEL + rule.reply };
  if (rule?.json !== undefined) return { type: 'json', text: JSON.stringify(rule.json) };
  const call = rule?.tool_call;
  if (call && options.toolChoice?.type !== 'none' && options.tools?.some(({ name }) => name === call.name)) {
    return callOf(options, call.name, call.arguments);
  }
  const tool = chooseTool(options, text);
  if (tool) return callOf(options, tool.name, fitSchema(tool.inputSchema, text));
  return answerWith(options, text, replyTo(text));
}

function answerWith({ responseFormat }: LanguageModelV4CallOptions, source: string, text: string): DemoAnswer['said'] {
  if (responseFormat?.type !== 'json') return { type: 'text', text: LABEL + text };
  const value = responseFormat.schema === undefined ? { demo: true, answer: text } : fitSchema(responseFormat.schema, source);
  return { type: 'json', text: JSON.stringify(value) };
}

function replyTo(text: string): string {
  const isSummary = /\b(summari[sz]e|summary|tl;?dr)\b/i.test(text);
  if (isSummary) {
    const [order = '', body = ''] = split(text);
    return `In short: ${summarise(body || order)}`;
  }
  return text.trim() === ''
    ? 'Hello! There was no text to answer.'
    : `Hello! You wrote: “${cutText(text.trim(), 2_000)}” I am a scripted model, so this is all I have to say about it.`;
}

/** What is to be done, and with what: the order ends with a colon or its line. */
function split(text: string): [string, string] {
  const at = text.search(/[:\n]/);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1).trim()];
}

function callOf({ prompt }: LanguageModelV4CallOptions, name: string, value: unknown): DemoAnswer['said'] {
  const input = JSON.stringify(value);
  const hash = createHash('sha256').update(`${prompt.length}\n${name}\n${input}`).digest('hex');
  return { type: 'tool', id: `call_demo_${hash.slice(0, 16)}`, name, input };
}
