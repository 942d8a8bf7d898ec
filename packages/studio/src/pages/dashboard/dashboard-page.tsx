import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Dashboard } from 'automate-client';
import { api } from '../../api.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { Attention } from './attention.tsx';
import { DurationChart, StatusChart } from './charts.tsx';
import { Failures } from './failures.tsx';
import { Health } from './health.tsx';
import { Queue, Slowest } from './lanes.tsx';
import { periods, type Within } from './search.ts';
import { Tiles, TilesComing } from './tiles.tsx';
import { words } from './words.ts';

const LIVE_MS = 5_000;

/** How everything does: each figure leads to the list behind it. */
export function DashboardPage() {
  const text = useTextOf(words);
  const { language } = useWords();
  const { within = 'day' } = useSearch({ from: '/studio/dashboard' });
  useTitle(text.title);
  const query = useQuery({
    queryKey: ['dashboard', within],
    queryFn: ({ signal }) => api.dashboard.get({ within }, { signal }),
    // Hidden tabs ask for nothing.
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  });
  const shown = query.data;
  const time = (moment: string) => new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(new Date(moment));
  if (query.error && !shown) return <Unread error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{shown ? text.until(text.last[shown.within], time(shown.until)) : text.last[within]}</p>
        </div>
        <PeriodSwitch within={within} />
        <LiveState isOffline={query.error !== null} readAt={query.dataUpdatedAt} />
      </div>
      {shown ? <Shown shown={shown} /> : <TilesComing />}
    </div>
  );
}

function PeriodSwitch({ within }: { within: Within }) {
  const text = useTextOf(words);
  const navigate = useNavigate({ from: '/studio/dashboard' });
  return (
    <div className="seg" role="group" aria-label={text.period}>
      {periods.map((period) => (
        <button
          key={period}
          type="button"
          aria-pressed={period === within}
          title={text.last[period]}
          onClick={() => void navigate({ search: period === 'day' ? {} : { within: period }, replace: true })}
        >
          {text.periods[period]}
        </button>
      ))}
    </div>
  );
}

function Shown({ shown }: { shown: Dashboard }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const { executions } = shown;
  const isCounting = executions !== null && executions.counted_from > shown.from;
  const countedTo = (moment: string) =>
    new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(moment));
  return (
    <>
      {isCounting && (
        <div className="call over" data-s="running" role="status">
          <Icon name="info" />
          <div>{text.counting(countedTo(executions.counted_from))}</div>
        </div>
      )}
      <div className="body grid12">
        <Tiles shown={shown} />
        {executions && <StatusChart executions={executions} within={shown.within} />}
        <Attention shown={shown} />
        {executions && <DurationChart executions={executions} within={shown.within} />}
        {shown.queue && <Queue queue={shown.queue} />}
        {executions && <Slowest executions={executions} within={shown.within} />}
        {executions && <Failures executions={executions} within={shown.within} />}
        <Health shown={shown} />
      </div>
    </>
  );
}
