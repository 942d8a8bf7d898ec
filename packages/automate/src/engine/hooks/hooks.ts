import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { HookListeners, HookName, HookPayloads } from './payloads.ts';

/** Tells code of this process what has happened. */
export interface Hooks {
  /** Calls the listener from now on. Returns how to stop. */
  on<Name extends HookName>(name: Name, listener: HookListeners[Name]): () => void;
}

export interface HookCaller extends Hooks {
  has(name: HookName): boolean;
  /** @param make builds the payload, once, when the first listener has its turn */
  call<Name extends HookName>(name: Name, make: () => HookPayloads[Name]): void;
  /** Waits a moment for listeners that are behind. */
  close(): Promise<void>;
}

/** What waits for one listener at most; what is beyond is dropped. */
const MAXIMUM_WAITING = 1_000;
const CLOSE_WITHIN_MS = 1_000;

/**
 * Each listener has a queue of its own, and gets one thing after the other, so that a slow one delays nobody but itself.
 * What it throws is logged.
 */
export function createHooks({ logger, listeners }: { logger: Logger; listeners: readonly Partial<HookListeners>[] }): HookCaller {
  const queues = new Map<HookName, Set<Queue>>();
  const hooks: HookCaller = {
    on(name, listener) {
      const queue = createQueue(name, listener as (payload: never) => unknown, logger);
      const all = queues.get(name) ?? new Set();
      queues.set(name, all.add(queue));
      return () => {
        all.delete(queue);
        if (all.size === 0 && queues.get(name) === all) queues.delete(name);
      };
    },
    has: (name) => queues.has(name),
    call(name, make) {
      const all = queues.get(name);
      if (!all) return;
      let payload: { readonly made: unknown } | undefined;
      const once = () => {
        payload ??= { made: make() };
        return payload.made;
      };
      for (const queue of all) queue.add(once);
    },
    async close() {
      const all = [...queues.values()].flatMap((set) => [...set]);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_WITHIN_MS)));
      await Promise.race([Promise.all(all.map((queue) => queue.idle())), late]);
      clearTimeout(timer);
    },
  };
  for (const [name, listener] of listeners.flatMap((each) => Object.entries(each)))
    if (listener) hooks.on(name as HookName, listener as never);
  return hooks;
}

interface Queue {
  add(make: () => unknown): void;
  idle(): Promise<void>;
}

function createQueue(name: HookName, listener: (payload: never) => unknown, logger: Logger): Queue {
  const waiting: (() => unknown)[] = [];
  let running: Promise<void> | undefined;
  let dropped = 0;

  async function drain(): Promise<void> {
    // The engine goes on first.
    await new Promise((resolve) => setImmediate(resolve));
    for (let make = waiting.shift(); make; make = waiting.shift()) {
      try {
        await listener(make() as never);
      } catch (error) {
        logger.error({ hook: name, reason: errorMessage(error) }, 'a hook failed');
      }
    }
    if (dropped > 0) logger.warn({ hook: name, dropped }, 'a hook was too slow, and was not called with everything');
    dropped = 0;
    running = undefined;
  }

  return {
    add(make) {
      if (waiting.length < MAXIMUM_WAITING) waiting.push(make);
      else if (++dropped === 1) logger.warn({ hook: name }, 'a hook is too slow: it will not be called with everything');
      running ??= drain();
    },
    idle: () => running ?? Promise.resolve(),
  };
}
