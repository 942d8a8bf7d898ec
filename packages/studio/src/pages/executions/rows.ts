import type { ListedExecution } from 'automate-client';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { type ExecutionsSearch, toQuery } from './search.ts';

export function useExecutions(search: ExecutionsSearch): LiveList<ListedExecution> {
  return useLiveList({
    queryKey: ['executions', search],
    read: (page, signal) => api.executions.list({ ...toQuery(search, Date.now()), ...page }, { signal }),
  });
}
