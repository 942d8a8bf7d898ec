import { useQuery } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { size } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { words } from './words.ts';

const LIVE_MS = 10_000;
const NEARLY = 0.9;

/** How much of the room that the policy gives is taken. */
export function SpaceBar() {
  const text = useTextOf(words);
  const { data } = useQuery({
    queryKey: ['artifact-space'],
    queryFn: ({ signal }) => api.artifacts.space({}, { signal }),
    refetchInterval: LIVE_MS,
  });
  if (!data) return null;
  const { used_bytes: used, limit_bytes: limit, largest_bytes: largest } = data;
  const share = limit === null ? 0 : limit === 0 ? 1 : used / limit;
  return (
    <p className="space-bar small">
      {limit !== null && (
        <svg
          className="meter-bar"
          data-s={share >= 1 ? 'failed' : share >= NEARLY ? 'warning' : 'healthy'}
          viewBox="0 0 100 6"
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <rect className="whole" width="100" height="6" />
          <rect className="spent" width={Math.min(100, share * 100)} height="6" />
        </svg>
      )}
      <span>{limit === null ? text.used(size(used)) : text.usedOf(size(used), size(limit))}</span>
      <span className="soft">{text.largest(size(largest))}</span>
    </p>
  );
}
