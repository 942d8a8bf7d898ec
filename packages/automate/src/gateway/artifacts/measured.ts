import { createHash } from 'node:crypto';
import { SNIFFED_BYTES } from './content-type.ts';
import type { UploadRoom } from './upload-room.ts';

/** Bytes that can be read once, and what is known of them when they have been. */
export interface MeasuredBytes {
  /** Their beginning, which is not lost by looking at it. */
  readonly head: Uint8Array;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Length and SHA-256, once all was read. */
  facts(): { readonly bytes: number; readonly sha256: string };
}

/** Counts and hashes bytes as they go through, and lets through no more than there is room for. */
export async function measure(
  source: AsyncIterable<Uint8Array>,
  { room, signal }: { readonly room: UploadRoom; readonly signal: AbortSignal | undefined },
): Promise<MeasuredBytes> {
  const read = abortable(source[Symbol.asyncIterator](), signal);
  const hash = createHash('sha256');
  let count = 0;
  const next = async (): Promise<Uint8Array | undefined> => {
    const { value, done } = await read();
    if (done) return undefined;
    count += value.byteLength;
    await room.take(count);
    hash.update(value);
    return value;
  };

  const first: Uint8Array[] = [];
  for (let piece = await next(); piece; piece = count < SNIFFED_BYTES ? await next() : undefined) first.push(piece);
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first.splice(0);
    for (let piece = await next(); piece; piece = await next()) yield piece;
  }
  return { head: Buffer.concat(first), bytes: all(), facts: () => ({ bytes: count, sha256: hash.copy().digest('hex') }) };
}

/** Reads until the signal fires: whoever sends may just stop sending. */
function abortable<T>(pieces: AsyncIterator<T>, signal: AbortSignal | undefined): () => Promise<IteratorResult<T>> {
  // Not a race with one promise of the signal: that would hold every piece until the end.
  let refuse: (reason: unknown) => void = () => undefined;
  signal?.addEventListener('abort', () => refuse(signal.reason), { once: true });
  return () =>
    new Promise((resolve, reject) => {
      refuse = reject;
      if (signal?.aborted) reject(signal.reason);
      else pieces.next().then(resolve, reject);
    });
}
