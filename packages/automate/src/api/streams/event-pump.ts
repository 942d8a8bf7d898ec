import type { Writable } from 'node:stream';
import { after } from '../../kernel/index.ts';
import { encodeEvent, type StreamEvent } from '../http/event-stream.ts';

export interface EventPumpOptions {
  readonly source: AsyncIterable<StreamEvent>;
  readonly sink: Writable;
  /** Fires when the client has gone or the server stops. */
  readonly signal: AbortSignal;
  /** Watches whether the client may have more, until what it returns is called. Default: it may for ever. */
  admission?(onRefused: (error: unknown) => void): () => void;
  /** Turns an error of the source, or the refusal of more, into the data of a last `error` event. */
  describeError(error: unknown): string;
  readonly heartbeatSeconds?: number;
  /** Bytes a slow reader may leave unread before it is dropped. */
  readonly maxBufferedBytes?: number;
  /** How long a reader may take nothing at all before it is dropped. */
  readonly stallSeconds?: number;
}

/**
 * Writes events to a client at the client's pace. A reader that is gone, has stalled or lets too much pile up is dropped,
 * so that it costs no memory; it can come back with `Last-Event-ID`.
 */
export async function pumpEvents(options: EventPumpOptions): Promise<void> {
  const { sink, signal, maxBufferedBytes = 1_048_576, heartbeatSeconds = 15, stallSeconds = 60 } = options;
  const iterator = options.source[Symbol.asyncIterator]();
  const interrupt = createInterrupt(signal);
  const leave = options.admission?.((error) => interrupt.fail(error));
  // A comment keeps proxies from closing a quiet stream (HTML Living Standard, 9.2.7).
  const heartbeat = setInterval(() => {
    if (!sink.writableNeedDrain) sink.write(':\n\n');
  }, heartbeatSeconds * 1_000);
  heartbeat.unref();
  try {
    while (!signal.aborted) {
      const next = await interrupt.race(iterator.next());
      if (next === INTERRUPTED || next.done) break;
      const text = encodeEvent(next.value);
      const isTooFarBehind = sink.writableLength > 0 && sink.writableLength + text.length > maxBufferedBytes;
      if (isTooFarBehind || (!sink.write(text) && (await interrupt.race(drained(sink, stallSeconds))) !== true)) {
        sink.destroy();
        break;
      }
    }
  } catch (error) {
    const data = options.describeError(error);
    // Who takes nothing would have the connection for as long as they like.
    if (sink.writableNeedDrain) sink.destroy();
    else if (!signal.aborted) sink.write(encodeEvent({ event: 'error', data }));
  } finally {
    leave?.();
    clearInterval(heartbeat);
    interrupt.dispose();
    // Not awaited: a generator that is busy returns only when its own await ends, and the signal has told it.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
    if (!sink.destroyed) sink.end();
  }
}

const INTERRUPTED = Symbol('interrupted');

interface Interrupt {
  race<Value>(promise: Promise<Value>): Promise<Value | typeof INTERRUPTED>;
  /** Rejects what is waited for, now or next. */
  fail(error: unknown): void;
  dispose(): void;
}

/** Like `Promise.race` with the signal, which would leave one more reaction on one long-lived promise for every event. */
function createInterrupt(signal: AbortSignal): Interrupt {
  let wake: ((value: typeof INTERRUPTED) => void) | undefined;
  let refuse: ((error: unknown) => void) | undefined;
  let failure: { readonly error: unknown } | undefined;
  const onAbort = () => wake?.(INTERRUPTED);
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    race: (promise) =>
      new Promise((resolve, reject) => {
        wake = resolve;
        refuse = reject;
        promise.then(resolve, reject);
        if (failure) reject(failure.error);
      }),
    fail(error) {
      failure = { error };
      refuse?.(error);
    },
    dispose: () => signal.removeEventListener('abort', onAbort),
  };
}

/** Whether the sink took what was buffered in time. */
async function drained(sink: Writable, stallSeconds: number): Promise<boolean> {
  if (!sink.writableNeedDrain) return !sink.destroyed;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const onDrain = () => resolve(true);
  const onClose = () => resolve(false);
  const timer = after(stallSeconds * 1_000, () => resolve(false));
  sink.once('drain', onDrain).once('close', onClose);
  const hasDrained = await promise;
  timer.clear();
  sink.off('drain', onDrain).off('close', onClose);
  return hasDrained;
}
