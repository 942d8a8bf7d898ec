import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

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
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(
      `The browser tests need Chromium: install it, so that one of ${NAMES.join(', ')} is in the PATH.\n` +
        'On Debian: sudo apt-get install chromium',
    );
  }
  console.error('Installing Chromium for the browser tests (apt-get install chromium) …');
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium');
  if (!findChromium()) throw new Error('apt-get has installed Chromium, and yet none of its programs is in the PATH.');
}

function apt(...args: string[]): void {
  const { status } = spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`apt-get ${args[0]} failed; its messages are above. Install Chromium by hand.`);
}
