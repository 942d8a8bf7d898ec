import { useEffect, useState } from 'react';
import type { DrawnGraph } from './drawn-graph.ts';
import { type Boxes, layOut } from './layout.ts';

/** Larger ones are laid out beside the page, so that it stays quick. */
const AT_ONCE = 100;

/** Where all steps stand; undefined as long as it is worked out. */
export function useLayout(drawn: DrawnGraph): Boxes | undefined {
  const [found, setFound] = useState<{ of: DrawnGraph; boxes: Boxes }>();
  useEffect(() => {
    if (drawn.steps.length <= AT_ONCE) {
      setFound({ of: drawn, boxes: layOut(drawn) });
      return;
    }
    const worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Boxes>) => setFound({ of: drawn, boxes: data });
    worker.onerror = () => setFound({ of: drawn, boxes: layOut(drawn) });
    worker.postMessage(drawn);
    return () => worker.terminate();
  }, [drawn]);
  return found?.of === drawn ? found.boxes : undefined;
}
