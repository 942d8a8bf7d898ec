import type { Spend } from 'automate-client';
import { useTextOf, useWords } from '../../text/text.tsx';
import { ChartCard } from '../../ui/chart/chart-card.tsx';
import type { Point } from '../../ui/chart/series.ts';
import { dollars } from '../../ui/dollars.ts';
import { PlaceLink } from '../../ui/place-link.tsx';
import { callsOf, type Line, linesOf, useNameOf } from './spend-table.tsx';
import { words } from './words.ts';

/** Cost over time, what costs most at the bottom. */
export function SpendChart({ spend }: { spend: Spend }) {
  const text = useTextOf(words);
  const nameOf = useNameOf(spend);
  const lines = linesOf(spend).filter(({ cost_nanos }) => cost_nanos > 0);
  return (
    <ChartCard
      title={text.overTime[spend.by]}
      note={text.steps[spend.step]}
      className="span12"
      kind="bars"
      height={200}
      names={7}
      sentence={text.sentence(dollars(spend.total.cost_nanos), spend.total.calls)}
      data={{
        points: usePoints(spend),
        unit: 'count',
        format: dollars,
        series: lines.map((line) => ({ key: line.id, label: nameOf(line), color: colorOf(line), values: line.costs })),
      }}
      legend={lines.map((line) => (
        <PlaceLink key={line.id} path={line.isRest ? '' : 'calls'} search={callsOf(spend, line)}>
          <i className={colorOf(line)} />
          {nameOf(line)} <b>{dollars(line.cost_nanos)}</b>
        </PlaceLink>
      ))}
    />
  );
}

function colorOf({ place, isRest }: Line): string {
  return isRest ? 'c-idle' : `c${place + 1}`;
}

function usePoints({ steps, step, until }: Spend): readonly Point[] {
  const { language } = useWords();
  const short = new Intl.DateTimeFormat(
    language,
    step === 'hour'
      ? { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }
      : { day: 'numeric', month: 'short', timeZone: 'UTC' },
  );
  const whole = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    ...(step === 'hour' && { timeStyle: 'short' }),
    timeZone: 'UTC',
  });
  const length = step === 'hour' ? 3_600_000 : 86_400_000;
  return steps.map((at) => {
    const start = Date.parse(at);
    return { label: short.format(start), exact: `${whole.format(start)} UTC`, isPartly: start + length > Date.parse(until) };
  });
}
