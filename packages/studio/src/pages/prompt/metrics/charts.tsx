import type { PromptMetrics } from 'automate-client';
import { duration } from '../../../format.ts';
import { useTextOf, useWords } from '../../../text/text.tsx';
import { ChartCard } from '../../../ui/chart/chart-card.tsx';
import type { ChartData, Series } from '../../../ui/chart/series.ts';
import { usd } from '../../../ui/usd.ts';
import { words } from './words.ts';

type Day = PromptMetrics['daily_stats'][number];

interface Chart extends Omit<ChartData, 'points'> {
  readonly title: string;
  readonly kind: 'bars' | 'lines';
  readonly sentence: string;
}

/** Calls, tokens, cost, time and success, day by day. */
export function Charts({ days }: { days: readonly Day[] }) {
  const { language } = useWords();
  const points = days.map(({ date }) => {
    const day = new Date(`${date}T00:00:00Z`);
    return {
      label: day.toLocaleDateString(language, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
      exact: day.toLocaleDateString(language, { dateStyle: 'medium', timeZone: 'UTC' }),
    };
  });
  const charts = useCharts(days);
  return (
    <div className="pr-charts">
      {charts.map(({ title, kind, sentence, ...data }) => (
        <ChartCard
          key={title}
          title={title}
          className=""
          kind={kind}
          height={132}
          names={4}
          sentence={sentence}
          data={{ points, ...data }}
          legend={data.series.map(({ key, label, color }) => (
            <span key={key}>
              <i className={kind === 'lines' ? `line ${color}` : color} />
              {label}
            </span>
          ))}
        />
      ))}
    </div>
  );
}

function useCharts(days: readonly Day[]): readonly Chart[] {
  const text = useTextOf(words);
  const { language } = useWords();
  const number = (value: number) => value.toLocaleString(language);
  const money = (value: number) => usd(value, language);
  const sum = (of: (day: Day) => number) => days.reduce((all, day) => all + of(day), 0);
  const one = (label: string, color: string, of: (day: Day) => number | null): Series => ({
    key: label,
    label,
    color,
    values: days.map(of),
  });
  return [
    {
      title: text.calls,
      kind: 'bars',
      unit: 'count',
      format: number,
      series: [one(text.calls, 'c1', ({ calls }) => calls)],
      sentence: text.callsOf(number(sum(({ calls }) => calls))),
    },
    {
      title: text.tokens,
      kind: 'bars',
      unit: 'count',
      format: number,
      series: [one(text.input, 'c1', (day) => day.input_tokens), one(text.output, 'c4', (day) => day.output_tokens)],
      sentence: text.tokensOf(number(sum((day) => day.input_tokens)), number(sum((day) => day.output_tokens))),
    },
    {
      title: text.cost,
      kind: 'bars',
      unit: 'count',
      format: money,
      series: [one(text.cost, 'c3', ({ cost }) => (cost === null ? null : Number(cost)))],
      sentence: text.costOf(money(sum(({ cost }) => Number(cost ?? 0)))),
    },
    {
      title: text.latency,
      kind: 'lines',
      unit: 'milliseconds',
      format: duration,
      series: [one(text.latency, 'c2', (day) => day.avg_latency_ms)],
      sentence: text.latency,
    },
    {
      title: text.success,
      kind: 'lines',
      unit: 'count',
      format: (value) => `${Math.round(value)} %`,
      series: [one(text.success, 'c-good', ({ success_rate: rate }) => (rate === null ? null : rate * 100))],
      sentence: text.success,
    },
  ];
}
