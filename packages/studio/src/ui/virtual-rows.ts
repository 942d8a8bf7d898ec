import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';
import { rectLater } from './rect-later.ts';

const OVERSCAN = 12;

/** Rows of one height, as far as they are seen. @param box what scrolls */
export function useVirtualRows(box: RefObject<HTMLElement | null>, count: number, rowPx: number) {
  return useVirtualizer({
    ...rectLater,
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
  });
}
