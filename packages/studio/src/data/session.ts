import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Session } from 'automate-client';
import { api } from '../api.ts';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.sessions.session({}, { signal }),
  staleTime: 60_000,
});

/** Who is asking, where, and what they may do. */
export function useSession() {
  return useQuery(sessionQuery);
}

/** Whether they may, by the scopes that the server tells. @param scope as in `executions:write` */
export function allows(session: Session | undefined, scope: string): boolean {
  const all = `${scope.split(':')[0]}:*`;
  return session?.scopes.some((given) => given === '*' || given === scope || given === all) ?? false;
}

export function useAllowed(scope: string): boolean {
  return allows(useSession().data, scope);
}
