import { Readable } from 'node:stream';
import type { Outcome } from '../protocols/outcome.ts';
import { MOST_BYTES, tooLong } from './native-exchange.ts';
import type { Patience } from './patience.ts';

/** Watches the bytes of a stream on their way. */
export interface Relayed {
  /** What of a piece goes on to the client. */
  push(chunk: Buffer): Uint8Array;
  /** What is still to be sent when the provider has ended, and what is known then. */
  end(): { readonly rest: string; readonly outcome: Outcome };
  /** The words of the protocol for a stream that broke; undefined where it has none, so that the client's breaks too. */
  fail(error: unknown): string | undefined;
}

export interface RelayOptions {
  readonly source: Readable;
  /** What was read already. */
  readonly first: readonly Buffer[];
  readonly watcher: Relayed;
  readonly patience: Patience;
  onFirstByte(): void;
  /** Called once. */
  onEnd(outcome: Outcome): void;
  /** Called once, in place of `onEnd`. @param error undefined when the client has gone */
  onBroken(error: unknown, outcome: Outcome): void;
}

/**
 * Hands a stream on as it comes, at the client's pace. A client that goes away ends it at the provider at once; a provider that breaks off
 * ends it with an error that the client understands.
 */
export function relayStream({ source, first, watcher, patience, onFirstByte, onEnd, onBroken }: RelayOptions): Readable {
  let isOver = false;
  const out = new Readable({
    highWaterMark: 65_536,
    read() {
      source.resume();
    },
    destroy(error, callback) {
      if (!isOver) {
        isOver = true;
        patience.abort();
        patience.stop();
        source.destroy();
        onBroken(undefined, watcher.end().outcome);
      }
      callback(error);
    },
  });
  let size = 0;
  const take = (chunk: Buffer): void => {
    if (isOver) return;
    patience.progress();
    size += chunk.length;
    if (size > MOST_BYTES) {
      source.destroy(tooLong());
      return;
    }
    const shown = watcher.push(chunk);
    if (shown.length === 0) return;
    onFirstByte();
    if (!out.push(shown)) source.pause();
  };
  const finish = (error?: unknown): void => {
    if (isOver) return;
    isOver = true;
    patience.stop();
    const { rest, outcome } = watcher.end();
    if (rest !== '') out.push(rest);
    const cause = error ?? (outcome.isComplete ? undefined : (outcome.error ?? 'truncated'));
    if (cause === undefined) onEnd(outcome);
    else {
      const words = watcher.fail(cause);
      onBroken(cause, outcome);
      if (words === undefined) {
        out.destroy(new Error('The answer broke off.'));
        return;
      }
      if (words !== '') out.push(words);
    }
    out.push(null);
  };
  for (const chunk of first) take(chunk);
  // A short answer may have come to its end before anybody listened.
  if (source.destroyed || source.readableEnded) {
    finish(source.readableEnded ? undefined : (source.errored ?? new Error('The connection was closed.')));
    return out;
  }
  source.on('data', take);
  source.once('end', () => finish());
  source.once('error', (error) => finish(error));
  source.once('close', () =>
    finish(source.readableEnded ? undefined : (source.errored ?? new Error('The connection was closed.'))),
  );
  return out;
}

/** The first piece of a stream, before anything of it goes on: until then another provider may be asked. @throws what breaks it */
export function firstChunk(source: Readable): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const done = (work: () => void) => {
    source.off('data', onData).off('end', onEnd).off('error', onError);
    work();
  };
  const onData = (chunk: Buffer) => {
    source.pause();
    done(() => resolve(chunk));
  };
  const onEnd = () => done(() => resolve(undefined));
  const onError = (error: unknown) => done(() => reject(error));
  source.on('data', onData).once('end', onEnd).once('error', onError);
  return promise;
}
