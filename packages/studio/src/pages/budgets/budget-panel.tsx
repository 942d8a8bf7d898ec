import type { Budget } from 'automate-client';
import { useState } from 'react';
import { useAllowed } from '../../data/session.ts';
import { exactTime } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { EditBudget, RemoveBudget } from './budget-dialogs.tsx';
import { BurnDown } from './burn-down.tsx';
import { lookOf, useAmounts, useStanding } from './standing.tsx';
import { words } from './words.ts';

/** One budget: how it stands, how it got there, and what can be done with it. */
export function BudgetPanel({ budget, onClose }: { budget: Budget; onClose(): void }) {
  const text = useTextOf(words);
  const mayWrite = useAllowed('budgets:write');
  const [doing, setDoing] = useState<'edit' | 'remove'>();
  const stop = () => setDoing(undefined);
  return (
    <SidePanel title={budget.name} note={`${text.scopes[budget.scope]} · ${text.periods[budget.period]}`} onClose={onClose}>
      <Now budget={budget} />
      <p className="fold-in row wrap">
        {mayWrite && (
          <>
            <button type="button" className="btn small" onClick={() => setDoing('edit')}>
              <Icon name="edit" />
              {text.edit}
            </button>
            <button type="button" className="btn small danger" onClick={() => setDoing('remove')}>
              <Icon name="trash" />
              {text.remove}
            </button>
          </>
        )}
        <PlaceLink path="calls" className="btn small" search={callsOf(budget)}>
          <Icon name="rows" />
          {text.itsCalls}
        </PlaceLink>
      </p>
      <Dialog isOpen={doing === 'edit'} title={text.editTitle(budget.name)} onClose={stop}>
        <EditBudget budget={budget} onClose={stop} />
      </Dialog>
      <Dialog isOpen={doing === 'remove'} title={text.removeTitle(budget.name)} onClose={stop}>
        <RemoveBudget budget={budget} onClose={stop} />
      </Dialog>
    </SidePanel>
  );
}

function callsOf({ scope, subject_id: id }: Budget): Readonly<Record<string, string>> {
  return scope === 'api_key' && id !== null ? { key: id } : {};
}

function Now({ budget }: { budget: Budget }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const amounts = useAmounts();
  const { data: standing } = useStanding(budget.id);
  if (!standing) return null;
  const { look } = lookOf(budget, standing);
  const shown = (value: string) => amounts(budget.metric, value);
  const end = standing.period_ends_at;
  const renews = end ? exactTime(end, language) : undefined;
  return (
    <>
      {look === 'spent' && (
        <p className="call" data-s="failed" role="status">
          <Icon name="failed" />
          <span>
            {budget.is_hard ? text.spentHard : text.spentSoft} {renews ? text.renewsAt(renews) : text.neverRenews}
          </span>
        </p>
      )}
      <Facts
        facts={[
          [text.spent, shown(standing.spent)],
          [text.held, shown(standing.held)],
          [text.left, shown(standing.left)],
          [text.amount, shown(standing.amount)],
          standing.forecast !== null && [text.forecast, shown(standing.forecast)],
          [text.began, <Ago key="began" time={standing.period_starts_at} />],
          end ? [text.renews, <Ago key="renews" time={end} />] : [text.renews, text.never],
          [text.thresholds, budget.thresholds.map((threshold) => `${threshold} %`).join(', ') || '–'],
          [text.zone, budget.time_zone],
        ]}
      />
      <div className="fold-in">
        <BurnDown budget={budget} standing={standing} />
      </div>
    </>
  );
}
