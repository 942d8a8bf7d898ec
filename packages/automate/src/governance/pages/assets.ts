import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

/** A file that the pages load. */
export interface Asset {
  readonly contentType: string;
  readonly text: string;
}

export interface Assets {
  /** Changes with any of them: it stands in their address, so that browsers may keep them for good. */
  readonly version: string;
  readonly files: ReadonlyMap<string, Asset>;
}

let known: Assets | undefined;

/** Scripts, styles and the icon; read when a page is first asked for, and never again. */
export function assets(): Assets {
  known ??= readAssets();
  return known;
}

const FOLDER = join(import.meta.dirname, 'browser');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

function readAssets(): Assets {
  const files = new Map<string, Asset>();
  for (const name of readdirSync(FOLDER).sort()) {
    const contentType = TYPES[extname(name)];
    if (contentType) files.set(name, { contentType, text: readFileSync(join(FOLDER, name), 'utf8') });
  }
  // Draws the QR code in the browser, so that the secret of a second factor travels once only.
  const library = join(dirname(createRequire(import.meta.url).resolve('uqr')), 'index.mjs');
  files.set('uqr.js', { contentType: TYPES['.js'] as string, text: readFileSync(library, 'utf8') });
  const hash = createHash('sha256');
  for (const [name, { text }] of files) hash.update(`${name}\0${text}\0`);
  return { version: hash.digest('base64url').slice(0, 16), files };
}
