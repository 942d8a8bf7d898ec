/** Longest time that a timer of Node can wait; a longer one would go off at once. */
const LONGEST_MS = 2_147_483_647;

/** Something that happens later, unless it is called off. */
export interface Timer {
  clear(): void;
}

/**
 * Does something after a time of any length: months too, and never, where the time is infinite.
 * @example
 * const timer = after(90 * 86_400_000, () => remind());
 */
export function after(milliseconds: number, work: () => void): Timer {
  const due = performance.now() + milliseconds;
  let handle: NodeJS.Timeout;
  const wait = (left: number): void => {
    handle = setTimeout(() => (left > LONGEST_MS ? wait(due - performance.now()) : work()), Math.min(left, LONGEST_MS));
  };
  wait(milliseconds);
  return { clear: () => clearTimeout(handle) };
}
