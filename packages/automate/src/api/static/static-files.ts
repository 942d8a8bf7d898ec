import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '../../kernel/index.ts';
import { apiErrors } from '../http/errors.ts';
import { contentTypeOf } from './content-type.ts';
import { chooseEncoding, type Encoding, encodings } from './encoding.ts';

/** Files of a folder, listed once: what is not in the list is not there, so no path leads out of it. Made by {@link staticFiles}. */
export interface StaticFiles {
  /** Names of all files, with slashes. */
  readonly names: readonly string[];
  /** Changes with any of them: to stand in their address. */
  readonly version: string;
  /** @param name as in `assets/app.js`; nothing is decoded or resolved */
  find(name: string): StaticFile | undefined;
}

export interface StaticFile {
  readonly name: string;
  readonly contentType: string;
  /** Whether its name changes with its content, so that nobody has to ask again. */
  readonly isImmutable: boolean;
  /** Whether it is sent in different codings. */
  readonly isEncoded: boolean;
  /** Strong entity tag of the file in this coding; the same wherever this release runs. */
  tag(encoding: Encoding): Promise<string>;
  /** The file in the coding that a client likes best. @param acceptEncoding `Accept-Encoding` */
  variant(acceptEncoding: string | undefined): FileVariant;
  text(): Promise<string>;
}

export interface FileVariant {
  readonly encoding: Encoding;
  readonly bytes: number;
  open(): Readable;
}

export interface StaticFilesOptions {
  /** Folder of the files. Links in it are not followed, and what begins with a dot is left out. */
  readonly root: URL | string;
  /** Names of those of its files that are served; all when missing. */
  readonly include?: RegExp;
  /** Single files from elsewhere, such as a bundle of a package, by the name they get here. */
  readonly extra?: Readonly<Record<string, URL | string>>;
  /** Names of files that never change, as they hold a hash. Default: `assets/name-HASH.ext`, as Vite writes them. */
  readonly immutable?: RegExp;
}

/**
 * The files of a folder, ready to be served by a {@link StaticView}. `app.js.br` and `app.js.gz` are sent in place of `app.js` to whoever takes them.
 * The folder is read when the first file is asked for or, by a view, at start; later changes are not seen.
 * @throws `invalid_settings` when the folder or an extra file is not there
 * @example
 * const files = staticFiles({ root: new URL('./dist/', import.meta.url) });
 */
export function staticFiles(options: StaticFilesOptions): StaticFiles {
  const { immutable = VITE_ASSET } = options;
  let known: ReadonlyMap<string, StaticFile> | undefined;
  let version: string | undefined;
  const list = () => {
    known ??= listFiles(placesOf(options), immutable);
    return known;
  };
  return {
    get names() {
      return [...list().keys()];
    },
    get version() {
      version ??= versionOf(placesOf(options));
      return version;
    },
    find: (name) => list().get(name),
  };
}

const VITE_ASSET = /^assets\/.*-[\w-]{8,}\.\w+$/;

function listFiles(places: ReadonlyMap<string, string>, immutable: RegExp) {
  const files = new Map<string, StaticFile>();
  for (const [name, path] of places) {
    const compressed = encodings.find(({ extension }) => name.endsWith(extension));
    if (compressed && places.has(name.slice(0, -compressed.extension.length))) continue;
    files.set(name, fileOf(name, path, places, immutable));
  }
  return files;
}

/** Paths by name, in one order everywhere. */
function placesOf({ root, include, extra = {} }: StaticFilesOptions): Map<string, string> {
  const folder = toPath(root);
  const places = new Map<string, string>();
  try {
    for (const [name, path] of filesIn(folder, '')) if (!include || include.test(name)) places.set(name, path);
    for (const [name, place] of Object.entries(extra)) {
      for (const extension of ['', ...encodings.map((encoding) => encoding.extension)]) {
        const path = toPath(place) + extension;
        if (statSync(path, { throwIfNoEntry: extension === '' })?.isFile()) places.set(name + extension, path);
      }
    }
  } catch (error) {
    throw apiErrors.invalid_settings(`Files that are to be served are not there: build them first. ${errorMessage(error)}`, {
      cause: error,
    });
  }
  return new Map([...places].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** By hand: the listing of all folders that Node has follows links. */
function* filesIn(folder: string, prefix: string): Generator<readonly [name: string, path: string]> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path, `${prefix}${entry.name}/`);
    else if (entry.isFile()) yield [prefix + entry.name, path];
  }
}

function fileOf(name: string, path: string, places: ReadonlyMap<string, string>, immutable: RegExp): StaticFile {
  const stored = new Map<Encoding, string>();
  for (const { name: encoding, extension } of encodings) {
    const compressed = places.get(name + extension);
    if (compressed) stored.set(encoding, compressed);
  }
  stored.set('identity', path);
  const sizes = new Map([...stored].map(([encoding, place]) => [encoding, statSync(place).size]));
  let hash: Promise<string> | undefined;
  return {
    name,
    contentType: contentTypeOf(name),
    isImmutable: immutable.test(name),
    isEncoded: stored.size > 1,
    async tag(encoding) {
      hash ??= readFile(path).then((bytes) => createHash('sha256').update(bytes).digest('base64url').slice(0, 27));
      return `"${await hash}${encodings.find((known) => known.name === encoding)?.tag ?? ''}"`;
    },
    variant(acceptEncoding) {
      const encoding = chooseEncoding(acceptEncoding, [...stored.keys()]);
      const place = stored.get(encoding) as string;
      return { encoding, bytes: sizes.get(encoding) as number, open: () => createReadStream(place) };
    },
    text: () => readFile(path, 'utf8'),
  };
}

function versionOf(places: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [name, path] of places) hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
  return hash.digest('base64url').slice(0, 16);
}

function toPath(place: URL | string): string {
  return typeof place === 'string' ? place : fileURLToPath(place);
}
