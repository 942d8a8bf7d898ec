import { Link } from '@tanstack/react-router';
import type { Dashboard } from 'automate-client';
import { duration } from '../../format.ts';
import { useText, useTextOf, useWords } from '../../text/text.tsx';
import { ChartCard } from '../../ui/chart/chart-card.tsx';
import type { Point } from '../../ui/chart/series.ts';
import type { Within } from './search.ts';
import { words } from './words.ts';

type Executions = NonNullable<Dashboard['executions']>;

interface ChartProps {
  readonly executions: Executions;
  readonly within: Within;
}

/** From the bottom of a bar to its top: what went well is calm, what failed stands on top. */
const SERIES = [
  ['succeeded', 'c-good'],
  ['cancelled', 'c-idle'],
  ['queued', 'c4'],
  ['running', 'c-info'],
  ['waiting', 'c-wait'],
  ['failed', 'c-bad'],
] as const;

/** Executions over time, by how they stand now. */
export function StatusChart({ executions, within }: ChartProps) {
  const text = useTextOf(words);
  const { statuses } = useText();
  const { language } = useWords();
  const number = (value: number) => value.toLocaleString(language);
  const points = usePoints(executions, within);
  const counts = executions.statuses;
  return (
    <ChartCard
      title={text.byStatus}
      note={text.bars[within]}
      className="span8"
      kind="bars"
      height={188}
      names={7}
      sentence={text.byStatusSentence(number(executions.total), number(counts.failed), text.last[within])}
      data={{
        points,
        unit: 'count',
        format: number,
        series: SERIES.map(([status, color]) => ({
          key: status,
          label: statuses[status],
          color,
          values: executions.buckets.map((bucket) => bucket.statuses[status]),
        })),
      }}
      legend={SERIES.filter(([status]) => counts[status] > 0 || status === 'succeeded' || status === 'failed').map(
        ([status, color]) => (
          <Link key={status} to="/studio/executions/" search={{ status, within }}>
            <i className={color} />
            {statuses[status]} <b>{number(counts[status])}</b>
          </Link>
        ),
      )}
    />
  );
}

/** How long executions took that have ended, over time. */
export function DurationChart({ executions, within }: ChartProps) {
  const text = useTextOf(words);
  const points = usePoints(executions, within);
  const { p50_ms: p50, p95_ms: p95, buckets } = executions;
  const told = (value: number | null) => (value === null ? '–' : duration(value));
  return (
    <ChartCard
      title={text.duration}
      note={text.durationNote}
      className="span4"
      kind="lines"
      height={132}
      names={3}
      sentence={
        p50 === null || p95 === null
          ? text.noDuration(text.last[within])
          : text.durationSentence(duration(p50), duration(p95), text.last[within])
      }
      data={{
        points,
        unit: 'milliseconds',
        format: duration,
        series: [
          { key: 'p95', label: 'p95', color: 'c2', values: buckets.map(({ p95_ms }) => p95_ms) },
          { key: 'p50', label: 'p50', color: 'c1', stroke: 'dash', values: buckets.map(({ p50_ms }) => p50_ms) },
        ],
      }}
      legend={
        <>
          <span>
            <i className="line c1 dash" />
            p50 <b>{told(p50)}</b>
          </span>
          <span>
            <i className="line c2" />
            p95 <b>{told(p95)}</b>
          </span>
        </>
      }
    />
  );
}

function usePoints({ buckets }: Executions, within: Within): readonly Point[] {
  const { language } = useWords();
  const short = new Intl.DateTimeFormat(
    language,
    within === 'week' ? { weekday: 'short', day: 'numeric' } : { timeStyle: 'short' },
  );
  const exact = new Intl.DateTimeFormat(language, {
    ...(within !== 'hour' && { weekday: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  });
  return buckets.map(({ start, end, is_counted: isCounted }) => ({
    label: short.format(new Date(start)),
    exact: exact.formatRange(new Date(start), new Date(end)),
    isPartly: !isCounted,
  }));
}
