import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** What is smaller travels in one packet anyway. */
const LEAST_BYTES = 1_400;
const compressors = {
  '.br': (bytes: Buffer) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
  '.gz': (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
};

/** Copies the API reference into the built package, compressed beside itself: whoever installs it needs neither its 270 packages nor a network. */
export async function copyReference(target: string): Promise<void> {
  const bundle = join(dirname(createRequire(import.meta.url).resolve('@scalar/api-reference')), 'browser');
  const chunks = readdirSync(join(bundle, 'chunks')).filter((name) => name.endsWith('.js'));
  const names = ['standalone.esm.js', ...chunks.map((name) => join('chunks', name))];
  mkdirSync(join(target, 'chunks'), { recursive: true });
  await Promise.all(names.map((name) => copyCompressed(join(bundle, name), join(target, name))));
}

async function copyCompressed(from: string, to: string): Promise<void> {
  copyFileSync(from, to);
  const bytes = readFileSync(from);
  if (bytes.length < LEAST_BYTES) return;
  for (const [extension, compress] of Object.entries(compressors)) writeFileSync(to + extension, await compress(bytes));
}
