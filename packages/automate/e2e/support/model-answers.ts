import type { ServerResponse } from 'node:http';

export interface ChatBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly messages?: readonly { readonly role: string; readonly content?: unknown; readonly tool_call_id?: string }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly response_format?: { readonly type: string };
  readonly input?: string | readonly string[];
  readonly encoding_format?: string;
  readonly dimensions?: number;
  readonly prompt?: string;
  readonly voice?: string;
}

export const WORDS = 'The quick brown fox jumps over the lazy dog and runs far away into the deep green forest.'.split(' ');
/** What every answer used. */
export const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 40,
  total_tokens: 140,
  prompt_tokens_details: { cached_tokens: 60 },
  completion_tokens_details: { reasoning_tokens: 15 },
};

export function json(response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

/** The message that a request deserves. */
function messageOf(body: ChatBody): { content: string | null; tool_calls?: readonly ToolCall[] } {
  const last = body.messages?.at(-1);
  if (body.tools && last?.role !== 'tool') {
    const calls = body.tools.slice(0, 2).map(({ function: { name } }, index) => ({
      id: `call_${index + 1}`,
      type: 'function' as const,
      function: { name, arguments: JSON.stringify({ city: index === 0 ? 'Rome' : 'Oslo', note: 'naïve – “ok”' }) },
    }));
    return { content: null, tool_calls: calls };
  }
  if (body.response_format && body.response_format.type !== 'text') return { content: JSON.stringify({ name: 'Ada', age: 36 }) };
  const text = last?.role === 'tool' ? `The tool said: ${String(last.content)}` : textOf(body.model);
  return { content: text };
}

/** What a model says: `long-300` so many words, each another. */
export function textOf(model: string): string {
  const [, count] = /^long-(\d+)/.exec(model) ?? [];
  return count ? Array.from({ length: Number(count) }, (_, index) => `word${index}`).join(' ') : WORDS.join(' ');
}

interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export function completionOf(body: ChatBody): object {
  const message = messageOf(body);
  return {
    id: 'chatcmpl-upstream',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: body.model,
    choices: [
      { index: 0, message: { role: 'assistant', ...message }, finish_reason: message.tool_calls ? 'tool_calls' : 'stop' },
    ],
    usage: USAGE,
  };
}

/** The events of a streamed answer, `[DONE]` included. */
export function eventsOf(body: ChatBody): string[] {
  const { content, tool_calls: calls } = messageOf(body);
  const event = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-upstream', object: 'chat.completion.chunk', created: 1_700_000_000, model: body.model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const events = [event({ role: 'assistant', content: '' })];
  for (const word of content?.split(/(?<= )/) ?? []) events.push(event({ content: word }));
  for (const [index, call] of (calls ?? []).entries()) {
    events.push(
      event({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.function.name, arguments: '' } }] }),
    );
    for (const piece of call.function.arguments.match(/.{1,7}/gsu) ?? [])
      events.push(event({ tool_calls: [{ index, function: { arguments: piece } }] }));
  }
  events.push(event({}, calls ? 'tool_calls' : 'stop'));
  if (body.stream_options?.include_usage)
    events.push(
      `data: ${JSON.stringify({ id: 'chatcmpl-upstream', object: 'chat.completion.chunk', created: 1_700_000_000, model: body.model, choices: [], usage: USAGE })}\n\n`,
    );
  events.push('data: [DONE]\n\n');
  return events;
}
