import { useQuery } from '@tanstack/react-query';
import type { ProviderKind } from 'automate-client';
import { api } from '../api.ts';

/** How kinds of providers stand together. */
export const kindGroups = ['key', 'compatible', 'machine', 'demo'] as const;
export type KindGroup = (typeof kindGroups)[number];

export function groupOf({ kind, key }: ProviderKind): KindGroup {
  if (kind === 'demo') return 'demo';
  if (key === 'none') return 'machine';
  return key === 'optional' ? 'compatible' : 'key';
}

export function useProviderKinds() {
  return useQuery({
    queryKey: ['provider-kinds'],
    queryFn: ({ signal }) => api.providers.kinds({}, { signal }),
    staleTime: 30_000,
  });
}

/** How each provider is, asked now and then. */
export function useStanding() {
  return useQuery({
    queryKey: ['provider-standing'],
    queryFn: ({ signal }) => api.providers.standing({}, { signal }),
    refetchInterval: 10_000,
  });
}
