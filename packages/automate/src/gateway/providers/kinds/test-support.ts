import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { ProviderClient } from '../provider-kind.ts';
import { remoteKinds } from './remote-kinds.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** `reset` destroys the socket when all was sent, `hang` leaves it open. */
  readonly end?: 'reset' | 'hang';
}

/** A vendor on this machine: it answers what it is told to, in pieces that fall between all borders. */
export interface FakeVendor {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Resolves when a caller hung up before the answer was over. */
  readonly hungUp: Promise<void>;
  answer(reply: Reply): void;
  close(): Promise<void>;
}

export async function fakeVendor(): Promise<FakeVendor> {
  let reply: Reply = { body: '' };
  const seen: SeenRequest[] = [];
  const hungUp = Promise.withResolvers<void>();
  const server: Server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    seen.push({ method: String(request.method), path: String(request.url), headers: request.headers, body, text });
    response.on('close', () => response.writableFinished || hungUp.resolve());
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    const bytes = Buffer.from(reply.body);
    for (let at = 0; at < bytes.length; at += 29) {
      response.write(bytes.subarray(at, at + 29));
      await setImmediate();
    }
    if (reply.end === 'reset')
      await new Promise((resolve) => response.write(Buffer.alloc(0), resolve)).then(() => response.destroy());
    else if (reply.end !== 'hang') response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    hungUp: hungUp.promise,
    answer(next) {
      reply = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param values fields of its config beside the address */
export async function clientOf(kind: string, url: string, key: string | undefined, values: object = {}): Promise<ProviderClient> {
  const found = remoteKinds.find((one) => one.kind === kind);
  if (!found) throw new Error(`There is no kind ${kind}.`);
  const region = kind === 'bedrock' ? { region: 'eu-central-1' } : {};
  return found.create({ config: found.config.parse({ base_url: url, ...region, ...values }), key, fetch: globalThis.fetch });
}

export function fixture(path: string): string {
  return readFileSync(new URL(`./fixtures/${path}`, import.meta.url), 'utf8');
}

/** The events of a recorded stream, each as its bytes. */
export function streamEvents(kind: string, name: string): readonly Buffer[] {
  if (kind === 'bedrock')
    return (JSON.parse(fixture(`${kind}/${name}.json`)) as [string, object][]).map(([type, payload]) => frame(type, payload));
  return fixture(`${kind}/${name}.txt`)
    .split(/(?<=\n\n)/)
    .map((event) => Buffer.from(event));
}

export function streamReply(kind: string, events: readonly Buffer[], end?: 'reset' | 'hang'): Reply {
  const type = kind === 'bedrock' ? 'application/vnd.amazon.eventstream' : 'text/event-stream; charset=utf-8';
  return { headers: { 'content-type': type }, body: Buffer.concat(events), ...(end && { end }) };
}

/** One frame of AWS's event stream encoding: prelude, headers, payload, each with its checksum. */
export function frame(type: string, payload: object, kind: 'event' | 'exception' = 'event'): Buffer {
  const headers = Buffer.concat([
    header(`:${kind}-type`, type),
    header(':content-type', 'application/json'),
    header(':message-type', kind),
  ]);
  const content = Buffer.from(JSON.stringify(payload));
  const bytes = Buffer.alloc(12 + headers.length + content.length + 4);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  headers.copy(bytes, 12);
  content.copy(bytes, 12 + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, bytes.length - 4)), bytes.length - 4);
  return bytes;
}

function header(name: string, value: string): Buffer {
  const TEXT = 7;
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([TEXT, 0, value.length]), Buffer.from(value)]);
}

export const question: LanguageModelV4CallOptions = {
  prompt: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Greet the world.' }] },
  ],
  maxOutputTokens: 64,
  temperature: 0.5,
  tools: [
    {
      type: 'function',
      name: 'weather',
      description: 'Tells the weather',
      inputSchema: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] },
    },
  ],
};

export async function partsOf(
  client: ProviderClient,
  options = question,
  model = 'm-1',
): Promise<readonly LanguageModelV4StreamPart[]> {
  const { stream } = await chatOf(client, model).doStream(options);
  const parts: LanguageModelV4StreamPart[] = [];
  for await (const part of stream as unknown as AsyncIterable<LanguageModelV4StreamPart>) parts.push(part);
  return parts;
}

export function chatOf(client: ProviderClient, model = 'm-1'): NonNullable<ReturnType<NonNullable<ProviderClient['chat']>>> {
  if (!client.chat) throw new Error('The kind has no chat.');
  return client.chat(model);
}
