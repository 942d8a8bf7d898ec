import { useQuery } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { words } from './words.ts';

/** How many members there are, and how many the policy lets in. */
export function Room() {
  const text = useTextOf(words);
  const mayPolicy = useAllowed('policy:read');
  const count = useQuery({
    queryKey: ['members', 'count'],
    queryFn: async ({ signal }) => (await api.members.list({ limit: 1, count: true }, { signal })).count ?? null,
  });
  const policy = useQuery({
    queryKey: ['policy'],
    queryFn: ({ signal }) => api.policy.get({}, { signal }),
    enabled: mayPolicy,
  });
  if (typeof count.data !== 'number') return null;
  const limit = policy.data?.effective.max_members?.value;
  return (
    <p>
      {text.members(count.data)} {typeof limit === 'number' && text.ofAtMost(limit)}
    </p>
  );
}
