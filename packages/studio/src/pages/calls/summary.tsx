import { useQuery } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { duration } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { dollars } from '../../ui/dollars.ts';
import { type CallFilters, toQuery } from './search.ts';
import { words } from './words.ts';

const ASK_MS = 15_000;

/** What is filtered, in a few figures. */
export function Summary({ filters }: { filters: CallFilters }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const { data } = useQuery({
    queryKey: ['calls-summary', filters],
    queryFn: ({ signal }) => {
      const { created_after: after, ...query } = toQuery(filters, Date.now());
      return api.modelCalls.summary({ ...query, ...(after && { created_after: after.toISOString() }) }, { signal });
    },
    refetchInterval: ASK_MS,
  });
  const number = (value: number) => value.toLocaleString(language);
  const rate = data && data.calls > 0 ? data.failed / data.calls : 0;
  const figures: readonly (readonly [label: string, figure: string | undefined])[] = [
    [
      filters.within ? text.calls : text.callsOfDay,
      data && (data.is_complete ? number(data.calls) : text.newest(number(data.calls))),
    ],
    [text.errorRate, data && rate.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 })],
    [text.cost, data && `${data.unpriced > 0 ? '≥ ' : ''}${dollars(data.cost_nanos)}`],
    [text.tokens, data && number(data.tokens)],
    [text.p50, data?.p50_ms == null ? '–' : duration(data.p50_ms)],
    [text.p95, data?.p95_ms == null ? '–' : duration(data.p95_ms)],
  ];
  return (
    <dl className="model-figures" aria-label={text.summary} aria-busy={!data}>
      {figures.map(([label, figure]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{figure ?? '…'}</dd>
        </div>
      ))}
    </dl>
  );
}
