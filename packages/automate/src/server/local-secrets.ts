import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The API key of whoever owns the data directory; the command line uses it. Undefined when there is none. */
export function readLocalKey(dataDirectory: string): string | undefined {
  const file = join(dataDirectory, 'api-key');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

export function writeLocalKey(dataDirectory: string, value: string): void {
  writePrivate(dataDirectory, 'api-key', value);
}

/** The key that wraps stored secrets in embedded mode, made on first boot. */
export function ensureSecretKey(dataDirectory: string): string {
  const file = join(dataDirectory, 'secret-key');
  if (!existsSync(file)) writePrivate(dataDirectory, 'secret-key', randomBytes(48).toString('base64url'));
  return readFileSync(file, 'utf8').trim();
}

/** Readable by the owner alone. A file that is already there wins, so that two starts at once agree. */
function writePrivate(directory: string, name: string, value: string): void {
  mkdirSync(directory, { recursive: true });
  try {
    writeFileSync(join(directory, name), `${value}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
