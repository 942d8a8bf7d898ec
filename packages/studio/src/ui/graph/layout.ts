import { Graph, layout } from '@dagrejs/dagre';
import type { DrawnEdge, DrawnGraph, DrawnStep } from './drawn-graph.ts';

export interface Box {
  /** From the left and the top of the group that it is in. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Boxes = ReadonlyMap<string, Box>;

const NODE = { width: 196, height: 54 };
const HEAD = 44;
const MARGIN = 20;

/** Places for all steps, from top to bottom; each group is laid out by itself and then takes its place as one. */
export function layOut({ steps, edges }: DrawnGraph): Boxes {
  const inside = Map.groupBy(steps, ({ parent }) => parent);
  const linesOf = Map.groupBy(edges, ({ from }) => (from.includes('/') ? from.slice(0, from.lastIndexOf('/')) : undefined));
  const boxes = new Map<string, Box>();
  const place = (parent: string | undefined): { width: number; height: number } => {
    const children = inside.get(parent) ?? [];
    const sizes = new Map(children.map((step) => [step.path, step.isGroup ? grown(place(step.path)) : NODE]));
    const { found, ...size } = arrange(children, sizes, linesOf.get(parent) ?? []);
    const by = parent === undefined ? { x: 0, y: 0 } : { x: MARGIN, y: HEAD };
    for (const [path, box] of found) boxes.set(path, { ...box, x: box.x + by.x, y: box.y + by.y });
    return size;
  };
  place(undefined);
  return boxes;
}

function grown({ width, height }: { width: number; height: number }) {
  return { width: width + 2 * MARGIN, height: height + HEAD + MARGIN };
}

function arrange(
  steps: readonly DrawnStep[],
  sizes: ReadonlyMap<string, { width: number; height: number }>,
  edges: readonly DrawnEdge[],
) {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 36, ranksep: 48 });
  graph.setDefaultEdgeLabel(() => ({}));
  // It writes into what it is given.
  for (const { path } of steps) graph.setNode(path, { ...(sizes.get(path) ?? NODE) });
  for (const { from, to, condition } of edges)
    graph.setEdge(from, to, condition ? { width: 8 * condition.length, height: 20 } : {});
  layout(graph);
  const found = new Map<string, Box>();
  let [width, height] = [0, 0];
  for (const { path } of steps) {
    const node = graph.node(path) as Box;
    const box = { x: node.x - node.width / 2, y: node.y - node.height / 2, width: node.width, height: node.height };
    found.set(path, box);
    width = Math.max(width, box.x + box.width);
    height = Math.max(height, box.y + box.height);
  }
  return { found, width, height };
}
