import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { AppError } from '../../kernel/index.ts';

/** How long a lock of another machine (a container that shares the volume) counts as alive after its last sign of life. */
const FOREIGN_LOCK_SECONDS = 30;

interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** When that process started, so that a reused pid is not mistaken for it. */
  readonly started: string;
}

/**
 * Takes the lock of an embedded database directory: PGlite lets a second process open the same directory and then loses
 * the rows of one of them, so the second one is refused. A lock whose process has died is taken over.
 * @returns releases the lock
 * @throws AppError `database_locked`, naming the process that holds it
 */
export function lockDirectory(lockFile: string): () => void {
  const mine: LockHolder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    while (!tryLink(draft, lockFile)) {
      const holder = readHolder(lockFile);
      if (holder && isAlive(holder, lockFile)) throw locked(holder);
      // Renaming is atomic: of two processes that find the same dead lock, one gets it and the other loops.
      const stale = `${lockFile}.stale.${process.pid}`;
      try {
        renameSync(lockFile, stale);
        rmSync(stale, { force: true });
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const beat = setInterval(() => touch(lockFile), (FOREIGN_LOCK_SECONDS * 1_000) / 6).unref();
  return () => {
    clearInterval(beat);
    if (readHolder(lockFile)?.pid === mine.pid) rmSync(lockFile, { force: true });
  };
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(lockFile: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: LockHolder, lockFile: string): boolean {
  if (holder.host !== hostname()) {
    const age = Date.now() - (statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return age < FOREIGN_LOCK_SECONDS * 1_000;
  }
  if (holder.pid === process.pid) return holder.started === startOf(process.pid);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return holder.started === startOf(holder.pid);
}

/** Start time of a process in clock ticks since boot; empty where the system does not tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not asked for its exit code yet.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The directory is gone; the next statement will say so better.
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function locked(holder: LockHolder): AppError {
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
  return new AppError({
    status: 503,
    code: 'database_locked',
    title: 'Embedded database in use',
    detail:
      `Process ${holder.pid}${where} already uses this data directory. Stop it first, choose another AUTOMATE_DATA_DIR, ` +
      'or set DATABASE_URL to share a PostgreSQL server among several processes.',
  });
}
