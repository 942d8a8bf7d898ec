import type { DrawnGraph } from './drawn-graph.ts';
import type { Boxes } from './layout.ts';

/**
 * Where an arrow leads: down and up along the edges, into a group and out of it; sideways to what stands beside.
 * @returns undefined where there is nothing that way
 */
export function nextStep({ steps, edges }: DrawnGraph, boxes: Boxes, from: string, key: string): string | undefined {
  const here = steps.find(({ path }) => path === from);
  if (!here) return undefined;
  const inside = steps.filter(({ parent }) => parent === from);
  const beside = steps.filter(({ parent }) => parent === here.parent);
  const x = middle(boxes, from);
  const nearest = (paths: readonly string[]) =>
    paths.reduce<string | undefined>(
      (best, path) =>
        best !== undefined && Math.abs(middle(boxes, best) - x) <= Math.abs(middle(boxes, path) - x) ? best : path,
      undefined,
    );
  if (key === 'ArrowDown') {
    const behind = edges.filter((edge) => edge.from === from).map(({ to }) => to);
    return inside[0]?.path ?? nearest(behind) ?? afterGroup(edges, here.parent);
  }
  if (key === 'ArrowUp') return nearest(edges.filter(({ to }) => to === from).map((edge) => edge.from)) ?? here.parent;
  const isRight = key === 'ArrowRight';
  const row = beside.filter(({ path }) => path !== from && (isRight ? middle(boxes, path) > x : middle(boxes, path) < x));
  const y = level(boxes, from);
  const away = (path: string) => Math.abs(level(boxes, path) - y) * 3 + Math.abs(middle(boxes, path) - x);
  return row.toSorted((one, other) => away(one.path) - away(other.path))[0]?.path;
}

/** Behind the last step of a group comes what the group leads to. */
function afterGroup(edges: DrawnGraph['edges'], group: string | undefined): string | undefined {
  if (group === undefined) return undefined;
  const up = group.includes('/') ? group.slice(0, group.lastIndexOf('/')) : undefined;
  return edges.find(({ from }) => from === group)?.to ?? afterGroup(edges, up);
}

function middle(boxes: Boxes, path: string): number {
  const box = boxes.get(path);
  return box ? box.x + box.width / 2 : 0;
}

function level(boxes: Boxes, path: string): number {
  const box = boxes.get(path);
  return box ? box.y + box.height / 2 : 0;
}
