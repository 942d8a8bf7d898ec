import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRemote } from '../../bench/harness/remote.ts';

/** One call that the outside world has got. */
export interface Effect {
  readonly path: string;
  /** Its `Idempotency-Key`. */
  readonly key: string;
  /** Of its body. */
  readonly hash: string;
  readonly at: number;
  /** What it was answered with. */
  readonly status: number;
}

/** What the sink does with calls of a path. */
export interface Behaviour {
  /** Default 200. */
  readonly status?: number;
  /** Keeps the caller waiting before the call has an effect, or after. */
  readonly hold?: 'before' | 'after';
  readonly delayMs?: number;
}

/** A server in a process of its own that appends every call to a file. */
export interface Sink {
  readonly url: string;
  /** `host:port`, for the allow-list. */
  readonly host: string;
  /** @param path `*` for all that have none of their own */
  behave(path: string, behaviour: Behaviour): Promise<void>;
  heldCount(): Promise<number>;
  /** Lets go on those who are kept waiting now; returns how many there were. */
  release(): Promise<number>;
  effects(): Effect[];
  close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const directory = mkdtempSync(join(tmpdir(), 'automate-sink-'));
  const file = join(directory, 'effects.jsonl');
  const remote = await startRemote(new URL('../processes/sink-process.ts', import.meta.url), {
    environment: { CHAOS_SINK_FILE: file },
  });
  const host = await remote.call<string>('address');
  return {
    url: `http://${host}`,
    host,
    behave: (path, behaviour) => remote.call('behave', { path, ...behaviour }),
    heldCount: () => remote.call('heldCount'),
    release: () => remote.call('release'),
    effects: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Effect),
    async close() {
      await remote.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
