import { turns } from '../../kernel/index.ts';

/**
 * Does what may take a moment when the process has time for it: of many who ask at once, others are answered in between.
 * @param work what it does before its first wait is done in one turn
 */
export function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    turns.run(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
  });
}
