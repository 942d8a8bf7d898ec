import { keepPreviousData, type UseQueryResult, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { type Follow, useFollow } from './follow.ts';

/** Changed rows that are kept beside the pages they stand in. */
const MOST_CHANGED = 2_000;
/** Rows of a page. */
const PAGE = 100;
/** How often what is newest is asked for, and how often where a stream tells that something has changed. */
const LIVE_MS = 2_000;
const FOLLOWED_MS = 15_000;

interface Page<Row> {
  readonly results: readonly Row[];
  readonly next: string | null;
}

/** What a list asks the API for. */
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

export interface LiveListOptions<Row> {
  /** Names what is asked for, filters included: another key is another list. */
  readonly queryKey: readonly unknown[];
  /** Reads one page. Called again with each new moment, so a period that ends now may be worked out here. */
  read(page: PageQuery, signal: AbortSignal): Promise<Page<Row>>;
  /** Whether rows change while one looks, and new ones come in at the head. Default true. */
  readonly isLive?: boolean;
  /** Tells at once that rows were made or have changed, so that what is newest is asked for then. */
  readonly follow?: Follow;
  /** How often it is asked for what is newest all the same while it is followed. Default 15 seconds. */
  readonly pollMs?: number;
  /** Reads rows by their ids, whatever the filters say, so that those below the newest change in place too. */
  readByIds?(ids: readonly string[], signal: AbortSignal): Promise<Page<Row>>;
}

/** Rows of a list that is read page by page, and what a table has to know about it. */
export interface LiveList<Row> {
  readonly rows: readonly Row[];
  /** Rows that came in since, and are not shown yet. */
  readonly newer: number;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly isOffline: boolean;
  readonly readAt: number;
  readonly hasMore: boolean;
  more(): Promise<void>;
  retry(): void;
  /** Begins anew with what is newest. */
  renew(): void;
}

/** A list that grows at its head while one reads it: what changes does so in place, what is newer waits to be asked for. */
export function useLiveList<Row extends { readonly id: string }>(options: LiveListOptions<Row>): LiveList<Row> {
  const { queryKey, read, isLive = true, follow, readByIds, pollMs = FOLLOWED_MS } = options;
  const client = useQueryClient();
  const listKey = [...queryKey, 'rows'];
  const list = useInfiniteQuery({
    queryKey: listKey,
    queryFn: ({ pageParam, signal }) => read({ limit: PAGE, ...(pageParam && { cursor: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => cursorOf(next),
    // Of what is live, only the head is asked again, by the query below.
    ...(isLive && { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false }),
    placeholderData: keepPreviousData,
  });
  const shown = useMemo(() => list.data?.pages.flatMap(({ results }) => results) ?? [], [list.data]);
  const isReading = isLive && list.isSuccess && !list.isPlaceholderData;
  const changedKey = [...queryKey, 'changed'];
  const changed = useQuery<readonly Row[]>({ queryKey: changedKey, queryFn: () => [], enabled: false });
  // Of a list that was read before, it is asked for before it is followed.
  const isFollowing = useRef<{ readonly current: boolean }>(undefined);
  const head = useQuery({
    queryKey: [...queryKey, 'head'],
    queryFn: ({ signal }) => read({ limit: PAGE }, signal),
    initialData: () => (isReading ? list.data?.pages[0] : undefined),
    initialDataUpdatedAt: list.dataUpdatedAt,
    refetchInterval: () => (isFollowing.current?.current ? pollMs : LIVE_MS),
    enabled: isReading,
  });
  isFollowing.current = useFollow(isReading ? follow : undefined, async (ids, signal) => {
    const [, own] = [void head.refetch(), shown.filter(({ id }) => ids.includes(id)).slice(0, PAGE)];
    if (!readByIds || own.length === 0) return;
    const { results } = await readByIds(
      own.map(({ id }) => id),
      signal,
    );
    client.setQueryData<readonly Row[]>(changedKey, (known = []) => {
      const now = new Set(results.map(({ id }) => id));
      return [...known.filter(({ id }) => !now.has(id)).slice(-MOST_CHANGED), ...results];
    });
  });
  const { rows, newer } = useMemo(
    () => joined(shown, [...(changed.data ?? []), ...(head.data?.results ?? [])], head.data?.results ?? []),
    [shown, changed.data, head.data],
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
    renew: () => void client.resetQueries({ queryKey: listKey }),
  };
}

/** Rows as they are now; of those that are not shown yet, how many there are. */
function joined<Row extends { readonly id: string }>(shown: readonly Row[], known: readonly Row[], head: readonly Row[]) {
  const now = new Map(known.map((row) => [row.id, row]));
  const newest = shown[0]?.id ?? '';
  return {
    rows: shown.map((row) => now.get(row.id) ?? row),
    // Ids grow with time.
    newer: head.filter(({ id }) => id > newest).length,
  };
}

/** Where the next page begins; undefined: there is none. */
export function cursorOf(next: string | null): string | undefined {
  return next === null ? undefined : (new URL(next, location.origin).searchParams.get('cursor') ?? undefined);
}

/** A list that is small enough to be read whole, as a table takes it. */
export function wholeList<Row>(query: UseQueryResult<unknown>, rows: readonly Row[]): LiveList<Row> {
  const again = () => void query.refetch();
  return {
    rows,
    newer: 0,
    error: query.data === undefined ? query.error : null,
    isLoading: query.isLoading,
    isOffline: query.error !== null,
    readAt: query.dataUpdatedAt,
    hasMore: false,
    more: async () => undefined,
    retry: again,
    renew: again,
  };
}
