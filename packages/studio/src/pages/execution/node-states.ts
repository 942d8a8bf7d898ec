import type { Explorer, Step } from 'automate-client';
import { duration } from '../../format.ts';
import type { Status } from '../../status.ts';
import { type NodeState, toGraphPath } from '../../ui/graph/graph.tsx';

/** Which state of its steps a node shows: what goes on before what is over, what failed before what went well. */
const ORDER: readonly Step['status'][] = ['running', 'retrying', 'waiting', 'failed', 'cancelled', 'succeeded', 'skipped'];

interface Tally {
  readonly counts: Partial<Record<Step['status'], number>>;
  readonly steps: number;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

/** How the nodes of a graph stand, by their paths. @param items names a number of items */
export function nodeStates(
  { is_whole: isWhole, steps, nodes }: Pick<Explorer, 'is_whole' | 'steps' | 'nodes'>,
  items: (count: number, failed: number) => string,
): ReadonlyMap<string, NodeState> {
  const tallies = isWhole ? tallied(steps) : new Map(nodes.map((node) => [node.path, node as Tally]));
  return new Map(
    [...tallies].flatMap(([path, tally]): [string, NodeState][] => {
      const status = ORDER.find((one) => tally.counts[one]);
      return status ? [[path, { status: status as Status, note: noteOf(tally, items) }]] : [];
    }),
  );
}

function tallied(steps: readonly Step[]): ReadonlyMap<string, Tally> {
  return new Map(
    [...Map.groupBy(steps, ({ node }) => toGraphPath(node))].map(([path, of]) => {
      const counts: Partial<Record<Step['status'], number>> = {};
      for (const { status } of of) counts[status] = (counts[status] ?? 0) + 1;
      const { started_at, finished_at } = of[0] as Step;
      return [path, { counts, steps: of.length, started_at, finished_at }];
    }),
  );
}

function noteOf(
  { steps, counts, started_at, finished_at }: Tally,
  items: (count: number, failed: number) => string,
): string | undefined {
  if (steps > 1) return items(steps, counts.failed ?? 0);
  return started_at && finished_at ? duration(Date.parse(finished_at) - Date.parse(started_at)) : undefined;
}
