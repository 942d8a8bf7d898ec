import { useQuery } from '@tanstack/react-query';
import type { Approval, DecidedApproval } from 'automate-client';
import { api } from '../../api.ts';
import { useFollow } from '../../data/follow.ts';
import { type LiveList, useLiveList, wholeList } from '../../data/live-list.ts';
import { type ApprovalFilters, toQuery } from './search.ts';

/** What is shown at once: nobody decides more in one go, and what is left moves up. */
export const MOST = 200;

/** What waits, the oldest first. What is decided leaves at once. */
export function usePending(filters: ApprovalFilters): LiveList<Approval> {
  const query = useQuery({
    queryKey: ['approvals', 'pending', filters],
    queryFn: ({ signal }) => api.approvals.list({ ...toQuery(filters), limit: MOST }, { signal }),
    refetchInterval: 5_000,
  });
  useFollow(
    (signal) => api.executions.changes({}, { signal }),
    async () => void (await query.refetch()),
  );
  return wholeList(query, query.data?.results ?? []);
}

export function useDecided(filters: ApprovalFilters): LiveList<DecidedApproval> {
  return useLiveList<DecidedApproval>({
    queryKey: ['approvals', 'decided', filters],
    read: (page, signal) => api.decidedApprovals.list({ ...toQuery(filters), ...page }, { signal }),
    isLive: false,
  });
}
