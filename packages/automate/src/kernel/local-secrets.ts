import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Settings } from './settings.ts';

/**
 * The file with the API key of whoever owns the data directory; the command line uses it. Each database has its own, since
 * a key of one is nothing to another.
 */
export function localKeyFile({ dataDirectory, database }: Pick<Settings, 'dataDirectory' | 'database'>): string {
  if (database.kind === 'embedded') return join(dataDirectory, 'api-key');
  const { host, pathname } = new URL(database.url);
  return join(
    dataDirectory,
    `api-key-${createHash('sha256')
      .update(host + pathname)
      .digest('hex')
      .slice(0, 12)}`,
  );
}

export function readLocalKey(settings: Pick<Settings, 'dataDirectory' | 'database'>): string | undefined {
  const file = localKeyFile(settings);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

export function writeLocalKey(settings: Pick<Settings, 'dataDirectory' | 'database'>, value: string): void {
  writePrivate(localKeyFile(settings), value);
}

/** The key that wraps stored secrets in embedded mode, made on first boot. */
export function ensureSecretKey(dataDirectory: string): string {
  const file = join(dataDirectory, 'secret-key');
  if (!existsSync(file)) writePrivate(file, randomBytes(48).toString('base64url'));
  return readFileSync(file, 'utf8').trim();
}

/** Readable by the owner alone. A file that is already there wins, so that two starts at once agree. */
function writePrivate(file: string, value: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${value}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
