import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from './executions.ts';
import { breakAs } from './model-faults.ts';

/** A request as the vendor got it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly model: string;
  readonly body: ChatBody;
}

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

/**
 * A vendor that speaks OpenAI's protocol on loopback. It answers by the words it is sent, in full or in pieces, with tool calls, JSON, vectors,
 * pictures and sound; a model whose name begins with `fault-` breaks in the way that follows, `slow-` waits between pieces.
 */
export interface ModelServer {
  /** Base URL, with `/v1`. */
  readonly url: string;
  /** For the allow-list. */
  readonly host: string;
  readonly requests: SeenRequest[];
  /** Requests of a model that have arrived. */
  count(model: string): number;
  /** Milliseconds since the client of a model's request went away before its end; waits for it. */
  abortedAt(model: string): Promise<number>;
  close(): Promise<void>;
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

export async function createModelServer(): Promise<ModelServer> {
  const requests: SeenRequest[] = [];
  const aborted = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const isJson = /json/.test(request.headers['content-type'] ?? '');
    const body = (isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : { model: formField(bytes, 'model') }) as ChatBody;
    const path = (request.url ?? '').replace(/^\/v1/, '');
    requests.push({ path, headers: request.headers, model: body.model, body });
    response.on('close', () => {
      if (!response.writableFinished) aborted.set(body.model, performance.now());
    });
    try {
      await answer(path, body, response, () => requests.filter(({ model }) => model === body.model).length);
    } catch {
      response.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}/v1`,
    host,
    requests,
    count: (model) => requests.filter((seen) => seen.model === model).length,
    abortedAt: async (model) =>
      (await eventually(
        async () => aborted.get(model),
        (at) => at !== undefined,
      )) as number,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(path: string, body: ChatBody, response: ServerResponse, tries: () => number): Promise<void> {
  if (path === '/models')
    return json(response, {
      object: 'list',
      data: [
        { id: 'good', object: 'model' },
        { id: 'vectors', object: 'model' },
      ],
    });
  if (body.model?.startsWith('fault-') && (await breakAs(body, response, tries()))) return;
  if (path === '/chat/completions') return body.stream ? streamChat(body, response) : json(response, completionOf(body));
  if (path === '/embeddings') return json(response, vectorsOf(body));
  if (path === '/images/generations') return json(response, { created: 1, data: [{ b64_json: ONE_PIXEL }] });
  if (path === '/audio/speech') return bytesOf(response, 'audio/mpeg', Buffer.from(`ID3 ${String(body.input)}`));
  if (path === '/audio/transcriptions') return json(response, { text: 'hello from the recording' });
  json(response, { error: { message: `Unknown path ${path}`, type: 'invalid_request_error', code: null } }, 404);
}

export function json(response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

function bytesOf(response: ServerResponse, type: string, bytes: Buffer): void {
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
  response.end(bytes);
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
  const text = last?.role === 'tool' ? `The tool said: ${String(last.content)}` : WORDS.join(' ');
  return { content: text };
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

async function streamChat(body: ChatBody, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of eventsOf(body)) {
    if (response.destroyed) return;
    response.write(event);
    if (body.model.startsWith('slow-')) await wait(40);
  }
  response.end();
}

function vectorsOf(body: ChatBody): object {
  const texts = typeof body.input === 'string' ? [body.input] : (body.input ?? []);
  const size = body.dimensions ?? 8;
  const data = texts.map((text, index) => {
    const vector = Array.from({ length: size }, (_, place) => Math.fround(Math.sin(String(text).length + place)));
    const encoded = Buffer.from(new Float32Array(vector).buffer).toString('base64');
    return { object: 'embedding', index, embedding: body.encoding_format === 'base64' ? encoded : vector };
  });
  return { object: 'list', data, model: body.model, usage: { prompt_tokens: 7, total_tokens: 7 } };
}

function formField(bytes: Buffer, name: string): string {
  return new RegExp(`name="${name}"\\r\\n\\r\\n([^\\r]*)`).exec(bytes.toString('latin1'))?.[1] ?? '';
}

const ONE_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
