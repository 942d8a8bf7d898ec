import { useNavigate, useSearch } from '@tanstack/react-router';
import { without } from '../../data/search.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Chip } from '../../ui/filters.tsx';
import { Views } from '../../ui/views.tsx';
import { DecidedList } from './decided-list.tsx';
import { PendingList } from './pending-list.tsx';
import type { ApprovalFilters } from './search.ts';
import { words } from './words.ts';

/** What waits for a person's decision, and what was decided. */
export function ApprovalsPage() {
  const text = useTextOf(words);
  const { open, ...filters } = useSearch({ from: '/studio/approvals' });
  const navigate = useNavigate({ from: '/studio/approvals' });
  useTitle(text.title);
  const change = (next: ApprovalFilters) => void navigate({ search: next, replace: true });
  const chips = (['workflow', 'execution'] as const).filter((name) => filters[name] !== undefined);
  const above = (
    <>
      <Views
        list="approvals"
        search={filters}
        onChange={change}
        builtIn={[
          { label: text.pending, search: {} },
          { label: text.decided, search: { tab: 'decided' } },
        ]}
      />
      {chips.length > 0 && (
        <search className="filters" aria-label={text.filter}>
          {chips.map((name) => (
            <Chip key={name} label={text[name]} value={filters[name] ?? ''} onRemove={() => change(without(filters, name))} />
          ))}
        </search>
      )}
    </>
  );
  const List = filters.tab === 'decided' ? DecidedList : PendingList;
  return <List filters={filters} open={open} above={above} onClear={() => change(filters.tab ? { tab: filters.tab } : {})} />;
}
