import type { Budget, BudgetStanding } from 'automate-client';
import { useTextOf, useWords } from '../../text/text.tsx';
import { ChartCard } from '../../ui/chart/chart-card.tsx';
import { useAmounts } from './standing.tsx';
import { words } from './words.ts';

const DAY = 86_400_000;
const MOST_DAYS = 31;

/** What is left after each day of the period, next to the even course that would use it up at its end. */
export function BurnDown({ budget, standing }: { budget: Budget; standing: BudgetStanding }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const amounts = useAmounts();
  const days = daysOf(standing);
  if (days.length < 2) return null;
  const whole = Number(standing.amount);
  const used = new Map(standing.days.map(({ day, used: each }) => [day, Number(each)]));
  const today = new Date().toISOString().slice(0, 10);
  let left = whole;
  const actual = days.map((day) => {
    left -= used.get(day) ?? 0;
    return day > today ? null : Math.max(0, left);
  });
  // Dollars are drawn by their millionths: the axis counts in whole numbers.
  const scale = budget.metric === 'usd' ? 1_000_000 : 1;
  const format = (value: number) => amounts(budget.metric, String(value / scale));
  const short = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return (
    <ChartCard
      title={text.burnDown}
      className="burn-down"
      kind="lines"
      height={120}
      names={4}
      sentence={text.burnSentence(amounts(budget.metric, standing.left), amounts(budget.metric, standing.amount))}
      data={{
        points: days.map((day) => ({ label: short.format(Date.parse(day)), exact: day, isPartly: day === today })),
        unit: 'count',
        format,
        series: [
          { key: 'left', label: text.left, color: 'c1', values: actual.map((value) => value && Math.round(value * scale)) },
          {
            key: 'even',
            label: text.even,
            color: 'c-idle',
            stroke: 'dash',
            values: days.map((_, index) =>
              standing.period_ends_at ? Math.round(whole * scale * (1 - (index + 1) / days.length)) : null,
            ),
          },
        ],
      }}
      legend={
        <>
          <span>
            <i className="c1" />
            {text.left}
          </span>
          {standing.period_ends_at && (
            <span>
              <i className="c-idle" />
              {text.even}
            </span>
          )}
        </>
      }
    />
  );
}

/** Days of the period as the log names them; of one without an end, those that were used. */
function daysOf({ period_starts_at: start, period_ends_at: end, days }: BudgetStanding): readonly string[] {
  if (!end) return days.map(({ day }) => day);
  // In the middle of a day, so that no time zone tells another date.
  const first = days[0]?.day ?? dayOf(Date.parse(start) + DAY / 2);
  const count = Math.min(MOST_DAYS, Math.round((Date.parse(end) - Date.parse(start)) / DAY));
  const begin = Math.min(Date.parse(first), Date.parse(dayOf(Date.parse(start) + DAY / 2)));
  return Array.from({ length: count }, (_, index) => dayOf(begin + index * DAY));
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
