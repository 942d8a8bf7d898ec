import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';
import { preloadShared, SHARED } from './preload-shared.ts';

/** Files that the server sends as they are: below whatever path it is mounted at, under its policy of pages. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  // The server puts a fresh one into each page.
  html: { cspNonce: '__NONCE__' },
  resolve: { conditions: ['automate-source', 'module', 'browser', 'development|production'] },
  plugins: [react(), tailwind(), preloadShared(), precompress()],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Tells which chunk brings which, for those who weigh them.
    manifest: true,
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        // A browser asks for six files at a time, and waits for each: what comes first is one, and what many pages share is another.
        codeSplitting: {
          groups: [
            { name: 'app', tags: ['$initial'], priority: 2 },
            { name: SHARED, minShareCount: 5, priority: 1 },
          ],
        },
      },
    },
    license: { fileName: 'licenses.md' },
  },
});
