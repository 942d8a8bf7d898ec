import { useQuery } from '@tanstack/react-query';
import type { Endpoint } from 'automate-client';
import { api } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import type { Versioned } from '../../edit/use-edit.ts';

export const endpointKey = (id: string) => ['endpoints', 'one', id] as const;

export async function readEndpoint(id: string, signal?: AbortSignal): Promise<Versioned<Endpoint>> {
  const { data, etag } = await api.endpoints.retrieve(id, {}, signal ? { signal } : {}).withResponse();
  return { data, etag };
}

/** @param id its id, or its slug as addresses of others may have it */
export function useEndpoint(id: string) {
  return useQuery({ queryKey: endpointKey(id), queryFn: ({ signal }) => readEndpoint(id, signal) });
}

const MOST = 200;

/** What the form offers: providers, kinds of guardrails, and API keys where one may see them. */
export function useChoices() {
  const mayKeys = useAllowed('api_keys:read');
  const mayProviders = useAllowed('providers:read');
  const providers = useQuery({
    queryKey: ['providers', 'choices'],
    queryFn: async ({ signal }) => (await api.providers.list({ limit: MOST, ordering: 'name' }, { signal })).results,
    enabled: mayProviders,
  });
  const guardrails = useQuery({
    queryKey: ['guardrail-kinds'],
    queryFn: async ({ signal }) => (await api.endpoints.guardrails({}, { signal })).results,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const keys = useQuery({
    queryKey: ['api-keys', 'choices'],
    queryFn: async ({ signal }) => (await api.apiKeys.list({ limit: MOST }, { signal })).results,
    enabled: mayKeys,
  });
  const error = providers.error ?? guardrails.error ?? keys.error;
  const isRead = (providers.data || !mayProviders) && guardrails.data && (keys.data || !mayKeys);
  return {
    choices: isRead
      ? { providers: providers.data ?? [], guardrails: guardrails.data ?? [], keys: keys.data ?? [], hasKeys: mayKeys }
      : undefined,
    error,
    retry: () => void Promise.all([providers.refetch(), guardrails.refetch(), keys.refetch()]),
  };
}

export type Choices = NonNullable<ReturnType<typeof useChoices>['choices']>;
