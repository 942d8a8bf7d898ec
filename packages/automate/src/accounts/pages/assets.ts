import { staticFiles } from '../../api/index.ts';

/** Scripts, styles and the icon of the pages. */
export const assets = staticFiles({ root: new URL('./browser/', import.meta.url) });
