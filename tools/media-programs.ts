import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';

/** Programs by the package of Debian that brings them. */
const NEEDED: Readonly<Record<string, string>> = {
  flite: 'flite',
  pocketsphinx_continuous: 'pocketsphinx',
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffmpeg',
};
const MODEL = '/usr/share/pocketsphinx/model/en-us/en-us';

/**
 * Installs the programs of sound and video by apt where they are missing and that is possible.
 * @throws Error that says what to install by hand
 */
export function requireMediaPrograms(): void {
  const packages = missingPackages();
  if (packages.length === 0) return;
  if (!canInstall()) {
    const command = `sudo apt-get install ${packages.join(' ')}`;
    throw new Error(`The tests of speech and video need programs that are not in the PATH.\nOn Debian: ${command}`);
  }
  installPackages(packages, 'the tests of speech and video need');
  const still = missingPackages();
  if (still.length > 0) throw new Error(`apt-get has installed ${packages.join(' ')}, and yet ${still.join(' ')} is missing.`);
}

function missingPackages(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const missing = Object.entries(NEEDED).filter(([name]) => !folders.some((folder) => existsSync(join(folder, name))));
  const model = existsSync(MODEL) ? [] : ['pocketsphinx-en-us'];
  return [...new Set([...missing.map(([, packageName]) => packageName), ...model])];
}
