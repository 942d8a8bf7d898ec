import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isUuid, newId } from '../../kernel/index.ts';
import { type ArtifactStore, type ByteRange, type StoredBytes, shardOf, type WriteOptions } from './artifact-store.ts';
import { artifactErrors } from './errors.ts';

/**
 * A folder with 256 folders of files, each named by the id of its artifact: no path is made of anything a user says.
 * @param space the part of it that is this installation's own
 */
export function localStore(folder: string, space: () => string): ArtifactStore {
  const within = (name: string) => join(folder, space(), name);
  const pathOf = (id: string) => join(within(shardOf(id)), requireId(id));

  return {
    kind: 'local',
    write: (id, source, options) =>
      failing(() => writeWhole({ path: pathOf(id), underWay: within('tmp'), shard: within(shardOf(id)) }, source, options)),
    read: (id, range) => failing(() => openFile(pathOf(id), range)),
    remove: (id) => failing(() => removeFile(pathOf(id))),
    async *list(shard) {
      for await (const { name, modifiedAt } of filesIn(within(shard)))
        if (isUuid(name)) yield { id: name, modifiedAt } satisfies StoredBytes;
    },
    async clean(before) {
      for await (const { name, modifiedAt } of filesIn(within('tmp')))
        if (modifiedAt < before) await removeFile(join(within('tmp'), name));
    },
  };
}

interface Place {
  readonly path: string;
  /** Folder of its part of the store. */
  readonly shard: string;
  /** Folder of what is not whole yet. */
  readonly underWay: string;
}

/** Under another name until all of it is on the disk: whoever sees the file sees it whole. */
async function writeWhole({ path, shard, underWay }: Place, source: AsyncIterable<Uint8Array>, { signal }: WriteOptions) {
  await mkdir(underWay, { recursive: true, mode: 0o700 });
  await mkdir(shard, { recursive: true, mode: 0o700 });
  const temporary = join(underWay, newId());
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      for await (const piece of source) {
        signal?.throwIfAborted();
        await writeAll(file, piece);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    // The name is on the disk when the folder is.
    await syncFolder(shard);
  } catch (error) {
    await removeFile(temporary);
    throw error;
  }
}

async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let written = 0; written < piece.byteLength; )
    written += (await file.write(piece, written, piece.byteLength - written)).bytesWritten;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Opened before it is handed out, so that a file which is gone is told in time. */
async function openFile(path: string, range: ByteRange | undefined): Promise<Readable> {
  const file = await open(path, 'r');
  return createReadStream('', { fd: file, ...range, highWaterMark: 256 * 1024 });
}

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

async function* filesIn(folder: string): AsyncGenerator<{ name: string; modifiedAt: Date }> {
  const entries = await opendir(folder).catch(() => undefined);
  for await (const entry of entries ?? []) {
    const found = entry.isFile() ? await stat(join(folder, entry.name)).catch(() => undefined) : undefined;
    if (found) yield { name: entry.name, modifiedAt: found.mtime };
  }
}

function requireId(id: string): string {
  if (isUuid(id)) return id.toLowerCase();
  throw new TypeError('What is kept has the id of an artifact.');
}

/** What the disk refuses is no fault of whoever asks. Its message holds the path. */
async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined || !DISK.has(syscall)) throw error;
    throw artifactErrors.artifact_store_failed(`The folder of artifacts cannot be used (${code}).`, { cause: error });
  }
}

/** Calls that only the disk makes: what a source of bytes throws goes on as it is. */
const DISK: ReadonlySet<string> = new Set(['open', 'mkdir', 'write', 'fsync', 'rename', 'unlink', 'close', 'scandir', 'opendir']);
