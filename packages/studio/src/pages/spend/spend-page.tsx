import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Spend } from 'automate-client';
import { api } from '../../api.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { dollars } from '../../ui/dollars.ts';
import { Empty, Unread } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { saveCsv } from './csv.ts';
import { type SpendBy, type SpendPeriod, type SpendSearch, spendBy, spendPeriodNames, spendPeriods } from './search.ts';
import { SpendChart } from './spend-chart.tsx';
import { callsOf, linesOf, SpendTable } from './spend-table.tsx';
import { words } from './words.ts';

const LIVE_MS = 15_000;
const MINUTE = 60_000;

/** What models cost over time; each figure leads to the calls behind it. */
export function SpendPage() {
  const text = useTextOf(words);
  const navigate = useNavigate({ from: '/studio/spend' });
  const search = useSearch({ from: '/studio/spend' });
  const { within = 'month', by = 'endpoint' } = search;
  useTitle(text.title);
  const query = useQuery({
    queryKey: ['spend', within, by],
    queryFn: ({ signal }) => api.spend.get({ by, limit: 6, since: sinceOf(within) }, { signal }),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  });
  const shown = query.data;
  const change = (part: SpendSearch) => void navigate({ search: { ...search, ...part }, replace: true });
  if (query.error && !shown) return <Unread error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.note}</p>
        </div>
        <Choice
          label={text.period}
          names={spendPeriodNames}
          shown={text.periods}
          now={within}
          onChoose={(name) => change({ within: name })}
        />
        <span className="row">
          {shown && shown.total.calls > 0 && (
            <button type="button" className="btn" onClick={() => saveCsv(`spend-by-${by}.csv`, rowsOf(shown))}>
              <Icon name="download" />
              {text.csv}
            </button>
          )}
          <LiveState isOffline={query.error !== null} readAt={query.dataUpdatedAt} />
        </span>
      </div>
      <div className="filters">
        <Choice label={text.by} names={spendBy} shown={text.bys} now={by} isSmall onChoose={(name) => change({ by: name })} />
      </div>
      {shown &&
        (shown.total.calls === 0 ? <Empty icon="spend" title={text.empty} note={text.emptyNote} /> : <Shown spend={shown} />)}
    </div>
  );
}

/** At a full minute, so that the same question is asked again. */
function sinceOf(within: SpendPeriod): Date {
  return new Date(Math.floor((Date.now() - spendPeriods[within]) / MINUTE) * MINUTE);
}

function Choice<Name extends string>(props: {
  label: string;
  names: readonly Name[];
  shown: Readonly<Record<Name, string>>;
  now: Name;
  isSmall?: boolean;
  onChoose(name: Name): void;
}) {
  const { label, names, shown, now, isSmall, onChoose } = props;
  return (
    <div className={isSmall ? 'seg small' : 'seg'} role="group" aria-label={label}>
      {names.map((name) => (
        <button key={name} type="button" aria-pressed={name === now} onClick={() => onChoose(name)}>
          {shown[name]}
        </button>
      ))}
    </div>
  );
}

function Shown({ spend }: { spend: Spend }) {
  const text = useTextOf(words);
  const { total } = spend;
  const number = (value: number) => value.toLocaleString();
  return (
    <>
      <dl className="model-figures">
        <div>
          <dt>{text.cost}</dt>
          <dd>
            <PlaceLink path="calls" search={callsOf(spend)}>
              {dollars(total.cost_nanos)}
            </PlaceLink>
          </dd>
        </div>
        <div>
          <dt>{text.calls}</dt>
          <dd>{number(total.calls)}</dd>
        </div>
        <div>
          <dt>{text.tokens}</dt>
          <dd>{number(total.tokens)}</dd>
        </div>
      </dl>
      <div className="body stack pt-4">
        {total.unpriced_calls > 0 && (
          <div className="call" data-s="warning" role="status">
            <Icon name="warn" />
            <div>
              {text.unpriced(total.unpriced_calls)} <PlaceLink path="prices">{text.setPrices}</PlaceLink>
            </div>
          </div>
        )}
        <SpendChart spend={spend} />
        <SpendTable spend={spend} />
      </div>
    </>
  );
}

/** The table as a file: dollars to the billionth, and the cost of each step. */
function rowsOf(spend: Spend): readonly (readonly (string | number)[])[] {
  const usd = (nanos: number) => (nanos / 1e9).toFixed(9);
  const head = [spend.by satisfies SpendBy, 'name', 'calls', 'calls_without_price', 'tokens', 'cost_usd', ...spend.steps];
  const rows = linesOf(spend).map(({ key, name, calls, unpriced_calls, tokens, cost_nanos, costs }) => [
    key ?? '',
    name ?? '',
    calls,
    unpriced_calls,
    tokens,
    usd(cost_nanos),
    ...costs.map(usd),
  ]);
  return [head, ...rows];
}
