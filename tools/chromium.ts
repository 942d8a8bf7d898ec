import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Where Chromium or Chrome is installed; undefined when it is not. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/**
 * Installs Chromium by apt where that is possible.
 * @throws Error that says what to install by hand
 */
export function installChromium(): void {
  if (!canInstall()) {
    throw new Error(
      `The browser tests need Chromium: install it, so that one of ${NAMES.join(', ')} is in the PATH.\n` +
        'On Debian: sudo apt-get install chromium',
    );
  }
  installPackages(['chromium'], 'the browser tests need');
  if (!findChromium()) throw new Error('apt-get has installed Chromium, and yet none of its programs is in the PATH.');
}
