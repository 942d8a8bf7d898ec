import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Budget } from 'automate-client';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { changed, without } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectFilter } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { SearchedList } from '../../ui/searched-list.tsx';
import { NewBudget } from './budget-dialogs.tsx';
import { BudgetPanel } from './budget-panel.tsx';
import { type BudgetsSearch, scopes } from './search.ts';
import { Meter, StandingState, useAmounts, useStanding } from './standing.tsx';
import { words } from './words.ts';

/** How much may be used of models, and how much of it is. */
export function BudgetsPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/budgets' });
  const navigate = useNavigate({ from: '/studio/budgets' });
  const mayWrite = useAllowed('budgets:write');
  useTitle(text.title);
  const { q, scope, open } = search;
  const list = useLiveList<Budget>({
    queryKey: ['budgets', q, scope],
    read: (page, signal) => api.budgets.list({ ...page, ...(q && { search: q }), ...(scope && { scope }) }, { signal }),
  });
  const change = (next: BudgetsSearch) => void navigate({ search: next, replace: true });
  const make = (
    <button type="button" className="btn primary" onClick={() => change({ ...search, new: 'budget' })}>
      <Icon name="plus" />
      {text.make}
    </button>
  );
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.note}</p>
        </div>
        <span className="row">
          <LiveState isOffline={list.isOffline} readAt={list.readAt} />
          {mayWrite && make}
        </span>
      </div>
      <SearchedList
        q={q}
        open={open}
        list={list}
        label={text.filter}
        hint={text.search}
        isNarrowed={scope !== undefined}
        filters={
          <SelectFilter
            label={text.anyScope}
            value={scope}
            options={scopes.map((each) => [each, text.scopes[each]] as const)}
            onChange={(next) => change(changed(search, { scope: next }))}
          />
        }
        empty={{ icon: 'timer', title: text.empty, note: text.emptyNote, ...(mayWrite && { action: make }) }}
        onChange={(part) => change(changed(search, part))}
        onClear={() => change(without(search, 'q', 'scope'))}
        table={(onOpen) => <BudgetTable list={list} openId={open} onOpen={onOpen} />}
        panel={(row, onClose) => <BudgetPanel key={row.id} budget={row} onClose={onClose} />}
      />
      <Dialog isOpen={mayWrite && search.new === 'budget'} title={text.newTitle} onClose={() => change(without(search, 'new'))}>
        <NewBudget onClose={() => change(without(search, 'new'))} />
      </Dialog>
    </>
  );
}

interface TableProps {
  readonly list: LiveList<Budget>;
  readonly openId: string | undefined;
  onOpen(budget: Budget): void;
}

function BudgetTable({ list, openId, onOpen }: TableProps) {
  const text = useTextOf(words);
  const columns: readonly Column<Budget>[] = [
    {
      key: 't-name',
      label: text.name,
      isName: true,
      cell: (row) => (
        <button type="button" className="link name" onClick={() => onOpen(row)}>
          {row.name}
        </button>
      ),
    },
    { key: 't-scope', className: 'soft', label: text.scope, cell: (row) => text.scopes[row.scope] },
    { key: 't-period', className: 'soft', label: text.period, cell: (row) => text.periods[row.period] },
    { key: 't-state', label: text.state, cell: (row) => <StandingState budget={row} /> },
    { key: 't-used', label: text.used, cell: (row) => <Meter budget={row} /> },
    { key: 't-left', label: text.left, isNumber: true, cell: (row) => <Amount budget={row} what="left" /> },
    {
      key: 't-amount',
      className: 'soft',
      label: text.amount,
      isNumber: true,
      cell: (row) => <Amount budget={row} what="amount" />,
    },
  ];
  return <DataTable label={text.label} className="people-table" columns={columns} list={list} openId={openId} onOpen={onOpen} />;
}

function Amount({ budget, what }: { budget: Budget; what: 'left' | 'amount' }) {
  const amounts = useAmounts();
  const { data } = useStanding(budget.id);
  const value = what === 'amount' ? budget.amount : data?.left;
  return value === undefined ? '…' : amounts(budget.metric, value);
}
