import { lazy, Suspense, useMemo, useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { drawnGraph, type GraphLike, type NodeState } from './drawn-graph.ts';
import { Outline } from './outline.tsx';
import { words } from './words.ts';

export type { GraphLike, NodeState } from './drawn-graph.ts';
export { toGraphPath } from './drawn-graph.ts';

export interface GraphProps {
  readonly graph: GraphLike;
  /** How nodes stand, by their paths; those that are missing have none. */
  readonly states?: ReadonlyMap<string, NodeState>;
  /** The one that is open, by its path. */
  readonly selected?: string | undefined;
  /** What it is the graph of, for screen readers. */
  readonly label: string;
  /** @param path ids from the outermost loop or group down to the node, divided by `/` */
  onOpen?(path: string): void;
}

const Canvas = lazy(() => import('./canvas.tsx'));
const NONE: ReadonlyMap<string, NodeState> = new Map();

/** A graph to look at: a canvas that is loaded when it is first shown, and the same as an outline. */
export function GraphView({ graph, states = NONE, selected, label, onOpen }: GraphProps) {
  const text = useTextOf(words);
  const [isOutline, setOutline] = useState(false);
  const drawn = useMemo(() => drawnGraph(graph), [graph]);
  const shared = { drawn, states, selected, label, onOpen };
  const views = [
    [false, text.canvas],
    [true, text.outline],
  ] as const;
  return (
    <div className="graph-view">
      <fieldset className="seg small graph-switch" aria-label={text.view}>
        {views.map(([is, name]) => (
          <button key={name} type="button" aria-pressed={isOutline === is} onClick={() => setOutline(is)}>
            {name}
          </button>
        ))}
      </fieldset>
      {drawn.steps.length === 0 && <p className="empty">{text.empty}</p>}
      {isOutline ? (
        <Outline {...shared} />
      ) : (
        <Suspense fallback={<p className="graph-wait soft small">{text.drawing}</p>}>
          <Canvas {...shared} />
        </Suspense>
      )}
    </div>
  );
}
