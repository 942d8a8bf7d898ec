import { useInfiniteQuery } from '@tanstack/react-query';
import type { Explorer, Step } from 'automate-client';
import { useMemo, useState } from 'react';
import { api } from '../../api.ts';
import { cursorOf } from '../../data/live-list.ts';
import { toGraphPath } from '../../ui/graph/graph.tsx';
import type { OpenExecution } from './live.ts';
import type { ExecutionSearch } from './search.ts';
import { rowsOf, type TimelineRow } from './timeline-rows.ts';

/** Loops with more items are closed until one opens them. */
const OPEN_ROWS = 200;
const PAGE = 200;
/** How often what is looked for is asked for again while it can change. */
const LIVE_MS = 2_000;

interface Rows {
  readonly rows: readonly TimelineRow[];
  readonly isFiltered: boolean;
  isClosed(key: string): boolean;
  toggle(key: string): void;
  /** Reads what a row stands for that has no step. */
  readOn(key: string): void;
}

/** What a timeline shows: all steps as a tree, or those that are looked for in one row after the other. */
export function useRows(
  opened: Explorer,
  { only, find }: ExecutionSearch,
  { hasMore, readMore }: Pick<OpenExecution, 'hasMore' | 'readMore'>,
): Rows {
  // What was turned from how it is at first.
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const isFiltered = only !== undefined || find !== undefined;
  const isLarge = !opened.is_whole || opened.steps.length > OPEN_ROWS;
  const isClosed = (key: string) => turned.has(key) !== isLarge;
  const found = useFound(opened, only, find);
  const { steps, nodes, is_whole: isWhole } = opened;
  // biome-ignore lint/correctness/useExhaustiveDependencies: isClosed is made of these
  const rows = useMemo(() => {
    if (!isFiltered) {
      const holding = new Set(isWhole ? [] : nodes.map(({ path }) => path.slice(0, Math.max(path.lastIndexOf('/'), 0))));
      return rowsOf(steps, { isClosed, hasMore, holdsSteps: ({ node }) => holding.has(toGraphPath(node)) });
    }
    if (!isWhole) return found.rows;
    return rowsOf(steps, { isClosed: () => false }).filter(({ step }) => step && isFound(step, only, find));
  }, [steps, nodes, isWhole, turned, isLarge, isFiltered, only, find, found.rows, hasMore]);
  const toggle = (key: string) =>
    setTurned((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]));
  return {
    rows,
    isFiltered,
    isClosed,
    toggle,
    readOn: (key) => (isFiltered ? found.more() : readMore(key.slice(0, -2))),
  };
}

function isFound({ node, type, status, error }: Step, only: ExecutionSearch['only'], find: string | undefined): boolean {
  const text = `${node} ${type} ${error?.code ?? ''}`.toLowerCase();
  return (only === undefined || status === only) && (find === undefined || text.includes(find.toLowerCase()));
}

/** The server looks for what is not here. */
function useFound({ execution, is_whole: isWhole }: Explorer, only: ExecutionSearch['only'], find: string | undefined) {
  const isWanted = !isWhole && (only !== undefined || find !== undefined);
  const list = useInfiniteQuery({
    queryKey: ['execution-steps', execution.id, only, find],
    queryFn: ({ pageParam, signal }) =>
      api.executions.steps(
        execution.id,
        { limit: PAGE, ...(only && { status: only }), ...(find && { search: find }), ...(pageParam && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => cursorOf(next),
    enabled: isWanted,
    refetchInterval: execution.finished_at ? false : LIVE_MS,
  });
  const rows = useMemo(() => {
    const steps = list.data?.pages.flatMap(({ results }) => results) ?? [];
    const all: TimelineRow[] = [...rowsOf(steps, { isClosed: () => false })];
    if (list.hasNextPage) all.push({ key: 'found …', step: undefined, name: '…', level: 1, isGroup: false });
    return all;
  }, [list.data, list.hasNextPage]);
  return {
    rows,
    more: () => {
      if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
    },
  };
}
