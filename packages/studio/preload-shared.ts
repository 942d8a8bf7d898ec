import type { Plugin } from 'vite';

/** The chunk of what most pages share. */
export const SHARED = 'shared';

/** The page asks for what most pages share together with the app, which would only ask for it once it runs. */
export function preloadShared(): Plugin {
  return {
    name: 'preload-shared',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const file = Object.values(bundle).find(({ type, name }) => type === 'chunk' && name === SHARED)?.fileName;
        if (!file) return [];
        const attrs = { rel: 'modulepreload', crossorigin: true, href: `./${file}`, nonce: '__NONCE__' };
        return [{ tag: 'link', attrs, injectTo: 'head' }];
      },
    },
  };
}
