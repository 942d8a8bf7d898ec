import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Endpoint, EndpointFigure } from 'automate-client';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { useAllowed } from '../../data/session.ts';
import { type EndpointsSearch, toQuery } from './search.ts';

const LIVE_MS = 15_000;

export function useEndpoints(search: EndpointsSearch): LiveList<Endpoint> {
  const { do: _, ...asked } = search;
  return useLiveList({
    queryKey: ['endpoints', asked],
    isLive: false,
    read: (page, signal) => api.endpoints.list({ ...page, ...toQuery(search) }, { signal }),
  });
}

/** Calls of each endpoint since the day began here; undefined while it is not known, or not for one's role. */
export function useToday(): ReadonlyMap<string, EndpointFigure> | undefined {
  const isAllowed = useAllowed('calls:read');
  const { data } = useQuery({
    queryKey: ['endpoints', 'figures'],
    queryFn: ({ signal }) => api.endpoints.figures({ since: new Date(new Date().setHours(0, 0, 0, 0)) }, { signal }),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
    enabled: isAllowed,
  });
  return data && new Map(data.results.map((figure) => [figure.endpoint_id, figure]));
}
