import { type RefObject, useEffect, useRef } from 'react';

/** Opens the stream of a list. Its first event comes at once. */
export type Follow = (signal: AbortSignal) => AsyncIterable<{ readonly data: { readonly ids: readonly string[] } }>;

/** Changes within this time are looked at together. */
const GATHER_MS = 150;
const AGAIN_MS = 5_000;

/**
 * Follows a list while its tab is looked at: a browser opens few connections to one server, and tabs behind it need none.
 * @returns whether the stream is open
 */
export function useFollow(
  follow: Follow | undefined,
  onChange: (ids: readonly string[], signal: AbortSignal) => Promise<void>,
): RefObject<boolean> {
  const isFollowing = useRef(false);
  const change = useRef(onChange);
  change.current = onChange;
  const isWanted = follow !== undefined;
  const open = useRef(follow);
  open.current = follow;
  useEffect(() => {
    if (!isWanted) return;
    let stop = new AbortController();
    const begin = () => {
      stop.abort();
      stop = new AbortController();
      isFollowing.current = false;
      if (document.visibilityState === 'visible') void run(stop.signal, open, isFollowing, change);
    };
    begin();
    document.addEventListener('visibilitychange', begin);
    return () => {
      document.removeEventListener('visibilitychange', begin);
      stop.abort();
    };
  }, [isWanted]);
  return isFollowing;
}

async function run(
  signal: AbortSignal,
  open: RefObject<Follow | undefined>,
  isFollowing: RefObject<boolean>,
  change: RefObject<(ids: readonly string[], signal: AbortSignal) => Promise<void>>,
): Promise<void> {
  let waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    timer = undefined;
    const ids = [...waiting];
    waiting = new Set();
    // What fails here is asked for again with the next change, or by the list itself.
    change.current(ids, signal).catch(() => undefined);
  };
  signal.addEventListener('abort', () => clearTimeout(timer));
  while (!signal.aborted && open.current) {
    try {
      for await (const { data } of open.current(signal)) {
        isFollowing.current = true;
        for (const id of data.ids) waiting.add(id);
        timer ??= setTimeout(look, GATHER_MS);
      }
    } catch {
      // The list polls meanwhile.
    }
    if (signal.aborted) return;
    isFollowing.current = false;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
