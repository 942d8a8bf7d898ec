import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../../api.ts';

const LIVE_MS = 3_000;
/** As many as are shown. */
const MOST = 100;

export function useTestSets(promptId: string) {
  return useQuery({
    queryKey: ['prompt-test-sets', promptId],
    queryFn: ({ signal }) => api.promptTestSets.list({ prompt_id: promptId, limit: MOST }, { signal }),
    select: ({ results }) => results,
    refetchInterval: LIVE_MS * 5,
  });
}

/** The latest runs of a prompt, newest first. */
export function useRuns(promptId: string) {
  return useQuery({
    queryKey: ['prompt-runs', promptId],
    queryFn: ({ signal }) => api.promptRuns.list({ prompt_id: promptId, limit: MOST }, { signal }),
    select: ({ results }) => results,
    refetchInterval: LIVE_MS,
  });
}

export function isOver({ status }: { readonly status: string }): boolean {
  return status !== 'queued' && status !== 'running';
}

/** One run with what came of each case, as it goes on. */
export function useRun(id: string) {
  const query = useQuery({
    queryKey: ['prompt-run', id],
    queryFn: async ({ signal }) => {
      const [run, { results }] = await Promise.all([
        api.promptRuns.retrieve(id, {}, { signal }),
        api.promptRuns.results(id, {}, { signal }),
      ]);
      return { run, results };
    },
    // Should the stream break.
    refetchInterval: ({ state }) => (state.data && !isOver(state.data.run) ? LIVE_MS : false),
  });
  const { refetch } = query;
  const isWaiting = query.data !== undefined && !isOver(query.data.run);
  useEffect(() => {
    if (!isWaiting) return;
    const stop = new AbortController();
    const follow = async () => {
      // A run is a job of the same id; each event is a reason to look.
      for await (const _ of api.jobs.events(id, {}, { signal: stop.signal })) await refetch();
      await refetch();
    };
    follow().catch(() => undefined);
    return () => stop.abort();
  }, [id, isWaiting, refetch]);
  return query;
}

export function useAssertionTypes() {
  return useQuery({
    queryKey: ['prompt-assertion-types'],
    queryFn: ({ signal }) => api.promptTestSets.assertionTypes({}, { signal }),
    select: ({ results }) => results,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
