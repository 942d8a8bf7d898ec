import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListedExecution } from 'automate-client';
import { useMemo } from 'react';
import { api } from '../../api.ts';
import { type ExecutionsSearch, toQuery } from './search.ts';

const PAGE = 100;
/** How often what is newest is asked for. */
const LIVE_MS = 2_000;

/** The rows of a list that grows at its head while one reads it: what changes does so in place, what is newer waits to be asked for. */
export function useExecutions(search: ExecutionsSearch) {
  const client = useQueryClient();
  const listKey = ['executions', search];
  const list = useInfiniteQuery({
    queryKey: listKey,
    queryFn: ({ pageParam, signal }) =>
      api.executions.list({ ...toQuery(search, Date.now()), limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => cursorOf(next),
    // Only the head is asked again, by the query below.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });
  const head = useQuery({
    queryKey: ['executions-head', search],
    queryFn: ({ signal }) => api.executions.list({ ...toQuery(search, Date.now()), limit: PAGE }, { signal }),
    refetchInterval: LIVE_MS,
    enabled: list.isSuccess && !list.isPlaceholderData,
  });
  const { rows, newer } = useMemo(
    () => joined(list.data?.pages.flatMap(({ results }) => results) ?? [], head.data?.results ?? []),
    [list.data, head.data],
  );
  return {
    rows,
    newer,
    error: list.error,
    isLoading: list.isLoading,
    isOffline: head.error !== null,
    readAt: head.dataUpdatedAt || list.dataUpdatedAt,
    hasMore: list.hasNextPage,
    async more() {
      if (list.hasNextPage && !list.isFetchingNextPage) await list.fetchNextPage();
    },
    retry: () => void list.refetch(),
    /** Begins anew with what is newest. */
    renew: () => client.resetQueries({ queryKey: listKey }),
  };
}

/** Rows as they are now; of those that are not shown yet, how many there are. */
function joined(shown: readonly ListedExecution[], head: readonly ListedExecution[]) {
  const now = new Map(head.map((row) => [row.id, row]));
  const newest = shown[0]?.id ?? '';
  return {
    rows: shown.map((row) => now.get(row.id) ?? row),
    // Ids grow with time.
    newer: head.filter(({ id }) => id > newest).length,
  };
}

function cursorOf(next: string | null): string | undefined {
  return next === null ? undefined : (new URL(next, location.origin).searchParams.get('cursor') ?? undefined);
}
