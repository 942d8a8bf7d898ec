/** An execution that was let in and is not stored yet. */
interface Arrival {
  readonly id: string;
  readonly tenantId: string;
}

/** Executions that were let in and are not stored yet, so that nobody else counts them. */
export interface InFlight {
  /** Asks whether one more may come, one at a time in each tenant; from then on it is counted. */
  admit(arrival: Arrival, ask: (others: number) => Promise<void>): Promise<void>;
  remove(arrival: Arrival): void;
}

/** What was not stored by then never will be. */
const FORGOTTEN_AFTER_MS = 30_000;

export function createInFlight(): InFlight {
  const tenants = new Map<string, Map<string, number>>();
  const turns = new Map<string, Promise<void>>();

  function othersOf(tenantId: string): Map<string, number> {
    const others = tenants.get(tenantId) ?? new Map<string, number>();
    tenants.set(tenantId, others);
    const forgotten = performance.now() - FORGOTTEN_AFTER_MS;
    // The oldest come first.
    for (const id of others.keys()) {
      if ((others.get(id) ?? 0) >= forgotten) break;
      others.delete(id);
    }
    return others;
  }

  return {
    async admit({ id, tenantId }, ask) {
      const before = turns.get(tenantId);
      const turn = (async () => {
        await before?.catch(() => undefined);
        await ask(othersOf(tenantId).size);
        othersOf(tenantId).set(id, performance.now());
      })();
      turns.set(tenantId, turn);
      try {
        await turn;
      } finally {
        if (turns.get(tenantId) === turn) turns.delete(tenantId);
      }
    },
    remove({ id, tenantId }) {
      const others = tenants.get(tenantId);
      others?.delete(id);
      if (others?.size === 0) tenants.delete(tenantId);
    },
  };
}
