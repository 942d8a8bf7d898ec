interface Waiting {
  readonly tenantId: string;
  enter(): void;
}

/** Lets in so many at a time, those of tenants with the fewest in first. */
export class FairQueue {
  readonly #size: number;
  readonly #waiting: Waiting[] = [];
  readonly #inside = new Map<string, number>();
  #count = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Resolves when it is its turn; whoever is in calls {@link leave}. @throws the signal's reason */
  enter(tenantId: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal?.reason);
      };
      const entry: Waiting = {
        tenantId,
        enter: () => {
          signal?.removeEventListener('abort', stop);
          this.#count += 1;
          this.#inside.set(tenantId, (this.#inside.get(tenantId) ?? 0) + 1);
          resolve();
        },
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', stop, { once: true });
      this.#waiting.push(entry);
      this.#next();
    });
  }

  leave(tenantId: string): void {
    this.#count -= 1;
    const left = (this.#inside.get(tenantId) ?? 1) - 1;
    if (left > 0) this.#inside.set(tenantId, left);
    else this.#inside.delete(tenantId);
    this.#next();
  }

  #next(): void {
    if (this.#count >= this.#size || this.#waiting.length === 0) return;
    const loads = this.#waiting.map(({ tenantId }) => this.#inside.get(tenantId) ?? 0);
    const [chosen] = this.#waiting.splice(loads.indexOf(Math.min(...loads)), 1);
    chosen?.enter();
  }
}
