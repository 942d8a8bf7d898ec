const KINDS = ['executions', 'steps', 'events', 'months'] as const;
type Kind = (typeof KINDS)[number];

/** What this process has deleted since it started, by kind. */
export class DeletedCounts {
  readonly #counts = new Map<string, number>(KINDS.map((kind) => [kind, 0]));

  get byKind(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  add(kind: Kind, count: number): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }
}
