import { useQuery } from '@tanstack/react-query';
import type { WorkflowVersion } from 'automate-client';
import { api } from '../../api.ts';

const LIVE_MS = 5_000;

/** A workflow with its published version. */
export function useWorkflow(id: string) {
  return useQuery({
    queryKey: ['workflow', id],
    queryFn: ({ signal }) => api.workflows.retrieve(id, {}, { signal }),
    refetchInterval: LIVE_MS,
  });
}

/** All versions, newest first. They never change: they are read again when there is another. @param latest the number of the newest */
export function useVersions(id: string, latest: number | undefined) {
  return useQuery({
    queryKey: ['workflow', id, 'versions', latest],
    queryFn: ({ signal }) => api.workflows.versions(id, {}, { signal }),
    enabled: latest !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useSummary(id: string) {
  return useQuery({
    queryKey: ['workflows', 'summaries', [id]],
    queryFn: ({ signal }) => api.workflowSummary.get({ ids: [id] }, { signal }),
    refetchInterval: LIVE_MS,
    select: ({ results }) => results[0],
  });
}

export function versionOf(versions: readonly WorkflowVersion[] | undefined, number: number | undefined) {
  return versions?.find(({ version }) => version === number);
}
