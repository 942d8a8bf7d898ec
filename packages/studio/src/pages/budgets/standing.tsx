import { useQuery } from '@tanstack/react-query';
import type { Budget, BudgetStanding } from 'automate-client';
import { api } from '../../api.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

const LIVE_MS = 10_000;

export function useStanding(id: string) {
  return useQuery({
    queryKey: ['budget-standing', id],
    queryFn: ({ signal }) => api.budgets.standing(id, {}, { signal }),
    refetchInterval: LIVE_MS,
  });
}

export type Look = 'off' | 'spent' | 'near' | 'fine';

/** How much of a budget is used, and what that means. */
export function lookOf(
  budget: Budget,
  standing: BudgetStanding,
): { look: Look; spent: number; held: number; ahead: number | null } {
  const whole = Number(standing.amount);
  const part = (value: string) => Math.max(0, Number(value) / whole);
  const [spent, held] = [part(standing.spent), part(standing.held)];
  const ahead = standing.forecast === null ? null : part(standing.forecast);
  const least = Math.min(0.8, ...budget.thresholds.map((threshold) => threshold / 100).filter((share) => share >= 0.5));
  const look = !budget.is_enabled ? 'off' : spent >= 1 ? 'spent' : spent >= least ? 'near' : 'fine';
  return { look, spent, held, ahead };
}

const STATES = { off: 'skipped', spent: 'failed', near: 'warning', fine: 'healthy' } as const;
const ICONS = { off: 'pause', spent: 'failed', near: 'warn', fine: 'check' } as const;

/** Whether it is spent, by sign and word. */
export function StandingState({ budget }: { budget: Budget }) {
  const text = useTextOf(words);
  const { data } = useStanding(budget.id);
  if (!data) return <span className="soft">…</span>;
  const { look } = lookOf(budget, data);
  return (
    <span className="status bare" data-s={STATES[look]}>
      <Icon name={ICONS[look]} />
      {look === 'spent' && !budget.is_hard ? text.over : text.looks[look]}
    </span>
  );
}

/** What is spent and held of the whole, as a bar with its words. */
export function Meter({ budget }: { budget: Budget }) {
  const { language } = useWords();
  const text = useTextOf(words);
  const { data } = useStanding(budget.id);
  if (!data) return <span className="soft">…</span>;
  const { look, spent, held } = lookOf(budget, data);
  const percent = spent.toLocaleString(language, { style: 'percent', maximumFractionDigits: 0 });
  return (
    <span className="budget-meter" title={text.meter(percent)}>
      <svg className="meter-bar" data-s={STATES[look]} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className="whole" width="100" height="6" />
        <rect className="held" width={Math.min(100, (spent + held) * 100)} height="6" />
        <rect className="spent" width={Math.min(100, spent * 100)} height="6" />
      </svg>
      <span className="num">{percent}</span>
    </span>
  );
}

/** As people read what a budget counts in. */
export function useAmounts(): (metric: Budget['metric'], value: string) => string {
  const { language } = useWords();
  const text = useTextOf(words);
  return (metric, value) => {
    const number = Number(value);
    if (metric !== 'usd') return text.units[metric](number.toLocaleString(language));
    const digits = number !== 0 && Math.abs(number) < 0.01 ? 6 : 2;
    return `$${number.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
  };
}
