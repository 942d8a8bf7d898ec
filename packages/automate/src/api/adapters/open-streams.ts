import type { Writable } from 'node:stream';

/** The event streams that an adapter has open, for whoever closes it. */
export interface OpenStreams {
  /** Holds a stream until its sink has closed; what is returned is aborted then, and when all streams are to end. */
  hold(sink: Writable): AbortController;
  /** Ends all of them, those that come later too. Resolves when their connections are free. */
  close(): Promise<void>;
}

/** Longer than this nobody who takes nothing is waited for. */
const LAST_WORD_MS = 1_000;

export function createOpenStreams(): OpenStreams {
  const open = new Map<Writable, AbortController>();
  let isClosed = false;

  function end(sink: Writable, controller: AbortController): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => sink.destroy(), LAST_WORD_MS);
      sink.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      controller.abort();
    });
  }

  return {
    hold(sink) {
      const controller = new AbortController();
      if (isClosed || sink.destroyed) controller.abort();
      // Whoever went before would never be seen to go.
      if (sink.closed) return controller;
      open.set(sink, controller);
      sink.once('close', () => {
        open.delete(sink);
        controller.abort();
      });
      return controller;
    },
    async close() {
      isClosed = true;
      await Promise.all([...open].map(([sink, controller]) => end(sink, controller)));
    },
  };
}
