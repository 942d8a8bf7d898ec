import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type ChatBody, json } from './model-answers.ts';

export const SAID = 'Hello from the recording.';
const ONE_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
export const picture = Buffer.from(ONE_PIXEL, 'base64');

/** A request of pictures or sound; of a form its texts, its files as their sizes. */
interface MediaBody extends Omit<ChatBody, 'response_format' | 'stream'> {
  readonly response_format?: string;
  readonly stream?: string | boolean;
  readonly n?: number | string;
  readonly file?: number;
  readonly image?: number;
  readonly 'image[]'?: number;
}

/** The fields of a form, files as the number of their bytes. */
export async function fieldsOf(request: IncomingMessage, bytes: Buffer): Promise<object> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return {};
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  return Object.fromEntries([...form].map(([name, value]) => [name, typeof value === 'string' ? value : value.size]));
}

/** Pictures and sound as OpenAI answers with them. A model `tokens-…` counts tokens, `slow-…` takes its time, `html-…` answers with a page. @returns whether it was one of these routes */
export async function answerMedia(path: string, given: ChatBody, response: ServerResponse): Promise<boolean> {
  const body = given as unknown as MediaBody;
  if (path === '/images/generations' || path === '/images/edits') {
    if (body.model.startsWith('slow-')) await wait(5_000, undefined, { ref: false });
    if (path === '/images/edits' && !body.image && !body['image[]']) return refuse(response, 'image');
    // As the newer models do, which always answer with bytes.
    if (body.model.startsWith('gpt-image') && body.response_format) return refuse(response, 'response_format');
    const isAddress = body.response_format === 'url';
    const data = Array.from({ length: Number(body.n ?? 1) }, () =>
      isAddress ? { url: 'https://files.example.com/1.png' } : { b64_json: ONE_PIXEL },
    );
    const usage = {
      input_tokens: 12,
      output_tokens: 272,
      total_tokens: 284,
      input_tokens_details: { text_tokens: 12, image_tokens: 0 },
    };
    json(response, { created: 1_700_000_000, data, ...(body.model.startsWith('gpt-image') && { usage }) });
    return true;
  }
  if (path === '/audio/speech') {
    if (body.voice === 'nobody') return refuse(response, 'voice');
    if (body.model.startsWith('html-')) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello');
      return true;
    }
    await speak(body, response);
    return true;
  }
  if (path !== '/audio/transcriptions') return false;
  if (!body.file) return refuse(response, 'file');
  await transcribe(body, response);
  return true;
}

async function speak(body: MediaBody, response: ServerResponse): Promise<void> {
  const types: Record<string, string> = {
    wav: 'audio/wav',
    opus: 'audio/opus',
    aac: 'audio/aac',
    flac: 'audio/flac',
    pcm: 'audio/pcm',
  };
  response.writeHead(200, { 'content-type': types[body.response_format ?? ''] ?? 'audio/mpeg' });
  const pieces = body.model.startsWith('slow-') ? 100 : 3;
  response.write(`ID3\u0004${String(body.input)}`);
  for (let index = 0; index < pieces && !response.destroyed; index += 1) {
    if (body.model.startsWith('broken-') && index === 1) {
      response.socket?.resetAndDestroy();
      return;
    }
    await wait(body.model.startsWith('slow-') ? 40 : 5);
    response.write(Buffer.alloc(2_000, index));
  }
  response.end();
}

async function transcribe(body: MediaBody, response: ServerResponse): Promise<void> {
  const usage = body.model.startsWith('tokens-')
    ? { type: 'tokens', input_tokens: 14, output_tokens: 6, total_tokens: 20 }
    : { type: 'duration', seconds: 2 };
  const isStreamed = String(body.stream) === 'true' && !body.model.startsWith('whisper');
  if (isStreamed) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const delta of SAID.match(/\S+ ?/g) ?? []) {
      response.write(`data: ${JSON.stringify({ type: 'transcript.text.delta', delta })}\n\n`);
      await wait(5);
    }
    if (body.model.startsWith('broken-')) return void response.end();
    response.end(`data: ${JSON.stringify({ type: 'transcript.text.done', text: SAID, usage })}\n\n`);
    return;
  }
  const segment = {
    id: 0,
    seek: 0,
    start: 0,
    end: 2,
    text: SAID,
    tokens: [1],
    temperature: 0,
    avg_logprob: -0.1,
    compression_ratio: 1,
    no_speech_prob: 0,
  };
  switch (body.response_format) {
    case 'text':
      return void response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${SAID}\n`);
    case 'srt':
      return void response
        .writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
        .end(`1\n00:00:00,000 --> 00:00:02,000\n${SAID}\n`);
    case 'vtt':
      return void response
        .writeHead(200, { 'content-type': 'text/vtt; charset=utf-8' })
        .end(`WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n${SAID}\n`);
    case 'verbose_json':
      return json(response, { task: 'transcribe', language: 'english', duration: 2, text: SAID, segments: [segment], usage });
    default:
      return json(response, { text: SAID, usage });
  }
}

function refuse(response: ServerResponse, param: string): true {
  const message = `Invalid value for ${param}.`;
  json(response, { error: { message, type: 'invalid_request_error', param, code: null } }, 400);
  return true;
}
