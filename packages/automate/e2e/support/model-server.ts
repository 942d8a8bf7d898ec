import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from './executions.ts';
import { type ChatBody, completionOf, eventsOf, json } from './model-answers.ts';
import { breakAs } from './model-faults.ts';
import { answerMedia, fieldsOf } from './model-media.ts';

/** A request as the vendor got it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly model: string;
  readonly body: ChatBody;
}

/**
 * A vendor that speaks OpenAI's protocol on loopback. It answers by the words it is sent, in full or in pieces, with tool calls, JSON, vectors,
 * pictures and sound; a model whose name begins with `fault-` breaks in the way that follows, `slow-` waits between pieces, `long-300` says so many words.
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

export async function createModelServer(): Promise<ModelServer> {
  const requests: SeenRequest[] = [];
  const aborted = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const isJson = /json/.test(request.headers['content-type'] ?? '');
    const body = (isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : await fieldsOf(request, bytes)) as ChatBody;
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
  if (await answerMedia(path, body, response)) return;
  json(response, { error: { message: `Unknown path ${path}`, type: 'invalid_request_error', code: null } }, 404);
}

async function streamChat(body: ChatBody, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of eventsOf(body)) {
    if (response.destroyed) return;
    response.write(event);
    if (body.model.startsWith('slow-')) await wait(40);
    if (body.model.startsWith('long-')) await wait(5);
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
