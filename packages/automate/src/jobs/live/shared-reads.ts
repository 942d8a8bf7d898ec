/** Reads that many want at once: each is done once for all who asked before it began, and only a few at a time. */
export type SharedReads = <Result>(key: string, read: () => Promise<Result>) => Promise<Result>;

/**
 * Keeps those who follow things from standing in the way of everybody else: a change that a thousand of them follow is one read.
 * @param options.concurrency how many run at once
 * @example
 * const shared = createSharedReads({ concurrency: 2 });
 * const [one, same] = await Promise.all([shared('a', readA), shared('a', readA)]);
 */
export function createSharedReads({ concurrency }: { concurrency: number }): SharedReads {
  const waiting = new Map<string, { readonly result: Promise<unknown>; start(): Promise<unknown> }>();
  let running = 0;

  function next(): void {
    for (const [key, { start }] of waiting) {
      if (running >= concurrency) return;
      waiting.delete(key);
      running += 1;
      void start().finally(() => {
        running -= 1;
        next();
      });
    }
  }

  return <Result>(key: string, read: () => Promise<Result>) => {
    const joined = waiting.get(key);
    if (joined) return joined.result as Promise<Result>;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    waiting.set(key, { result: promise, start: () => read().then(resolve, reject) });
    // Those who are called with the same change ask in the same turn.
    setImmediate(next);
    return promise;
  };
}
