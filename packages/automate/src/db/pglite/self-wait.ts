import { AsyncLocalStorage } from 'node:async_hooks';

/** Tells whoever holds the only session and waits for it again, since that wait would never end. */
export interface SelfWait {
  /**
   * @param begin takes the turn and runs what it is given in it
   * @throws Error when the turn does not come because its own holder asks for it
   */
  run<T>(begin: (inTurn: <R>(work: () => Promise<R>) => Promise<R>) => Promise<T>): Promise<T>;
}

interface Turn {
  isOpen: boolean;
}

/** Work that a holder starts and does not wait for gets its turn long before. */
const PATIENCE_MS = 10_000;

export function createSelfWait({ patienceMs = PATIENCE_MS } = {}): SelfWait {
  const turns = new AsyncLocalStorage<Turn>();
  return {
    run(begin) {
      const outer = turns.getStore();
      const wait = { isOver: false };
      const result = begin((work) => {
        if (wait.isOver) throw new Error('given up');
        wait.isOver = true;
        const turn = { isOpen: true };
        return turns.run(turn, work).finally(() => {
          turn.isOpen = false;
        });
      });
      return outer?.isOpen ? Promise.race([result, refusal(outer, wait)]) : result;
    },
  };

  function refusal(outer: Turn, wait: { isOver: boolean }): Promise<never> {
    return new Promise((_, reject) => {
      setTimeout(() => {
        if (wait.isOver || !outer.isOpen) return;
        wait.isOver = true;
        reject(new Error('A transaction waits for another statement outside of itself: hand the transaction on to it.'));
      }, patienceMs).unref();
    });
  }
}
