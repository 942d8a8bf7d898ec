import { useQuery } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { api } from '../api.ts';
import { keep, kept } from '../kept.ts';
import { queryClient } from './query-client.ts';

const first = { queryKey: ['welcome'], queryFn: ({ signal }: { signal: AbortSignal }) => api.welcome.get({}, { signal }) };
const LIVE_MS = 2_000;

/** What is done of what one does first. @param isLive asks again and again, as it changes by what others do too */
export function useWelcome({ isLive }: { isLive: boolean }) {
  return useQuery({ ...first, refetchInterval: isLive && LIVE_MS });
}

/** On this browser the first steps are not shown by themselves any more. */
export function leaveWelcome(): void {
  keep('welcome', 'left');
}

/** Where the Studio begins: with the first steps where nothing has run yet and nobody has left them, else with the dashboard. */
export async function toHome(): Promise<never> {
  const hasLeft = kept('welcome') === 'left';
  // Whatever keeps it from being known, the page itself says.
  const welcome = hasLeft ? undefined : await queryClient.fetchQuery(first).catch(() => undefined);
  throw redirect({ to: welcome?.is_empty ? '/studio/welcome/' : '/studio/dashboard/', replace: true });
}
