import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { useAllowed, useSession } from '../../data/session.ts';

const LIVE_MS = 5_000;
/** As many as the API tells at once. */
const PAGE = 50;

/** A prompt with its labels, as they change. */
export function usePrompt(id: string) {
  return useQuery({
    queryKey: ['prompt', id],
    queryFn: ({ signal }) => api.prompts.retrieve(id, {}, { signal }),
    refetchInterval: LIVE_MS,
  });
}

/** Versions, newest first. They never change: they are read again when there is another. @param latest the number of the newest */
export function useVersions(id: string, latest: number | undefined) {
  return useInfiniteQuery({
    queryKey: ['prompt', id, 'versions', latest],
    queryFn: ({ pageParam, signal }) => api.prompts.versions(id, pageParam === 0 ? {} : { below: pageParam }, { signal }),
    initialPageParam: 0,
    getNextPageParam: ({ results }) => (results.length < PAGE ? undefined : results.at(-1)?.version),
    select: ({ pages }) => pages.flatMap(({ results }) => results),
    enabled: latest !== undefined && latest > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** One version; undefined while it is not there. */
export function useVersion(id: string, version: number | undefined) {
  return useQuery({
    queryKey: ['prompt', id, 'version', version],
    queryFn: ({ signal }) => api.prompts.version(id, String(version), {}, { signal }),
    enabled: version !== undefined && version > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What whoever is signed in may do with prompts, as the server tells it. */
export function useRights() {
  const isStaff = useSession().data?.is_staff === true;
  return {
    mayWrite: useAllowed('prompts:write'),
    mayRun: useAllowed('prompts:run'),
    mayPublish: useAllowed('prompts:publish'),
    /** The trial and the metrics are for staff. */
    isStaff,
  };
}

/** Labels that only those may move who publish. */
export const GUARDED: readonly string[] = ['approved', 'production'];
