import { useQuery } from '@tanstack/react-query';
import type { Job } from 'automate-client';
import { useEffect } from 'react';
import { api } from '../../api.ts';
import { hasEnded } from '../../data/batches.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { type JobFilters, toQuery } from './search.ts';

export function useJobs(filters: JobFilters): LiveList<Job> {
  return useLiveList({
    queryKey: ['jobs', filters],
    read: (page, signal) => api.jobs.list({ ...toQuery(filters, Date.now()), ...page }, { signal }),
    readByIds: (ids, signal) => api.jobs.list({ id_in: [...ids], limit: ids.length }, { signal }),
    follow: (signal) => api.jobs.changes({}, { signal }),
  });
}

/** How many match, once somebody wants to do something with all of them. */
export function useTotal(filters: JobFilters, isWanted: boolean): number | undefined {
  const { data } = useQuery({
    queryKey: ['jobs-count', filters],
    queryFn: ({ signal }) => api.jobs.list({ ...toQuery(filters, Date.now()), limit: 1, count: true }, { signal }),
    enabled: isWanted,
    staleTime: 10_000,
  });
  return data?.count;
}

/** One job, as it changes. */
export function useJob(id: string) {
  const query = useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => api.jobs.retrieve(id, {}, { signal }),
    staleTime: 1_000,
    // Should the stream break.
    refetchInterval: ({ state }) => (state.data && !hasEnded(state.data) ? 5_000 : false),
  });
  const { refetch } = query;
  const isOver = query.data ? hasEnded(query.data) : true;
  useEffect(() => {
    if (isOver) return;
    const stop = new AbortController();
    const follow = async () => {
      // Each event is a reason to look: the stream does not tell all that a job has.
      for await (const _ of api.jobs.events(id, {}, { signal: stop.signal })) await refetch();
    };
    follow().catch(() => undefined);
    return () => stop.abort();
  }, [id, isOver, refetch]);
  return query;
}
