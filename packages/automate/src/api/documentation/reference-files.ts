import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { staticFiles } from '../static/static-files.ts';

/**
 * Scripts and styles of the documentation: Scalar's API reference, and ours around it. They are listed and read when somebody first opens the page.
 */
export const referenceFiles = staticFiles({
  root: bundleFolder(),
  include: /^(?:standalone\.esm|chunks\/.+)\.js(?:\.br|\.gz)?$/,
  extra: {
    'reference.js': new URL('./browser/reference.js', import.meta.url),
    'reference.css': new URL('./browser/reference.css', import.meta.url),
    'icon.svg': new URL('./browser/icon.svg', import.meta.url),
  },
});

/** A built package has the bundle beside it, compressed; from the sources it is taken from where npm puts it. */
function bundleFolder(): string {
  const copied = fileURLToPath(new URL('./scalar/', import.meta.url));
  if (existsSync(copied)) return copied;
  return join(dirname(createRequire(import.meta.url).resolve('@scalar/api-reference')), 'browser');
}
