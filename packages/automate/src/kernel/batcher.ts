/** Options of {@link createBatcher}. */
export interface BatcherOptions<Item, Result> {
  /** Handles everything that queued while the previous flush ran; returns one result per item, in order. */
  flush(items: readonly Item[]): Promise<readonly Result[]>;
  /**
   * Whether an error may be the fault of a single item. The batch is then halved until that item fails alone, so that it
   * takes nobody with it. Default: never.
   */
  isolates?(error: unknown): boolean;
  /** Most items of one flush. Default 1,000. */
  maxItems?: number;
  /** Size of an item, for example in bytes; with `maxWeight` it bounds a flush of large items. */
  weigh?(item: Item): number;
  /** Most weight of one flush; an item that is heavier goes alone. */
  maxWeight?: number;
}

export interface Batcher<Item, Result> {
  (item: Item): Promise<Result>;
  /** Resolves when nothing is queued or in flight. */
  idle(): Promise<void>;
}

interface Entry<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: calls made while a flush is in flight share the next one, so the cost of a commit is split among
 * all that wait for it, and a lone call still starts at once.
 * When a flush fails, every call that shared it is rejected with that error, unless `isolates` finds the one at fault.
 * @example
 * const save = createBatcher({ flush: (rows) => insertMany(rows) });
 * await Promise.all([save(a), save(b)]); // one statement
 */
export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  const maxItems = options.maxItems ?? 1_000;
  let queue: Entry<Item, Result>[] = [];
  let running: Promise<void> | undefined;

  function sizeOfNext(): number {
    const most = Math.min(queue.length, maxItems);
    const { weigh, maxWeight = Number.POSITIVE_INFINITY } = options;
    if (!weigh) return most;
    let weight = 0;
    for (let size = 0; size < most; size += 1) {
      weight += weigh((queue[size] as Entry<Item, Result>).item);
      if (weight > maxWeight) return Math.max(size, 1);
    }
    return most;
  }

  async function flush(batch: readonly Entry<Item, Result>[]): Promise<void> {
    try {
      const results = await options.flush(batch.map((entry) => entry.item));
      batch.forEach((entry, index) => {
        entry.resolve(results[index] as Result);
      });
    } catch (error) {
      if (batch.length > 1 && options.isolates?.(error)) {
        const middle = Math.ceil(batch.length / 2);
        await flush(batch.slice(0, middle));
        await flush(batch.slice(middle));
      } else {
        for (const entry of batch) entry.reject(error);
      }
    }
  }

  async function drain(): Promise<void> {
    // Let the calls of this turn of the event loop gather before the first flush.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const batch = queue.slice(0, sizeOfNext());
      queue = queue.slice(batch.length);
      await flush(batch);
    }
    running = undefined;
  }

  const add = (item: Item): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      queue.push({ item, resolve, reject });
      running ??= drain();
    });
  return Object.assign(add, { idle: async () => running });
}
