import { useQuery } from '@tanstack/react-query';
import type { ListedExecution, WorkflowName } from 'automate-client';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { type ExecutionsSearch, toQuery } from './search.ts';

export function useExecutions(search: ExecutionsSearch): LiveList<ListedExecution> {
  return useLiveList({
    queryKey: ['executions', search],
    read: (page, signal) => api.executions.list({ ...toQuery(search, Date.now()), ...page }, { signal }),
    readByIds: (ids, signal) => api.executions.list({ id_in: [...ids], limit: ids.length }, { signal }),
    follow: (signal) => api.executions.changes({}, { signal }),
  });
}

/** How many match, asked for only once somebody wants to do something with all of them. */
export function useTotal(search: ExecutionsSearch, isWanted: boolean): number | undefined {
  const { data } = useQuery({
    queryKey: ['executions-count', search],
    queryFn: ({ signal }) => api.executions.list({ ...toQuery(search, Date.now()), limit: 1, count: true }, { signal }),
    enabled: isWanted,
    staleTime: 10_000,
  });
  return data?.count;
}

/** Workflows to choose from: the first of them, and the one that is chosen. */
export function useWorkflows(chosen: string | undefined): readonly WorkflowName[] {
  const some = useQuery({
    queryKey: ['workflow-names'],
    queryFn: ({ signal }) => api.workflows.list({ limit: 200, fields: ['id', 'slug', 'name'] }, { signal }),
    staleTime: 60_000,
  });
  const known: readonly WorkflowName[] = some.data?.results ?? [];
  const isKnown = chosen === undefined || known.some(({ id, slug }) => chosen === id || chosen === slug);
  const one = useQuery({
    queryKey: ['workflow-name', chosen],
    queryFn: ({ signal }) => api.workflows.retrieve(chosen ?? '', {}, { signal }),
    enabled: some.isSuccess && !isKnown,
    staleTime: 60_000,
  });
  return !isKnown && one.data ? [one.data, ...known] : known;
}
