import type { Signal } from '../records/execution.ts';

/** Signals that no step has taken yet, the oldest first. */
export class Inbox {
  readonly #unread: Map<string, Signal>;
  /** Ids of those that were taken by this claim. */
  readonly #taken = new Set<string>();

  constructor(signals: readonly Signal[]) {
    this.#unread = new Map(signals.map((signal) => [signal.id, signal]));
  }

  add(signals: readonly Signal[]): void {
    for (const signal of signals) if (!this.#taken.has(signal.id)) this.#unread.set(signal.id, signal);
  }

  has(name: string): boolean {
    return this.#oldest(name) !== undefined;
  }

  /** The oldest of a name; it is taken now. */
  take(name: string): Signal | undefined {
    const signal = this.#oldest(name);
    if (!signal) return undefined;
    this.#unread.delete(signal.id);
    this.#taken.add(signal.id);
    return signal;
  }

  #oldest(name: string): Signal | undefined {
    for (const signal of this.#unread.values()) if (signal.name === name) return signal;
    return undefined;
  }
}
