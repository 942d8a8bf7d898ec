/**
 * For work of many pieces: call it between them, and wait for what it returns. Whenever the work has kept the process for so long, everything else has
 * its turn first.
 * @param milliseconds how long the work may go on
 * @example
 * const pace = createPace();
 * for (const row of rows) {
 *   check(row);
 *   await pace();
 * }
 */
export function createPace(milliseconds = 10): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < milliseconds) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        since = performance.now();
        resolve();
      });
    });
  };
}
