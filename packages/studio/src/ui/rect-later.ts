import type { Virtualizer } from '@tanstack/react-virtual';

/**
 * How a virtual list learns the size of its box: after the layout, by an observer. Reading it while rows are made would lay the page out one time
 * more. Until then the window is its bound.
 * @example useVirtualizer({ ...rectLater, count, getScrollElement, estimateSize })
 */
export const rectLater = {
  initialRect: { width: window.innerWidth, height: window.innerHeight },
  observeElementRect<Box extends Element, Item extends Element>(
    { scrollElement }: Virtualizer<Box, Item>,
    tell: (rect: { width: number; height: number }) => void,
  ) {
    if (!scrollElement) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const size = entry?.borderBoxSize[0];
      if (size) tell({ width: Math.round(size.inlineSize), height: Math.round(size.blockSize) });
    });
    observer.observe(scrollElement, { box: 'border-box' });
    return () => observer.disconnect();
  },
};
