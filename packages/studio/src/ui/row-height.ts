import { useSyncExternalStore } from 'react';

const NARROW = window.matchMedia('(width <= 640px)');
const ROW_PX = 32;
/** Where there is little room, the bar stands below the name. */
const NARROW_ROW_PX = 52;

/** How high a row of a timeline is on this screen. */
export function useRowHeight(): number {
  return useNarrow() ? NARROW_ROW_PX : ROW_PX;
}

/** Whether there is so little room that rows become blocks. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => NARROW.matches);
}

function subscribe(listener: () => void): () => void {
  NARROW.addEventListener('change', listener);
  return () => NARROW.removeEventListener('change', listener);
}
