import type { ReactNode } from 'react';
import type { LiveList } from '../data/live-list.ts';
import { translated, useTextOf } from '../text/text.tsx';
import { Empty, Unread } from './empty.tsx';
import type { IconName } from './icon.tsx';

const words = translated(
  { nothing: 'Nothing matches', note: 'Change the search or the filters.', clear: 'Clear filters' },
  { nothing: 'Nessun risultato', note: 'Cambia la ricerca o i filtri.', clear: 'Togli i filtri' },
);

export interface ListBodyProps {
  readonly list: LiveList<{ readonly id: string }>;
  /** What stands here while there is nothing yet. */
  readonly empty: { readonly icon: IconName; readonly title: string; readonly note: string; readonly action?: ReactNode };
  readonly isFiltered: boolean;
  onClear(): void;
  /** The table. */
  readonly children: ReactNode;
}

/** A list in whatever state it is: failed, not allowed, empty, without a match, or its rows. */
export function ListBody({ list, empty, isFiltered, onClear, children }: ListBodyProps) {
  const text = useTextOf(words);
  if (list.error && list.rows.length === 0) return <Unread error={list.error} isPage={false} onRetry={list.retry} />;
  if (list.isLoading || list.rows.length > 0) return children;
  if (isFiltered)
    return (
      <Empty icon="search" title={text.nothing} note={text.note}>
        <button type="button" className="btn" onClick={onClear}>
          {text.clear}
        </button>
      </Empty>
    );
  return (
    <Empty icon={empty.icon} title={empty.title} note={empty.note}>
      {empty.action}
    </Empty>
  );
}
