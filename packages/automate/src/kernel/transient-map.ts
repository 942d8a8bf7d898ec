/**
 * A map for entries that come and go all the time. A `Map` of those costs far more than it looks: each time V8 makes a new table for it, the
 * one before keeps what was in it and leads to the next one, so that a single old table keeps everything alive that ever was in flight, until
 * the next full garbage collection. Short-lived objects then are all copied as if they lived long. An object without a prototype has no such
 * tables. Its keys must not be whole numbers, which objects keep in another order.
 * @example
 * const inHand = new TransientMap<Job>();
 * inHand.set(job.id, job);
 */
export class TransientMap<Value> {
  readonly #entries: Record<string, Value> = Object.create(null);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    return this.#entries[key];
  }

  has(key: string): boolean {
    return key in this.#entries;
  }

  set(key: string, value: Value): void {
    if (!(key in this.#entries)) this.#size += 1;
    this.#entries[key] = value;
  }

  delete(key: string): void {
    if (!(key in this.#entries)) return;
    this.#size -= 1;
    delete this.#entries[key];
  }

  keys(): string[] {
    return Object.keys(this.#entries);
  }

  values(): Value[] {
    return Object.values(this.#entries);
  }
}
