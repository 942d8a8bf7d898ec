import type { Readable } from 'node:stream';
import { gatewayErrors } from '../errors.ts';
import type { Outcome } from '../protocols/outcome.ts';
import type { NativeLane } from '../providers/provider-kind.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';
import type { NativeFront } from './chat-front.ts';
import { malformed, readBody, sendNative } from './native-exchange.ts';
import type { Patience } from './patience.ts';
import { firstChunk, relayStream } from './relay-stream.ts';
import { errorOf } from './translated-chat.ts';

export interface NativeChat<Request> {
  readonly services: CallServices;
  readonly call: Call;
  readonly front: NativeFront<Request>;
  readonly request: Request;
  readonly lane: NativeLane;
  readonly model: string;
  readonly patience: Patience;
}

const LONGEST_KEPT = 65_536;

/** Passes a request through and its whole answer back. */
export async function nativeGenerate<Request>(chat: NativeChat<Request>): Promise<Buffer> {
  const { call, front, patience } = chat;
  try {
    const { body } = await send(chat);
    const bytes = await readBody(body, patience.progress);
    const reply = parse(bytes);
    if (!front.isReply(reply)) throw malformed('The answer is not what the protocol promises.');
    call.usage = front.outcomeOf(reply).usage ?? call.usage;
    call.noteFirstByte();
    call.succeed(bytes.length <= LONGEST_KEPT ? reply : { bytes: bytes.length });
    return bytes;
  } finally {
    patience.stop();
  }
}

/** Passes a request through, and back what comes, as it comes. The call ends with the stream. */
export async function nativeStream<Request>(chat: NativeChat<Request>): Promise<Readable> {
  const { call, front, request, patience } = chat;
  const { headers, body } = await send(chat);
  if (!/^text\/event-stream\b/i.test(String(headers['content-type'] ?? ''))) {
    body.destroy();
    throw malformed('The answer is no stream.');
  }
  const watcher = front.relay(request);
  const first = await firstChunk(body);
  if (first === undefined) throw malformed('The stream ended before it began.');
  // An error that comes first is not yet the client's: another provider may be asked.
  if (/^data: *\{"error"/.test(first.subarray(0, 64).toString('latin1'))) {
    body.destroy();
    throw malformed(`The stream began with an error: ${first.subarray(0, 500).toString('utf8')}`);
  }
  const settle = (outcome: Outcome) => {
    call.usage = outcome.usage ?? call.usage;
    return { text: outcome.text ?? '', finish_reason: outcome.finishReason ?? null };
  };
  return relayStream({
    source: body,
    first: [first],
    watcher: { ...watcher, fail: (error) => watcher.fail(told(error, call)) },
    patience,
    onFirstByte: () => call.noteFirstByte(),
    onEnd: (outcome) => call.succeed(settle(outcome)),
    onBroken: (error, outcome) =>
      call.fail(
        error === undefined ? gatewayErrors.call_aborted('Whoever asked has gone.') : told(patience.lateness() ?? error, call),
        settle(outcome),
      ),
  });
}

function told(error: unknown, call: Call): Error {
  if (error === 'truncated')
    return gatewayErrors.provider_truncated(`${call.target?.provider.slug}: The stream ended before the answer was complete.`);
  if (typeof error === 'object' && error !== null && !(error instanceof Error) && 'message' in error)
    return gatewayErrors.provider_failed(`${call.target?.provider.slug}: ${String(error.message).slice(0, 300)}`);
  return errorOf(error, call);
}

function send<Request>({ services, call, front, request, lane, model, patience }: NativeChat<Request>) {
  const body = JSON.stringify(front.body(request, call.resolved.endpoint?.params ?? {}, model));
  return sendNative(services, { tenantId: call.facts.caller.tenantId, lane, path: front.path, body, patience });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw malformed('The answer is not JSON.', error);
  }
}
