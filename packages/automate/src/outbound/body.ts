import { type Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { outboundErrors } from './errors.ts';

/** What `accept-encoding` offers: exactly what {@link decodeBody} can undo. */
export const acceptedEncodings = 'gzip, deflate, br';

/**
 * Undoes the content encoding and counts bytes on both sides, so that neither a long nor a compressed bomb passes.
 * @param maxBytes Infinity: what is not encoded is not counted either, and is handed out as it comes
 * @throws AppError `outbound_failed` for an encoding nobody asked for; the stream fails with `outbound_too_large`
 */
export function decodeBody(source: Readable, encoding: string | undefined, maxBytes: number): Readable {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity')
    return maxBytes === Number.POSITIVE_INFINITY ? source : chain(source, [byteCap(maxBytes)]);
  const decoder = decoderFor(name);
  if (!decoder) throw outboundErrors.outbound_failed('The reply has a content encoding that is not supported.');
  return chain(source, [byteCap(maxBytes), decoder, byteCap(maxBytes)]);
}

export async function readAll(source: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function decoderFor(name: string): Transform | undefined {
  if (name === 'gzip' || name === 'x-gzip') return createGunzip();
  if (name === 'deflate') return createInflate();
  if (name === 'br') return createBrotliDecompress();
  return undefined;
}

function byteCap(maxBytes: number): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      total += chunk.length;
      if (total > maxBytes) callback(outboundErrors.outbound_too_large(`The reply is larger than ${maxBytes} bytes.`));
      else callback(null, chunk);
    },
  });
}

/** Like `pipeline`, but the last stream stays the caller's to read; an error or an early end anywhere ends all. */
function chain(source: Readable, transforms: readonly Transform[]): Readable {
  const streams = [source, ...transforms];
  streams.forEach((stream, index) => {
    const next = transforms[index];
    if (next) stream.pipe(next);
    stream.once('error', (error) => {
      for (const other of streams) if (other !== stream) other.destroy(error);
    });
    stream.once('close', () => {
      // Closing the end (a caller that stops reading) has to close the connection too.
      if (!stream.readableEnded) for (const other of streams) if (other !== stream) other.destroy();
    });
    // Each destroy above emits on streams that nobody listens to; the caller sees the error on the last one.
    if (next) stream.on('error', () => {});
  });
  return streams.at(-1) as Readable;
}
