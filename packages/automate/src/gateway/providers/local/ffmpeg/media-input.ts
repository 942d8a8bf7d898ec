import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gatewayErrors } from '../../../errors.ts';

/** Sound or video in memory, or as it comes. */
export type MediaSource = Uint8Array | AsyncIterable<Uint8Array>;

/** Reads one file, in these formats and no other: none of them is a list of other files. */
export const onlyThisFile = [
  ...['-protocol_whitelist', 'file,pipe'],
  ...['-format_whitelist', 'mov,matroska,avi,flv,asf,mpeg,mpegts,mp3,wav,w64,aiff,au,ogg,flac,aac,amr,caf,webm'],
];

/**
 * Puts it into a file, for what is not written in the order in which it is read.
 * @throws AppError `provider_refused` for more than `maximum` bytes
 */
export async function keepInput(source: MediaSource, options: InputOptions): Promise<string> {
  const path = join(options.folder, 'input');
  let size = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _, done) {
      size += chunk.length;
      const isTooMuch = size > options.maximum;
      done(isTooMuch ? gatewayErrors.provider_refused(`The file has more than ${options.maximum} bytes.`) : null, chunk);
    },
  });
  const parts = source instanceof Uint8Array ? [source] : source;
  const signal = options.signal;
  await pipeline(Readable.from(parts), count, createWriteStream(path), signal === undefined ? {} : { signal }).catch((error) => {
    throw signal?.aborted ? signal.reason : error;
  });
  return path;
}

interface InputOptions {
  readonly folder: string;
  readonly maximum: number;
  readonly signal?: AbortSignal | undefined;
}
