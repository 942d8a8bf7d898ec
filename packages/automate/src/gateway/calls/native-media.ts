import type { Readable } from 'node:stream';
import { gatewayErrors } from '../errors.ts';
import type { Outcome } from '../protocols/outcome.ts';
import type { NativeLane } from '../providers/provider-kind.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import { malformed, type NativeReply, readBody, sendNative } from './native-exchange.ts';
import type { Patience } from './patience.ts';
import { firstChunk, type Relayed, relayStream } from './relay-stream.ts';
import { errorOf } from './translated-chat.ts';

export interface NativeMedia {
  readonly services: CallServices;
  readonly call: Call;
  readonly lane: NativeLane;
  readonly path: string;
  readonly body: string | FormData;
  readonly patience: Patience;
}

/** Bytes that have no words for what goes wrong in them. */
const BYTES: Relayed = {
  push: (chunk) => chunk,
  end: () => ({ rest: '', outcome: { usage: undefined, finishReason: undefined, isComplete: true } }),
  fail: () => undefined,
};

/** Sends a request on as it is. @throws ProviderFault for a reply that is none */
export async function sendMedia({ services, call, lane, path, body, patience }: NativeMedia): Promise<NativeReply> {
  const request = { tenantId: call.facts.caller.tenantId, lane, path, patience };
  if (typeof body === 'string') return sendNative(services, { ...request, body });
  const encoded = new Response(body);
  const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
  return sendNative(services, { ...request, body: new Uint8Array(await encoded.arrayBuffer()), headers });
}

/** Passes a request through, and back what comes, as it comes. The call ends with it. */
export async function relayMedia(media: NativeMedia): Promise<{ readonly body: Readable; readonly mediaType: string }> {
  const { headers, body } = await sendMedia(media);
  const mediaType = String(headers['content-type'] ?? 'application/octet-stream');
  // An error of some servers has status 200.
  if (/^(?:application\/json|text\/html)\b/i.test(mediaType)) {
    body.destroy();
    throw malformed(`It has answered with ${mediaType}, and not with sound.`);
  }
  return { body: await relayBody(media, body, BYTES), mediaType };
}

/** Hands on a body that has begun. @throws ProviderFault for one that ends before it does */
export async function relayBody({ call, patience }: NativeMedia, source: Readable, watcher: Relayed): Promise<Readable> {
  const first = await firstChunk(source);
  if (first === undefined) throw malformed('The answer is empty.');
  let bytes = first.length;
  source.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  source.pause();
  const settle = ({ usage, text }: Outcome) => {
    call.usage = usage ?? call.usage;
    return text === undefined ? { bytes } : { text };
  };
  const told = (error: unknown) =>
    errorOf(error === 'truncated' ? malformed('The stream ended before the answer was.') : error, call);
  return relayStream({
    source,
    first: [first],
    watcher,
    patience,
    onFirstByte: () => call.noteFirstByte(),
    onEnd: (outcome) => call.succeed(settle(outcome)),
    onBroken: (error, outcome) =>
      call.fail(
        error === undefined ? gatewayErrors.call_aborted('Whoever asked has gone.') : told(patience.lateness() ?? error),
        settle(outcome),
      ),
  });
}

/** The whole of a reply. */
export async function askMedia(media: NativeMedia): Promise<{ readonly bytes: Buffer; readonly mediaType: string }> {
  const { headers, body } = await sendMedia(media);
  const bytes = await readBody(body, media.patience.progress);
  media.patience.stop();
  return { bytes, mediaType: String(headers['content-type'] ?? '') };
}

/** @throws ProviderFault for what is no object of JSON */
export function readJson(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw malformed('The answer is not JSON.', error);
  }
  throw malformed('The answer is not what the protocol promises.');
}
