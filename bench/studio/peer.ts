import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The editor of n8n as it is published: all scripts that its page names or preloads, in KiB of gzip. */
export function peerSize(): { name: string; size: number } {
  const manifest = createRequire(import.meta.url).resolve('n8n-editor-ui/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const dist = join(dirname(manifest), 'dist');
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const files = new Set(Array.from(page.matchAll(/(?:src|href)="[^"]*?(assets\/[^"]+\.js)"/g), ([, file = '']) => file));
  if (files.size === 0) throw new Error(`the page of n8n-editor-ui ${version} names no script`);
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0);
  return { name: `n8n-editor-ui ${version}, ${files.size} files`, size: bytes / 1_024 };
}
