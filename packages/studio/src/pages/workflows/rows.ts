import { keepPreviousData, useQueries } from '@tanstack/react-query';
import type { Workflow, WorkflowSummary } from 'automate-client';
import { useMemo } from 'react';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { toQuery, type WorkflowsSearch } from './search.ts';

/** As many as are asked about at once. */
const PART = 100;
const LIVE_MS = 5_000;

export function useWorkflows(search: WorkflowsSearch): LiveList<Workflow> {
  return useLiveList({
    queryKey: ['workflows', search],
    read: (page, signal) => api.workflows.list({ ...toQuery(search), ...page }, { signal }),
    // Ordered by anything but its age, what is newest is not at the head.
    isLive: search.order === undefined,
  });
}

/** What starts them and how they went, by their ids; those that are not read yet are missing. */
export function useSummaries(rows: readonly Workflow[]): ReadonlyMap<string, WorkflowSummary> {
  const parts = useMemo(
    () =>
      Array.from({ length: Math.ceil(rows.length / PART) }, (_, index) => idsOf(rows.slice(index * PART, (index + 1) * PART))),
    [rows],
  );
  const read = useQueries({
    queries: parts.map((ids) => ({
      queryKey: ['workflows', 'summaries', ids],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.workflowSummary.get({ ids }, { signal }),
      refetchInterval: LIVE_MS,
      placeholderData: keepPreviousData,
    })),
  });
  return new Map(read.flatMap(({ data }) => data?.results ?? []).map((summary) => [summary.id, summary]));
}

function idsOf(rows: readonly Workflow[]): readonly string[] {
  return rows.map(({ id }) => id);
}
