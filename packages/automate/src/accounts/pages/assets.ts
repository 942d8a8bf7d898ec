import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { staticFiles } from '../../api/index.ts';

/** Scripts, styles and the icon of the pages. */
export const assets = staticFiles({
  root: new URL('./browser/', import.meta.url),
  extra: {
    // Draws the QR code in the browser, so that the secret of a second factor travels once only.
    'uqr.js': join(dirname(createRequire(import.meta.url).resolve('uqr')), 'index.mjs'),
  },
});
