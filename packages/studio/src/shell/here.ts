import { useSyncExternalStore } from 'react';

/** What the page that is shown calls itself, and the things its address leads through. */
export interface Here {
  /** Where it is. While another page is on its way, the address is that one's already. */
  readonly pathname: string;
  readonly title: string;
  /** Of the last parts of the address, one each. */
  readonly names: readonly string[];
}

const watchers = new Set<() => void>();
let here: Here | undefined;

export function setHere(next: Here | undefined): void {
  here = next;
  for (const watcher of watchers) watcher();
}

/** Undefined until a page has said so. */
export function useHere(): Here | undefined {
  return useSyncExternalStore(watch, () => here);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
