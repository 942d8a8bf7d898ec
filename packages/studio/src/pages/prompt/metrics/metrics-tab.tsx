import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../../../api.ts';
import { changed } from '../../../data/search.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Empty, Unread } from '../../../ui/empty.tsx';
import { Loading } from '../../../ui/loading.tsx';
import type { PartProps } from '../part-props.ts';
import { useRights } from '../read.ts';
import { Charts } from './charts.tsx';
import { ByVersion, Failures } from './tables.tsx';
import { words } from './words.ts';

const LIVE_MS = 15_000;
const PERIODS = [7, 30, 90] as const;

/** How its calls went: by day and by version, and the latest that failed. */
export function MetricsTab({ prompt, search, onChange }: PartProps) {
  const text = useTextOf(words);
  const { isStaff } = useRights();
  const { days, version } = search;
  const { data, error, refetch } = useQuery({
    queryKey: ['prompt', prompt.id, 'metrics', days, version],
    queryFn: ({ signal }) => api.prompts.metrics(prompt.id, { ...(days && { days }), ...(version && { version }) }, { signal }),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
    enabled: isStaff,
  });
  if (!isStaff) return <Empty icon="lock" title={text.forbidden} note={text.forbiddenNote} />;
  if (!data) return error ? <Unread error={error} isPage={false} onRetry={() => void refetch()} /> : <Loading />;
  const numbers = [...new Set([...data.versions.map((one) => one.version), ...(version ? [version] : [])])];
  return (
    <div className="panel stack" role="group" tabIndex={0} aria-label={text.title}>
      <div className="row wrap">
        <fieldset className="seg small" aria-label={text.period}>
          {([undefined, ...PERIODS] as const).map((one) => (
            <button
              key={one ?? 'standard'}
              type="button"
              aria-pressed={days === one}
              onClick={() => onChange(changed(search, { days: one }))}
            >
              {one ? text.days(one) : text.standard}
            </button>
          ))}
        </fieldset>
        <label className="row closely">
          <span className="soft">{text.version}</span>
          <select
            className="select small w-auto"
            value={version ?? ''}
            onChange={({ target }) => onChange(changed(search, { version: Number(target.value) || undefined }))}
          >
            <option value="">{text.all}</option>
            {numbers.map((one) => (
              <option key={one} value={one}>
                v{one}
              </option>
            ))}
          </select>
        </label>
      </div>
      {data.daily_stats.length === 0 ? (
        <Empty icon="bars" title={text.empty} note={text.emptyNote} />
      ) : (
        <>
          <Charts days={data.daily_stats} />
          <ByVersion prompt={prompt} versions={data.versions} />
          <Failures failures={data.recent_failures} />
        </>
      )}
    </div>
  );
}
