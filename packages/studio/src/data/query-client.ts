import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isPassing, isSignedOut } from '../api.ts';
import { endSession } from './session-end.ts';

/** What has been read, by what was asked. The client has tried again already when a call fails here. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: endIfSignedOut }),
  mutationCache: new MutationCache({ onError: endIfSignedOut }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: false,
      refetchOnWindowFocus: true,
      // What was there stays on screen while the server cannot be reached.
      throwOnError: false,
      refetchInterval: ({ state }) => (isPassing(state.error) ? 5_000 : false),
    },
  },
});

function endIfSignedOut(error: unknown): void {
  if (isSignedOut(error)) endSession();
}
