import { keepPreviousData, useQueries } from '@tanstack/react-query';
import type { Prompt, PromptSummary } from 'automate-client';
import { useMemo } from 'react';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { useAllowed } from '../../data/session.ts';
import type { PromptsSearch } from './search.ts';

/** As many as are asked about at once. */
const PART = 100;
const LIVE_MS = 5_000;

export function usePrompts({ q, order }: PromptsSearch): LiveList<Prompt> {
  return useLiveList({
    queryKey: ['prompts', q, order],
    // The latest first, as what is new comes in at the head.
    read: (page, signal) => api.prompts.list({ ordering: order ?? '-id', ...(q && { search: q }), ...page }, { signal }),
    isLive: order === undefined,
  });
}

/** What is in force of them and how they do, by their ids; those that are not read yet are missing. */
export function useSummaries(rows: readonly Prompt[]): ReadonlyMap<string, PromptSummary> {
  const mayCalls = useAllowed('calls:read');
  const parts = useMemo(
    () =>
      Array.from({ length: Math.ceil(rows.length / PART) }, (_, index) =>
        rows.slice(index * PART, (index + 1) * PART).map(({ id }) => id),
      ),
    [rows],
  );
  const read = useQueries({
    queries: parts.map((ids) => ({
      queryKey: ['prompts', 'summaries', ids],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.promptSummary.get({ ids }, { signal }),
      refetchInterval: LIVE_MS,
      placeholderData: keepPreviousData,
      enabled: mayCalls,
    })),
  });
  return new Map(read.flatMap(({ data }) => data?.results ?? []).map((summary) => [summary.id, summary]));
}
